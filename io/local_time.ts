/** The calendar as the clocks on the wall show it. */

/** The local time of day of an instant of the calendar, in ms since midnight. */
export function localTimeOfDayMs(wallMs: number): number {
  const date = new Date(wallMs);
  const seconds = (date.getHours() * 60 + date.getMinutes()) * 60 + date.getSeconds();
  return seconds * 1000 + date.getMilliseconds();
}
