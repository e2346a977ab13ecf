/** From which package a node's programs are, by its birth. */

import type { Facts } from "../../core/protocol/wire.ts";

const PACKAGE = /^(\d[\w.+~-]{0,63}) ([a-z0-9]{2,15})$/;

export interface NodeRelease {
  readonly version: string;
  /** As `dpkg --print-architecture` says it. */
  readonly architecture: string;
}

/** `undefined` for an agent that came without a package, or is older than this fact. */
export function nodeReleaseOf({ package: fact }: Facts): NodeRelease | undefined {
  const [, version, architecture] = typeof fact === "string" ? PACKAGE.exec(fact) ?? [] : [];
  return version === undefined || architecture === undefined
    ? undefined
    : { version, architecture };
}
