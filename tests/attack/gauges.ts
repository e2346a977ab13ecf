/** What an attack costs the hub: memory, disk, log, and what it refuses. */

import { join } from "node:path";
import type { Hub } from "../support/program/programs.ts";

/** What the hub took from the gauges' start on. */
export interface Costs {
  readonly peakMb: number;
  /** What it wrote, or by how much its folder grew, whichever is more. */
  readonly diskMb: number;
  readonly logLines: number;
  /** By reason. */
  readonly refused: Readonly<Record<string, number>>;
}

export class Gauges {
  readonly #hub: Hub;
  readonly #writtenBytes: number;
  readonly #folderBytes: number;
  readonly #lines: number;
  readonly #refused: ReadonlyMap<string, number>;

  private constructor(hub: Hub, refused: ReadonlyMap<string, number>) {
    this.#hub = hub;
    this.#refused = refused;
    this.#writtenBytes = writtenBytes(hub.process.pid);
    this.#folderBytes = folderBytes(hub.statePath);
    this.#lines = hub.process.lines.length;
    // The kernel forgets the peak of the resident memory: proc_pid_clear_refs(5).
    Deno.writeTextFileSync(`/proc/${hub.process.pid}/clear_refs`, "5");
  }

  static async start(hub: Hub): Promise<Gauges> {
    return new Gauges(hub, await refusedBy(hub));
  }

  async read(): Promise<Costs> {
    const { process, statePath } = this.#hub;
    const status = Deno.readTextFileSync(`/proc/${process.pid}/status`);
    const peakKb = Number(/^VmHWM:\s+(\d+) kB/m.exec(status)?.[1]);
    const written = writtenBytes(process.pid) - this.#writtenBytes;
    const grown = folderBytes(statePath) - this.#folderBytes;
    const logLines = process.lines.length - this.#lines;
    const refused = [...await refusedBy(this.#hub)].flatMap(([reason, count]) => {
      const more = count - (this.#refused.get(reason) ?? 0);
      return more > 0 ? [[reason, more] as const] : [];
    });
    return {
      peakMb: peakKb / 1024,
      diskMb: Math.max(written, grown) / 1e6,
      logLines,
      refused: Object.fromEntries(refused),
    };
  }
}

function writtenBytes(pid: number): number {
  return Number(/^write_bytes: (\d+)/m.exec(Deno.readTextFileSync(`/proc/${pid}/io`))?.[1]);
}

function folderBytes(folder: string): number {
  let bytes = 0;
  for (const { name, isFile } of Deno.readDirSync(folder)) {
    if (isFile) bytes += Deno.statSync(join(folder, name)).size;
  }
  return bytes;
}

/** How often the hub has refused what, by reason. */
export async function refusedBy(hub: Hub): Promise<ReadonlyMap<string, number>> {
  const headers = { Authorization: `Bearer ${hub.password}` };
  const text = await (await hub.fetch("/metrics", { headers })).text();
  const pattern = /^rpi_cluster_refused_total\{reason="(\w+)"\} (\d+)$/gm;
  return new Map([...text.matchAll(pattern)].map(([, reason = "", n]) => [reason, Number(n)]));
}
