/** What most of the stories are told with. */
import type { Guest, Userland } from "../guest.ts";
import type { Driver, Lines } from "../lines.ts";

export interface Scenario {
  readonly guest: Guest;
  readonly userland: Userland;
  readonly driver: Driver;
  /** On Node.js a standard input that was read keeps a program alive. */
  readonly isOnNode?: boolean;
  /** One program for all of them; each story gives its lines back. */
  readonly lines: Lines;
}
