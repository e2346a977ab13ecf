/** The compiled hub with a limit of open files, and its own measurements. */

import { join } from "node:path";
import { PROJECT } from "../../../scripts/project.ts";
import { type Hub, type Sections, startHub, withSections } from "../program/programs.ts";

const QUICK = {
  alerts: { hold: "1s", group: "0s" },
  sms: { provider: "print", to: "+4915112345678" },
};

/** Starts the executable with the limit that `LimitNOFILE=` or a shell would set. */
export async function startLimited(openFiles: number, config: Sections = {}): Promise<Hub> {
  const through = ["prlimit", `--nofile=${openFiles}:${openFiles}`];
  return await startHub(withSections(QUICK, config), { through, compiled: true });
}

/** Returns the limit of open files under systemd, as far as this machine allows it. */
export function openFilesOfUnit(): number {
  const unit = Deno.readTextFileSync(join(PROJECT, "systemd/hub.service"));
  const wanted = Number(/^LimitNOFILE=(\d+)/m.exec(unit)?.[1]);
  const limits = Deno.readTextFileSync("/proc/self/limits");
  const allowed = Number(/^Max open files +\d+ +(\d+)/m.exec(limits)?.[1] ?? Infinity);
  return Math.min(wanted, allowed);
}

/** Returns how often the hub refused something for a reason. */
export async function refused(hub: Hub, reason: string): Promise<number> {
  const headers = { Authorization: `Bearer ${hub.password}` };
  const text = await (await hub.fetch("/metrics", { headers })).text();
  const pattern = new RegExp(`^rpi_cluster_refused_total{reason="${reason}"} (\\d+)$`, "m");
  return Number(pattern.exec(text)?.[1]);
}

/** Returns the hub's peak memory in MB. */
export function peakMegabytes(hub: Hub): number {
  const status = Deno.readTextFileSync(`/proc/${hub.process.pid}/status`);
  return Number(/^VmHWM:\s+(\d+) kB$/m.exec(status)?.[1]) / 1000;
}

/** Returns the number of files that the hub has open now. */
export function openFiles(hub: Hub): number {
  return [...Deno.readDirSync(`/proc/${hub.process.pid}/fd`)].length;
}
