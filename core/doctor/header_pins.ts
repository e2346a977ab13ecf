/** The position of GPIO lines on the 40-pin header, which is the same on every Pi. */

/** By BCM number: GPIO 0 is on pin 27. */
const HEADER_PINS: readonly number[] = [
  ...[27, 28, 3, 5, 7, 29, 31, 26, 24, 21],
  ...[19, 23, 32, 33, 8, 10, 36, 11, 12, 35],
  ...[38, 40, 15, 16, 18, 22, 37, 13],
];

/** The header's pin of a BCM number; `undefined` for a line that is not on the header. */
export function headerPinOf(line: number): number | undefined {
  return HEADER_PINS[line];
}

/** A line with its pin: `GPIO 17 (pin 11)`. */
export function lineShown(line: number): string {
  const pin = headerPinOf(line);
  return pin === undefined ? `GPIO ${line}` : `GPIO ${line} (pin ${pin})`;
}
