/** A calendar that a test sets as it likes, for one process: its monotonic clock and timers go on. */

import { TemporaryFolder } from "../program/temporary_folder.ts";

/** Debian has it by architecture. The one for programs with threads, as Deno is. */
export const FAKETIME_LIBRARY = `/usr/lib/${Deno.build.arch}-linux-gnu/faketime/libfaketimeMT.so.1`;

/** `using calendar = new FakeCalendar();` Starts as this machine's own. */
export class FakeCalendar implements Disposable {
  /** Runs what follows it by this calendar. */
  readonly through: readonly string[];
  readonly #folder = new TemporaryFolder();

  constructor() {
    this.set(0);
    this.through = [
      "env",
      `LD_PRELOAD=${FAKETIME_LIBRARY}`,
      `FAKETIME_TIMESTAMP_FILE=${this.#folder.file("offset")}`,
      // Read at each look at the calendar, and the monotonic clock is left alone.
      "FAKETIME_NO_CACHE=1",
      "FAKETIME_DONT_FAKE_MONOTONIC=1",
    ];
  }

  /** So much ahead of this machine's calendar, from now on; less than nothing is behind. */
  set(aheadMs: number): void {
    const seconds = aheadMs / 1000;
    const next = this.#folder.write("next", `${seconds < 0 ? "" : "+"}${seconds}\n`);
    // In one piece: it is read at any instant.
    Deno.renameSync(next, this.#folder.file("offset"));
  }

  [Symbol.dispose](): void {
    this.#folder[Symbol.dispose]();
  }
}

/** Runs what follows it ten times as fast, timers and all, with these variables: a minute takes 6 s. */
export function throughFastClock(variables: Readonly<Record<string, string>>): readonly string[] {
  const all = { LD_PRELOAD: FAKETIME_LIBRARY, FAKETIME: "+0 x10", ...variables };
  return ["env", ...Object.entries(all).map(([name, value]) => `${name}=${value}`)];
}
