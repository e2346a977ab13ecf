/** Why the hub refused a request, in the reader's language: by its code and the numbers beside it. */

import { errorTexts } from "../texts/failure.ts";
import { text } from "../texts/texts.ts";
import { lengthText } from "../words/age.ts";

type ErrorCode = Exclude<keyof typeof errorTexts, "wait" | "other">;

const SECOND_MS = 1000;

/** Reads an answer that is not good. A proxy in between answers in its own way: the status must do. */
export async function refusalText(response: Response): Promise<string> {
  const { status } = response;
  const code = codeIn(await response.json().catch(() => undefined));
  const waitS = Number(response.headers.get("Retry-After") ?? NaN);
  if (code === "too_many_attempts" && waitS > 0) {
    return text("error.wait", { length: lengthText(waitS * SECOND_MS) });
  }
  return code === undefined ? text("error.other", { status }) : text(`error.${code}`);
}

function codeIn(body: unknown): ErrorCode | undefined {
  if (typeof body !== "object" || body === null || !("error" in body)) return undefined;
  const { error } = body;
  if (typeof error !== "object" || error === null || !("code" in error)) return undefined;
  const { code } = error;
  return typeof code === "string" && isErrorCode(code) ? code : undefined;
}

function isErrorCode(code: string): code is ErrorCode {
  return Object.hasOwn(errorTexts, code) && code !== "wait" && code !== "other";
}
