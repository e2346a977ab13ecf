/** Logging in and out. The hub manages the cookie, which no script can read. */

import { refusalText } from "../live/refusal_text.ts";
import { text } from "../texts/texts.ts";

/** The result of a login; `why` is for the person. */
export type LoginOutcome =
  | { readonly kind: "welcome" }
  | { readonly kind: "refused"; readonly why: string };

/** The time limit of the hub's answer. */
const ANSWER_MS_MAX = 10_000;

/** Requests a session from the hub. Never rejects. */
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

/** Ends the session at the hub and reloads the page, so that no data stays. */
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
