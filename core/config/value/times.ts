/** Values of `config.ini` that are times of the day or the week, or durations that may be off. */

import { bad, good, type Parsed, type Parser } from "../../text/parser.ts";
import type { QuietHours } from "./quiet_hours.ts";

/** A minute of each week, by a local clock. */
export interface WeeklyTime {
  /** 0 is Sunday. */
  readonly weekday: number;
  /** Minutes since midnight. */
  readonly minute: number;
}

const WEEKDAYS = ["sun", "mon", "tue", "wed", "thu", "fri", "sat"];
const MINUTES_PER_HOUR = 60;

/** Two times of the day, or `undefined` for `none`. */
export function parseQuietHours(text: string): Parsed<QuietHours | undefined> {
  if (text.toLowerCase() === "none") return good(undefined);
  const [, from = "", to = ""] = /^([\d:]+) ?- ?([\d:]+)$/.exec(text) ?? [];
  const [fromMinute, toMinute] = [minuteOf(from), minuteOf(to)];
  if (fromMinute === undefined || toMinute === undefined) {
    return bad("two times of the day such as 22:00-07:00, or none");
  }
  // It could mean always or never.
  if (fromMinute === toMinute) return bad("a window that ends at another time than it begins");
  return good({ fromMinute, toMinute });
}

/** A weekday and a time, or `undefined` for `off`. */
export function parseWeeklyTime(text: string): Parsed<WeeklyTime | undefined> {
  if (text.toLowerCase() === "off") return good(undefined);
  const [, day = "", time = ""] = /^([a-z]+) +([\d:]+)$/i.exec(text) ?? [];
  const weekday = WEEKDAYS.indexOf(day.toLowerCase());
  const minute = minuteOf(time);
  return weekday >= 0 && minute !== undefined
    ? good({ weekday, minute })
    : bad("a day and time such as mon 09:00, or off");
}

/** Accepts what `parse` accepts, and `off` as `undefined`. */
export function orOff<T>(parse: Parser<T>): Parser<T | undefined> {
  return (text) => {
    if (text.toLowerCase() === "off") return good(undefined);
    const parsed = parse(text);
    return parsed.ok ? parsed : bad(`${parsed.expected}, or off`);
  };
}

/** Minutes since midnight of `7:05` or `07:05`. */
function minuteOf(text: string): number | undefined {
  const [, hours, minutes] = /^([01]?\d|2[0-3]):([0-5]\d)$/.exec(text) ?? [];
  return hours === undefined ? undefined : Number(hours) * MINUTES_PER_HOUR + Number(minutes);
}
