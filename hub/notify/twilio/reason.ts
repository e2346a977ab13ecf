/** Texts of failures as the history shows them. */

const REASON_LENGTH_MAX = 300;

/** The credential to remove, and the section that holds the keys, without brackets. */
export interface ReasonContext {
  readonly authToken: string;
  readonly section: string;
}

/** An error or its text as one short line, without addresses and the credential. */
export function plainReason(error: unknown, { authToken, section }: ReasonContext): string {
  const text = error instanceof Error ? error.message : String(error);
  return (authToken === "" ? text : text.replaceAll(authToken, "(secret)"))
    .replace(/^.*client error \(\w+\): /s, "")
    .replace(/https?:\/\/\S+/g, "")
    // Our texts name the keys of [sms].
    .replace(/\bsms\.(?=[a-z])/g, section === "sms" ? "sms." : `[${section}] `)
    .replace(/[\p{Cc}\s]+/gu, " ")
    .trim()
    .slice(0, REASON_LENGTH_MAX);
}
