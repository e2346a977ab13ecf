/** What a kind of tests is made of, and what files of it cost. */

import type { Need } from "./debian_packages.ts";

export interface TestKind {
  readonly name: string;
  readonly runs: readonly TestSet[];
  /** What `task soak` runs: the tests of which other runs play only a part. */
  readonly soak: readonly TestSet[];
  /** Debian packages without which it cannot run. */
  readonly needs: readonly Need[];
  /** Whether it starts executables of `dist/`. */
  readonly usesExecutables: boolean;
  /** Whether it starts bundles for Node.js. */
  readonly usesBundles?: boolean;
}

/** Files of tests with the same permissions. */
export interface TestSet {
  /** Files and whole folders. */
  readonly paths: readonly string[];
  /** Parts of the folders that belong to another set. */
  readonly except?: readonly string[];
  readonly flags: readonly string[];
  /** What agents and trackers run on. Default: Deno. */
  readonly runtime?: "node";
  /** The measured share of a core that a file takes while it runs; `ALONE` for all cores. */
  readonly cores: number;
  /** The maximum number of its files that run at a time. Default: as many as the cores allow. */
  readonly atOnce?: number;
  /** Whether its files are short and run in one process. */
  readonly isOneProcess?: boolean;
  /** The time limit for one file on a quiet machine. It is generous: a file that needs longer hangs. */
  readonly timeoutMs: number;
}

export const MINUTE_MS = 60_000;
export const ALL = ["--allow-all"] as const;
/** Real programs, which mostly wait. */
export const WAITING = { flags: ALL, cores: 0.22, timeoutMs: 15 * MINUTE_MS } as const;
/** Many real programs at a time. */
export const CLUSTER = { flags: ALL, cores: 0.5, timeoutMs: 15 * MINUTE_MS } as const;
