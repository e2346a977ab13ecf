/** The meaning of a receiver's answer for a message. */

import type { Deferral, Delivery } from "../../core/alerting/retry.ts";
import type { Reach } from "./channel/channel.ts";
import { type HttpAnswer, retryAfterMsFrom } from "./http/answer.ts";
import { type Cleaner, isObject, isPage, jsonOf, reasonIn } from "./http/reason.ts";
import type { HttpReceiver } from "./channel/receiver.ts";

const REFERENCE_LENGTH_MAX = 64;
/** Statuses about the address, the credential or the account, and not about the message. */
const BLOCKING: ReadonlySet<number> = new Set([401, 402, 403, 404, 410]);

/** The receiver that answers, for texts about it. */
export interface Answering {
  // The meaning of an answer does not depend on settings.
  readonly receiver: Omit<HttpReceiver, "request" | "probe" | "status"> & {
    readonly probe?: { readonly isOpen?: true };
  };
  /** The section of the keys that may have to be changed. */
  readonly section: string;
  readonly cleaner: Cleaner;
}

/** The result of sending a message. */
export function deliveryOf(answer: HttpAnswer, by: Answering): Delivery {
  const { receiver } = by;
  const { status, body } = answer;
  if (status >= 200 && status < 300) {
    if (receiver.mayAnswerWithPage || body === undefined || !isPage(body)) {
      return { kind: "accepted", reference: referenceIn(body, receiver) };
    }
    const words = `a web page answered in place of $: check ${urlKeyOf(by)}, and the network`;
    return deferral(words, { answer, by, isUncertain: true });
  }
  const blockage = receiver.blockage?.(answer);
  if (blockage !== undefined) {
    return { kind: "deferred", why: inSection(blockage.why, by), isBlocked: true };
  }
  if (isDeferral(status)) return deferralOf(answer, by);
  const why = refusalText(answer, "the message", by);
  const isBlocking = receiver.isBlocking?.(status) ?? BLOCKING.has(status);
  return isBlocking ? { kind: "deferred", why, isBlocked: true } : { kind: "refused", why };
}

/** The result of a probe. */
export function reachOf(answer: HttpAnswer, by: Answering): Reach {
  const { status, body } = answer;
  const blockage = by.receiver.blockage?.(answer);
  if (blockage !== undefined) return { kind: "refused", why: inSection(blockage.why, by) };
  const isTaken = status >= 200 && status < 300;
  if (isDeferral(status) || (isTaken && isPage(body ?? ""))) return deferralOf(answer, by);
  // A server that is too old for the probe is reachable.
  if (isTaken || by.receiver.probe?.isOpen) return { kind: "reached" };
  return { kind: "refused", why: refusalText(answer, "every message", by) };
}

/** Whether a status neither accepts nor refuses. */
export function isDeferral(status: number): boolean {
  return status < 200 || (status >= 300 && status < 400) || status >= 500 ||
    [408, 425, 429].includes(status);
}

/** The meaning of an answer that neither accepts nor refuses. */
export function deferralOf(answer: HttpAnswer, by: Answering): Deferral {
  const { status } = answer;
  const options = { answer, by };
  if (status === 429) return deferral("$ asks to send less often", { ...options, isBusy: true });
  if (status === 408) return deferral("$ waited too long for the request", options);
  if (status === 425) return deferral("$ asks to try again", { ...options, isBusy: true });
  // A server that fails may still have accepted the message.
  if (status >= 500) return deferral("$ has a fault of its own", { ...options, isUncertain: true });
  if (status >= 300 && status < 400) {
    const words = "the server wants to redirect, which is not followed: check " + urlKeyOf(by);
    return deferral(words, options);
  }
  return deferral(`the server at ${urlKeyOf(by)} does not answer as $ does`, options);
}

function deferral(
  words: string,
  { answer, by, ...flags }: {
    readonly answer: HttpAnswer;
    readonly by: Answering;
    readonly isUncertain?: boolean;
    readonly isBusy?: boolean;
  },
): Deferral {
  const retryAfterMs = retryAfterMsOf(answer);
  return {
    kind: "deferred",
    why: `${words.replace("$", () => by.receiver.title)} (${answer.status})`,
    ...(retryAfterMs === undefined ? {} : { retryAfterMs }),
    ...flags,
  };
}

/** Discord and Telegram give a more precise value in their JSON, in seconds. */
function retryAfterMsOf(answer: HttpAnswer): number | undefined {
  const json = jsonOf(answer.body);
  const parameters = json?.["parameters"];
  const seconds = json?.["retry_after"] ??
    (isObject(parameters) ? parameters["retry_after"] : undefined);
  if (typeof seconds === "number" && seconds >= 0) return Math.ceil(seconds * 1000);
  return retryAfterMsFrom(answer);
}

/** Why the receiver refuses `what`, and what to do about it. */
function refusalText({ status, body }: HttpAnswer, what: string, by: Answering): string {
  const words = `${by.receiver.title} refused ${what}`;
  const reason = reasonIn(body);
  const said = reason === undefined ? words : `${words}: ${by.cleaner.clean(reason)}`;
  const advice = by.receiver.advice(status);
  const check = advice === undefined ? "" : `; check ${inSection(advice, by)}`;
  return `${said} (${status})${check}`;
}

function inSection(text: string, { section }: Answering): string {
  return text.replaceAll("[$]", () => `[${section}]`);
}

function urlKeyOf({ receiver, section }: Answering): string {
  return `[${section}] ${receiver.urlKey}`;
}

function referenceIn(body: string | undefined, receiver: Answering["receiver"]): string {
  const json = jsonOf(body);
  const id = json === undefined ? undefined : receiver.reference?.(json);
  const isId = typeof id === "string" || typeof id === "number";
  return isId ? `${id}`.slice(0, REFERENCE_LENGTH_MAX) : "";
}
