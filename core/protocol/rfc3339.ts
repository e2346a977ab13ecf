/** Wall-clock instants as text, RFC 3339: whole milliseconds since 1970, years 1970 to 9999. */

const SECOND_MS = 1000;
const MINUTE_MS = 60 * SECOND_MS;
const HOUR_MS = 60 * MINUTE_MS;
const DAY_MS = 24 * HOUR_MS;
/** 9999-12-31T23:59:59.999Z. */
const INSTANT_MS_MAX = 253_402_300_799_999;

/** 400 years of the Gregorian calendar, after which it repeats. */
const ERA_DAYS = 146_097;
/** From 0000-03-01, the begin of an era, to 1970-01-01. */
const EPOCH_DAYS = 719_468;

const SHAPE =
  /^(\d{4})-(\d\d)-(\d\d)[Tt](\d\d):(\d\d):(\d\d)(\.\d{1,9})?(?:[Zz]|([+-])(\d\d):(\d\d))$/;

/**
 * `2026-11-22T14:02:16.000Z`, in UTC. An instant outside of those years becomes the nearest one
 * inside.
 */
export function formatRfc3339(instantMs: number): string {
  const ms = Math.min(INSTANT_MS_MAX, Math.max(0, Math.round(instantMs)));
  const { year, month, day } = dayAt(Math.floor(ms / DAY_MS));
  const date = `${digits(year, 4)}-${digits(month, 2)}-${digits(day, 2)}`;
  const hour = Math.floor(ms % DAY_MS / HOUR_MS);
  const minute = Math.floor(ms % HOUR_MS / MINUTE_MS);
  const second = Math.floor(ms % MINUTE_MS / SECOND_MS);
  const time = `${digits(hour, 2)}:${digits(minute, 2)}:${digits(second, 2)}`;
  return `${date}T${time}.${digits(ms % SECOND_MS, 3)}Z`;
}

/**
 * The instant of a text, or `undefined` if it is invalid. A leap second counts as the next second.
 */
export function parseRfc3339(text: string): number | undefined {
  const parts = SHAPE.exec(text);
  if (parts === null) return undefined;
  const number = (index: number) => Number(parts[index] ?? 0);
  const [year, month, day] = [number(1), number(2), number(3)];
  const [hour, minute, second] = [number(4), number(5), number(6)];
  const [offsetHour, offsetMinute] = [number(9), number(10)];
  const isClock = hour < 24 && minute < 60 && second <= 60 && offsetHour < 24 && offsetMinute < 60;
  if (!isClock || !isDay(year, month, day)) return undefined;
  const offsetMs = offsetHour * HOUR_MS + offsetMinute * MINUTE_MS;
  const localMs = daysTo(year, month, day) * DAY_MS + hour * HOUR_MS + minute * MINUTE_MS +
    second * SECOND_MS + Math.floor(number(7) * SECOND_MS);
  const instantMs = parts[8] === "-" ? localMs + offsetMs : localMs - offsetMs;
  return instantMs >= 0 && instantMs <= INSTANT_MS_MAX ? instantMs : undefined;
}

function isDay(year: number, month: number, day: number): boolean {
  if (month < 1 || month > 12 || day < 1) return false;
  const [nextYear, nextMonth] = month === 12 ? [year + 1, 1] : [year, month + 1];
  return day <= daysTo(nextYear, nextMonth, 1) - daysTo(year, month, 1);
}

/**
 * Days from 1970-01-01 to a day. The year starts in March, so that the leap day is its last day,
 * and the number of days before a month is a linear function.
 */
function daysTo(year: number, month: number, day: number): number {
  const shifted = month <= 2 ? year - 1 : year;
  const era = Math.floor(shifted / 400);
  const yearOfEra = shifted - era * 400;
  const dayOfYear = Math.floor((153 * ((month + 9) % 12) + 2) / 5) + day - 1;
  const dayOfEra = yearOfEra * 365 + Math.floor(yearOfEra / 4) - Math.floor(yearOfEra / 100) +
    dayOfYear;
  return era * ERA_DAYS + dayOfEra - EPOCH_DAYS;
}

/** The inverse of `daysTo`. */
function dayAt(
  days: number,
): { readonly year: number; readonly month: number; readonly day: number } {
  const shifted = days + EPOCH_DAYS;
  const era = Math.floor(shifted / ERA_DAYS);
  const dayOfEra = shifted - era * ERA_DAYS;
  const yearOfEra = Math.floor(
    (dayOfEra - Math.floor(dayOfEra / 1460) + Math.floor(dayOfEra / 36_524) -
      Math.floor(dayOfEra / 146_096)) / 365,
  );
  const dayOfYear = dayOfEra -
    (365 * yearOfEra + Math.floor(yearOfEra / 4) - Math.floor(yearOfEra / 100));
  const fromMarch = Math.floor((5 * dayOfYear + 2) / 153);
  const month = fromMarch < 10 ? fromMarch + 3 : fromMarch - 9;
  return {
    year: yearOfEra + era * 400 + (month <= 2 ? 1 : 0),
    month,
    day: dayOfYear - Math.floor((153 * fromMarch + 2) / 5) + 1,
  };
}

function digits(value: number, count: number): string {
  return String(value).padStart(count, "0");
}
