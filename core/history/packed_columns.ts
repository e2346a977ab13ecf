/**
 * Columns of numbers in few bytes: the differences between neighbours, each in as few bytes as it
 * needs, and one number for a run of equal differences. Vitals change all the time and are stored in
 * this form, because writing wears out an SD card.
 *
 * A version byte is followed by the columns. A column consists of: the number of UTF-16 code units
 * that its name shares with the previous name, the number of further units, these units,
 * `4 * count + digits`, and its tokens. All numbers are unsigned LEB128. A token is
 * `4 * payload + kind`, see the constants.
 */

/** Values by column; `null` stands for no value. Values are stored with two decimal places. */
export type Columns = Iterable<readonly [name: string, values: readonly (number | null)[]]>;

const VERSION = 1;
const DIGITS_MAX = 2;
/** Nobody stores longer columns or names, so a damaged length costs no memory. */
const LENGTH_MAX = 100_000;

const KINDS = 4;
/** The difference between the next value and the last one, zigzag-encoded: 0, -1, 1, -2, ... */
const DIFFERENCE = 0;
/** The number of further values with the same difference. */
const REPEAT = 1;
/** The number of consecutive missing values. */
const NONE = 2;

export function packColumns(columns: Columns): Uint8Array {
  const writer = new Writer();
  writer.number(VERSION);
  let before = "";
  for (const [name, values] of columns) {
    const shared = sharedLength(before, name);
    writer.number(shared);
    writer.number(name.length - shared);
    for (let at = shared; at < name.length; at++) writer.number(name.charCodeAt(at));
    packValues(writer, values);
    before = name;
  }
  return writer.bytes();
}

/** Throws a `RangeError` for bytes that `packColumns` did not make. */
export function unpackColumns(bytes: Uint8Array): ReadonlyMap<string, readonly (number | null)[]> {
  const columns = new Map<string, readonly (number | null)[]>();
  if (bytes.length === 0) return columns;
  const reader = new Reader(bytes);
  if (reader.number() !== VERSION) throw new RangeError("these columns are of another version");
  let name = "";
  while (!reader.isAtEnd) {
    name = name.slice(0, reader.number());
    for (let rest = reader.length(); rest > 0; rest--) name += String.fromCharCode(reader.number());
    columns.set(name, unpackValues(reader));
  }
  return columns;
}

function packValues(writer: Writer, values: readonly (number | null)[]): void {
  const digits = digitsOf(values);
  writer.number(values.length * KINDS + digits);
  let [last, difference, run, kind] = [0, 0, 0, NONE];
  const endRun = () => {
    if (run > 0) writer.number(run * KINDS + kind);
    run = 0;
  };
  for (const value of values) {
    const number = value === null ? null : Math.round(value * 10 ** digits);
    const isRepeat = number !== null && number - last === difference;
    const next = number === null ? NONE : isRepeat ? REPEAT : DIFFERENCE;
    if (next !== kind) endRun();
    kind = next;
    if (next === DIFFERENCE && number !== null) {
      difference = number - last;
      writer.number((difference < 0 ? -2 * difference - 1 : 2 * difference) * KINDS + DIFFERENCE);
    } else run++;
    last = number ?? last;
  }
  endRun();
}

function unpackValues(reader: Reader): readonly (number | null)[] {
  const head = reader.number();
  const [count, scale] = [Math.floor(head / KINDS), 10 ** (head % KINDS)];
  if (count > LENGTH_MAX) throw new RangeError("a packed column is too long");
  const values: (number | null)[] = [];
  let [last, difference] = [0, 0];
  while (values.length < count) {
    const token = reader.number();
    const [payload, kind] = [Math.floor(token / KINDS), token % KINDS];
    const run = Math.min(kind === DIFFERENCE ? 1 : payload, count - values.length);
    if (kind === DIFFERENCE) difference = payload % 2 === 1 ? -(payload + 1) / 2 : payload / 2;
    if (run === 0) throw new RangeError("a packed run is empty");
    for (let index = 0; index < run; index++) {
      if (kind !== NONE) last += difference;
      values.push(kind === NONE ? null : last / scale);
    }
  }
  return values;
}

/** The decimal places that the values need, and at most those that are stored. */
function digitsOf(values: readonly (number | null)[]): number {
  const needs = (value: number | null, digits: number) =>
    value !== null && Math.round(value * 10 ** digits) / 10 ** digits !== value;
  let digits = 0;
  while (digits < DIGITS_MAX && values.some((value) => needs(value, digits))) digits++;
  return digits;
}

function sharedLength(one: string, other: string): number {
  let length = 0;
  while (length < one.length && one[length] === other[length]) length++;
  return length;
}

class Writer {
  #bytes = new Uint8Array(256);
  #length = 0;

  number(value: number): void {
    let rest = value;
    // No bit shifts: in JavaScript they have 32 bits, and values may need 53.
    while (rest >= 128) {
      this.#byte(rest % 128 + 128);
      rest = Math.floor(rest / 128);
    }
    this.#byte(rest);
  }

  bytes(): Uint8Array {
    return this.#bytes.slice(0, this.#length);
  }

  #byte(byte: number): void {
    if (this.#length === this.#bytes.length) {
      const longer = new Uint8Array(2 * this.#length);
      longer.set(this.#bytes);
      this.#bytes = longer;
    }
    this.#bytes[this.#length++] = byte;
  }
}

class Reader {
  readonly #bytes: Uint8Array;
  #at = 0;

  constructor(bytes: Uint8Array) {
    this.#bytes = bytes;
  }

  get isAtEnd(): boolean {
    return this.#at >= this.#bytes.length;
  }

  number(): number {
    let value = 0;
    for (let scale = 1; scale < Number.MAX_SAFE_INTEGER; scale *= 128) {
      const byte = this.#bytes[this.#at++];
      if (byte === undefined) throw new RangeError("packed columns end too early");
      value += (byte % 128) * scale;
      if (byte < 128) return value;
    }
    throw new RangeError("a packed number is too long");
  }

  length(): number {
    const length = this.number();
    if (length > LENGTH_MAX) throw new RangeError("a packed name is too long");
    return length;
  }
}
