/** Values of `config.ini` that name recipients and senders. */

import { bad, good, listOf, type Parsed, type Parser, textOf } from "../../text/parser.ts";

const RECIPIENTS_MAX = 20;
/** The length of a recipient in a format that only the receiver knows. */
const RECIPIENT_LENGTH_MAX = 200;

const E164_PATTERN = /^\+[1-9]\d{6,14}$/;
const SENDER_ID_PATTERN = /^(?=.*[A-Za-z])[A-Za-z0-9 ]{1,11}$/;
const SHORT_CODE_PATTERN = /^\d{5,6}$/;
/** The id of a person, the negative id of a group, or the name of a public channel. */
const CHAT_PATTERN = /^(?:-?\d{1,20}|@[A-Za-z0-9_]{4,64})$/;
const BOT_TOKEN_PATTERN = /^\d{1,20}:[A-Za-z0-9_-]{1,200}$/;

function parsePhoneNumber(text: string): Parsed<string> {
  const digits = text.replace(/[ ()-]/g, "");
  return E164_PATTERN.test(digits) ? good(digits) : bad("E.164 numbers such as +4915112345678");
}

export const parseRecipients: Parser<readonly string[]> = listOf(parsePhoneNumber, RECIPIENTS_MAX);

/** A number, a short code, or an alphanumeric sender id of up to 11 characters. */
export function parseSender(text: string): Parsed<string> {
  if (SENDER_ID_PATTERN.test(text) || SHORT_CODE_PATTERN.test(text)) return good(text);
  const number = parsePhoneNumber(text);
  return number.ok
    ? number
    : bad("a number such as +15005550006, a short code, or a sender id of up to 11 characters");
}

/**
 * An identifier of Twilio. An invalid one is not shown, because it may be the token in the wrong
 * line.
 */
export function twilioSid(prefix: string): Parser<string> {
  const pattern = new RegExp(`^${prefix}[0-9a-zA-Z]{32}$`);
  return (text) =>
    pattern.test(text)
      ? good(text)
      : bad(`${prefix} and 32 more characters`, `${text.length} characters that are not that`);
}

function parseChat(text: string): Parsed<string> {
  return CHAT_PATTERN.test(text)
    ? good(text)
    : bad("chat ids such as 123456789, -1001234567890 or @channel");
}

/** Ids of Telegram chats. */
export const parseChats: Parser<readonly string[]> = listOf(parseChat, RECIPIENTS_MAX);

/** Recipients in a format that only the receiver knows. */
export const parseAnyRecipients: Parser<readonly string[]> = listOf(
  textOf("names", RECIPIENT_LENGTH_MAX),
  RECIPIENTS_MAX,
);

/** The token of a Telegram bot. It becomes part of a URL. */
export function parseBotToken(text: string): Parsed<string> {
  return BOT_TOKEN_PATTERN.test(text)
    ? good(text)
    : bad("a bot's token such as 123456:ABC-DEF", "something else");
}

/** What mailboxes are called by any mail server; stricter than RFC 5321, without quotes. */
const MAIL_PATTERN =
  /^[A-Za-z0-9.!#$%&'*+/=?^_`{|}~-]{1,64}@[A-Za-z0-9](?:[A-Za-z0-9.-]{0,251}[A-Za-z0-9])?$/;

/** One address, without a name. */
export function parseMailAddress(text: string): Parsed<string> {
  return MAIL_PATTERN.test(text) ? good(text) : bad("an address such as alerts@example.org");
}

export const parseMailAddresses: Parser<readonly string[]> = listOf(
  parseMailAddress,
  RECIPIENTS_MAX,
);
