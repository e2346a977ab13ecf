/** Limits of receivers that patience of minutes does not help against, though they answer 429. */

import type { WebhookPreset } from "../../core/config/settings.ts";
import type { HttpAnswer } from "./http_answer.ts";
import { jsonOf } from "./webhook_reason.ts";

/** ntfy's own codes: https://github.com/binwiederhier/ntfy/blob/main/server/errors.go */
const NTFY_LIMITS: ReadonlyMap<unknown, string> = new Map([
  [42904, "ntfy has no room for another topic: ask whoever runs the server (42904)"],
  [
    42908,
    "ntfy's daily limit is used up: wait up to 24 h, or use an account with a higher one (42908)",
  ],
]);

/** The limit that is used up and what to do; `undefined` where the answer tells of none. */
export function limitText({ body }: HttpAnswer, preset: WebhookPreset): string | undefined {
  return preset === "ntfy" ? NTFY_LIMITS.get(jsonOf(body)?.["code"]) : undefined;
}
