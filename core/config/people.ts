/** Values of `config.ini` that say who is told, and by whom. */

import { bad, good, listOf, type Parsed, type Parser, textOf } from "../text/parser.ts";

const RECIPIENTS_MAX = 20;
/** Of a recipient that only the receiver understands. */
const RECIPIENT_LENGTH_MAX = 200;

const E164_PATTERN = /^\+[1-9]\d{6,14}$/;
const SENDER_ID_PATTERN = /^(?=.*[A-Za-z])[A-Za-z0-9 ]{1,11}$/;
const SHORT_CODE_PATTERN = /^\d{5,6}$/;
/** Of a person or, negative, a group; or a public channel's name. */
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

/** An identifier of Twilio's. A bad one is not shown: it may be the token, pasted one line too far. */
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

/** Chats of Telegram. */
export const parseChats: Parser<readonly string[]> = listOf(parseChat, RECIPIENTS_MAX);

/** Names that mean something to whoever receives them. */
export const parseAnyRecipients: Parser<readonly string[]> = listOf(
  textOf("names", RECIPIENT_LENGTH_MAX),
  RECIPIENTS_MAX,
);

/** The token of a bot of Telegram, which becomes part of an address. */
export function parseBotToken(text: string): Parsed<string> {
  return BOT_TOKEN_PATTERN.test(text)
    ? good(text)
    : bad("a bot's token such as 123456:ABC-DEF", "something else");
}
