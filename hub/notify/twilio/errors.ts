/**
 * Texts of Twilio's error codes with advice, for messages that it refuses at once and for messages
 * that it could not deliver. https://www.twilio.com/docs/api/errors
 */

export const CREDENTIALS = "Twilio refused the credentials: check account_sid and auth_token";
export const ACCOUNT = "Twilio knows no such account: check account_sid and api_url";
export const SUSPENDED = "Twilio has suspended the account: see why in Twilio's console";

const SENDER = "the number in sms.from is not one of this Twilio account that can send SMS";
const NO_MOBILE = "is not a mobile number that can get SMS: use another one";
const DAILY_LIMIT = "the daily limit is used up: raise it at Twilio, or wait up to 24 h";
const TRIAL_LIMIT = "the trial account's limit is used up: upgrade the account at Twilio";
const QUEUE_FULL = "too many messages wait at Twilio: use another sender as well";

/** Codes that every message gets until somebody acts or the day is over. */
const BLOCKING: ReadonlySet<number> = new Set([
  10001,
  20003,
  20005,
  20404,
  21212,
  21603,
  21611,
  21659,
  21660,
  21703,
  21704,
  30001,
  30002,
  30023,
  30027,
  30454,
  63038,
]);

const FIXED: ReadonlyMap<number, string> = new Map([
  [10001, "this Twilio account is not active: see why in Twilio's console"],
  [20003, CREDENTIALS],
  [20005, "this Twilio account is not active: see why in Twilio's console"],
  [20404, ACCOUNT],
  [21212, "sms.from is not a valid sender: give a number of this Twilio account"],
  [21602, "the message has no text"],
  [21603, "the message has no sender: set sms.from or sms.messaging_service_sid"],
  [21606, SENDER],
  [21611, QUEUE_FULL],
  [21617, "the message is too long"],
  [21659, SENDER],
  [21660, SENDER],
  [21703, "the messaging service has no number to send from: add one in Twilio's console"],
  [21704, "the messaging service has no number to send from: add one in Twilio's console"],
  [30001, QUEUE_FULL],
  [30002, SUSPENDED],
  [30009, "a part of the message was lost on its way"],
  [30010, "the message costs more than the highest price that is set at Twilio"],
  [30022, "the carrier's limit for this sender is reached: register it for more (A2P 10DLC)"],
  [30023, `${DAILY_LIMIT} (A2P 10DLC)`],
  [30024, "the sender is not set up at the carrier: ask Twilio's support"],
  [30027, `${DAILY_LIMIT} (T-Mobile)`],
  [30032, "the toll-free sender is not verified: verify it in Twilio's console"],
  [
    30034,
    "the sender is not registered for messages to the USA: register it in Twilio's console (A2P 10DLC)",
  ],
  [
    30035,
    "the sender's registration for messages to the USA is still being set up: wait, or use another " +
    "sender (A2P 10DLC)",
  ],
  [30036, "the message could not be delivered in time"],
  [30410, "the carrier did not answer Twilio in time"],
  [30454, TRIAL_LIMIT],
  [63038, DAILY_LIMIT],
]);

/** The text of a code for a message to `recipient`; `undefined` for an unknown code. */
export function errorWords(code: number, recipient: string): string | undefined {
  switch (code) {
    case 21211:
      return `${recipient} is not a valid phone number`;
    case 21214:
    case 21217:
      return `${recipient} cannot be reached: check the number`;
    case 21265:
    case 21266:
      return `${recipient} cannot be both sender and recipient`;
    case 21408:
      return `this Twilio account may not send to the country of ${recipient}: allow it in Twilio's ` +
        "console (Messaging, Geo permissions)";
    case 21608:
      return `this Twilio account is on trial: verify ${recipient} with Twilio first`;
    case 21610:
      return `${recipient} has unsubscribed by STOP: send START from that phone`;
    case 21612:
      return `Twilio has no route from this sender to ${recipient}: use another sender`;
    case 21614:
    case 21635:
      return `${recipient} ${NO_MOBILE}`;
    case 30003:
      return `the phone ${recipient} could not be reached: is it on, and has it reception?`;
    case 30004:
      return `${recipient} blocks messages, or its carrier does: ask there`;
    case 30005:
      return `${recipient} is unknown or no longer in service: check the number`;
    case 30006:
      return `${recipient} is a landline, or its carrier cannot be reached: use a mobile number`;
    case 30007:
      return "the carrier took the message for spam: register the sender, or use another one";
    case 30008:
      return "the carrier lost the message for an unknown reason: should it happen again, ask Twilio";
    default:
      return FIXED.get(code);
  }
}

/** Whether a code is about the account, its sender or its limits, and not about the message. */
export function isBlockingCode(code: number): boolean {
  return BLOCKING.has(code);
}

export function withCode(words: string, code: number | undefined): string {
  return code === undefined ? words : `${words} (${code})`;
}
