/** Counts the commits in a database's write-ahead journal. */

/**
 * https://sqlite.org/fileformat2.html#the_write_ahead_log: sizes of its header and of each frame's.
 */
const HEADER_BYTES = 32;
const FRAME_HEADER_BYTES = 24;

/**
 * Counts from its construction. Call `look` often, because the journal restarts from time to time.
 */
export class Journal {
  readonly #path: string;
  #before: readonly [salt: bigint, commits: number];
  #commits = 0;

  /** `path` is that of the database. */
  constructor(path: string) {
    this.#path = `${path}-wal`;
    this.#before = this.#read();
  }

  /** Returns the number of transactions so far. */
  look(): number {
    const [wasSalt, was] = this.#before;
    this.#before = this.#read();
    const [salt, commits] = this.#before;
    this.#commits += salt === wasSalt ? commits - was : commits;
    return this.#commits;
  }

  #read(): readonly [salt: bigint, commits: number] {
    const bytes = Deno.readFileSync(this.#path);
    if (bytes.length < HEADER_BYTES) return [0n, 0];
    const view = new DataView(bytes.buffer);
    const frameBytes = FRAME_HEADER_BYTES + view.getUint32(8);
    const salt = view.getBigUint64(16);
    let commits = 0;
    for (let at = HEADER_BYTES; at + frameBytes <= bytes.length; at += frameBytes) {
      // Older frames have another salt.
      if (view.getBigUint64(at + 8) !== salt) break;
      if (view.getUint32(at + 4) !== 0) commits++;
    }
    return [salt, commits];
  }
}
