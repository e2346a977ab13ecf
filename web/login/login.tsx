/** The login form: asks for the hub's password. */

import { useSignal } from "@preact/signals";
import type { ComponentChildren, JSX, TargetedSubmitEvent } from "preact";
import { Button } from "../parts/button.tsx";
import { pieces, text } from "../texts/texts.ts";
import { logIn } from "./session.ts";

interface LoginProps {
  readonly onWelcome: () => void;
  /** What a person should know before typing the password. */
  readonly note: ComponentChildren;
}

export function Login({ onWelcome, note }: LoginProps): JSX.Element {
  const why = useSignal<string | undefined>(undefined);
  const busy = useSignal(false);
  const submit = async (event: TargetedSubmitEvent<HTMLFormElement>) => {
    event.preventDefault();
    const form = event.currentTarget;
    busy.value = true;
    const outcome = await logIn(String(new FormData(form).get("password") ?? ""));
    busy.value = false;
    if (outcome.kind === "welcome") return onWelcome();
    why.value = outcome.why;
    form.querySelector<HTMLInputElement>("#password")?.select();
  };
  return (
    <main class="login">
      {note}
      <form onSubmit={submit}>
        <h1>{text("shell.name")}</h1>
        <p class="hint" id="hint">
          {pieces("login.hint", { config: <code>hub.ini</code>, file: <code>password</code> })}
        </p>
        {/* Password managers store a password under a user name. */}
        <input
          class="unseen"
          type="text"
          name="username"
          value="hub"
          autocomplete="username"
          tabIndex={-1}
          aria-hidden="true"
          readOnly
        />
        <label for="password">{text("login.password")}</label>
        <input
          id="password"
          name="password"
          type="password"
          autocomplete="current-password"
          aria-describedby="hint why"
          aria-invalid={why.value !== undefined}
          required
          autofocus
        />
        <p id="why" class="why" role="alert">{why.value}</p>
        <Button type="submit" look="main" busy={busy.value}>
          {text(busy.value ? "login.asking" : "login.logIn")}
        </Button>
      </form>
    </main>
  );
}
