/** The door: asks for the hub's password. */

import { useSignal } from "@preact/signals";
import type { JSX, TargetedSubmitEvent } from "preact";
import { logIn } from "./session.ts";

export function Login({ onWelcome }: { readonly onWelcome: () => void }): JSX.Element {
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
      <form onSubmit={submit}>
        <h1>RPi Cluster Alert</h1>
        <p class="hint" id="hint">
          The password is in the hub's <code>config.ini</code>, or in the file <code>password</code>
          {" "}
          in its state folder.
        </p>
        {/* Password managers file a password under a name. */}
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
        <label for="password">Password</label>
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
        <button type="submit" disabled={busy.value}>{busy.value ? "Asking…" : "Log in"}</button>
      </form>
    </main>
  );
}
