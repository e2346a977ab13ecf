/** The agent in shell, and the processes that it starts. */

import type { Shell } from "../program/runtimes.ts";

export const SHELLS: readonly Shell[] = ["dash", "busybox", "bash"];

export interface ChildProcess {
  readonly pid: number;
  /** As every user sees it. */
  readonly command: readonly string[];
}

/** The processes below a process, at this moment. */
export function childrenOf(pid: number): readonly ChildProcess[] {
  const text = readIfAny(`/proc/${pid}/task/${pid}/children`);
  return text.split(" ").filter((one) => one !== "").map(Number).flatMap((child) => [
    { pid: child, command: readIfAny(`/proc/${child}/cmdline`).split("\0") },
    ...childrenOf(child),
  ]);
}

/** A process may end meanwhile. */
function readIfAny(path: string): string {
  try {
    return Deno.readTextFileSync(path);
  } catch {
    return "";
  }
}
