/** The cost of a process, from the kernel. */

/** Clock ticks of /proc/PID/stat in a second, on every Linux that Deno runs on. */
const TICKS_PER_SECOND = 100;

/** Memory in bytes. */
export interface Memory {
  readonly resident: number;
  /** The part of it that no file backs. */
  readonly anonymous: number;
  /** Resident memory. Each process counts its part of shared pages. */
  readonly proportional: number;
}

export function memoryOf(pid: number): Memory {
  const status = Deno.readTextFileSync(`/proc/${pid}/status`);
  const rollup = Deno.readTextFileSync(`/proc/${pid}/smaps_rollup`);
  return {
    resident: kilobytes(status, "VmRSS"),
    anonymous: kilobytes(status, "RssAnon"),
    proportional: kilobytes(rollup, "Pss"),
  };
}

/** The CPU seconds of the process and of the children for which it has waited. */
export function cpuSecondsOf(pid: number): number {
  const stat = Deno.readTextFileSync(`/proc/${pid}/stat`);
  // The name in brackets may contain any text. The fields after it are numbered from 3 (proc(5)).
  const fields = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
  const ticks = [14, 15, 16, 17].map((field) => Number(fields[field - 3]));
  return ticks.reduce((a, b) => a + b) / TICKS_PER_SECOND;
}

/** The process and all that it started and that still runs. */
export function familyOf(pid: number): readonly number[] {
  const parents = new Map<number, number>();
  for (const { name } of Deno.readDirSync("/proc")) {
    if (!/^\d+$/.test(name)) continue;
    const parent = /^PPid:\s+(\d+)$/m.exec(statusOf(name))?.[1];
    if (parent !== undefined) parents.set(Number(name), Number(parent));
  }
  const family = new Set([pid]);
  for (const one of family) {
    for (const [child, parent] of parents) if (parent === one) family.add(child);
  }
  return [...family];
}

/** Empty for a process that has ended meanwhile. */
function statusOf(pid: string): string {
  try {
    return Deno.readTextFileSync(`/proc/${pid}/status`);
  } catch {
    return "";
  }
}

function kilobytes(status: string, name: string): number {
  const found = new RegExp(`^${name}:\\s+(\\d+) kB$`, "m").exec(status)?.[1];
  if (found === undefined) throw new Error(`/proc tells no ${name}`);
  return Number(found) * 1024;
}
