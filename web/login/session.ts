/** Logging in and out. The cookie is the hub's affair: no script can read it. */

import { refusalText } from "../live/refusal_text.ts";
import { text } from "../texts/texts.ts";

/** How a login went; `why` is for the person who typed. */
export type LoginOutcome =
  | { readonly kind: "welcome" }
  | { readonly kind: "refused"; readonly why: string };

/** A hub that has not answered by then will not. */
const ANSWER_MS_MAX = 10_000;

/** Asks the hub for a session. Never rejects. */
export async function logIn(password: string): Promise<LoginOutcome> {
  try {
    const response = await fetch("/api/v1/login", {
      method: "POST",
      headers: { "content-type": "application/json" },
      body: JSON.stringify({ password }),
      signal: AbortSignal.timeout(ANSWER_MS_MAX),
    });
    if (response.ok) {
      await response.body?.cancel();
      return { kind: "welcome" };
    }
    return { kind: "refused", why: await whyOf(response) };
  } catch {
    return { kind: "refused", why: text("shell.noAnswer") };
  }
}

/** Ends the session at the hub; the page is loaded anew, so that nothing of it stays. */
export async function logOut(): Promise<void> {
  try {
    const response = await fetch("/api/v1/logout", {
      method: "POST",
      signal: AbortSignal.timeout(ANSWER_MS_MAX),
    });
    await response.body?.cancel();
  } finally {
    location.reload();
  }
}

async function whyOf(response: Response): Promise<string> {
  if (response.status === 401) return text("login.wrong");
  if (response.status === 429) return text("login.tooMany");
  return await refusalText(response);
}
