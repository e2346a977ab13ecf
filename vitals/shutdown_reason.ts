/**
 * Why this program was asked to stop: for good, to start anew, or with the whole machine.
 *
 * SIGTERM does not say. Two sources do, the first of which needs no process:
 *
 * - logind's file of a scheduled shutdown (`shutdown +5`), once its time has come. Until then it only
 *   announces one, and the service may well be stopped for another reason.
 * - systemd's queue of jobs. At a shutdown `reboot.target` or `poweroff.target` waits there to start;
 *   otherwise the unit's own job says whether it stops or restarts. Asking needs D-Bus for all but
 *   root: order the unit `After=dbus.service`, or D-Bus is stopped first. `/run/nologin` would not do:
 *   it appears 5 minutes early, or after us.
 *
 * Where neither tells, nobody knows: without systemd, after a plain `kill`, or when systemd is too
 * busy to answer in time. A shutdown that is forced (`reboot -f`) stops nobody: it pulls the plug.
 */

import type { StopSignal } from "../io/program/process.ts";

/**
 * The time limit for systemd's answer: on a slow machine that shuts down it took 0.6 s. The program
 * has 1.9 s to end, and its farewell must be sent within that time.
 */
export const ANSWER_MS_MAX = 1000;
const SYSTEMCTL = "/usr/bin/systemctl";
export const SHUTDOWN_FILE = "/run/systemd/shutdown/scheduled";

export type ShutdownReason = "stop" | "restart" | "reboot" | "poweroff" | "unknown";

export interface ShutdownOptions {
  /** The program's own unit, e.g. `agent.service`. */
  readonly unit: string;
  /** The signal that asked it to stop; a SIGINT comes from a person at a terminal. */
  readonly signal: StopSignal;
  /** The folder that stands for `/`. */
  readonly root?: string;
  /** The program that lists systemd's jobs. */
  readonly systemctl?: string;
}

/**
 * The reason of a signal that just came. Takes little more than `ANSWER_MS_MAX` and does not throw.
 * Needs `--allow-read=/run/systemd/shutdown/scheduled` and `--allow-run=/usr/bin/systemctl`; what is
 * not allowed does not tell.
 */
export async function shutdownReason(options: ShutdownOptions): Promise<ShutdownReason> {
  const { unit, signal, root = "/", systemctl = SYSTEMCTL } = options;
  if (signal === "SIGINT") return "stop";
  const scheduled = await readScheduled(root.replace(/\/+$/, "") + SHUTDOWN_FILE);
  return scheduledReason(scheduled, Date.now()) ?? jobsReason(await listJobs(systemctl), unit);
}

/**
 * Returns the reason from a scheduled shutdown whose time has come. The file contains wall-clock
 * time.
 */
export function scheduledReason(text: string, nowMs: number): ShutdownReason | undefined {
  const dueMicros = /^USEC=(\d{1,17})$/m.exec(text)?.[1];
  const mode = /^MODE=([a-z-]+)$/m.exec(text)?.[1];
  if (dueMicros === undefined || mode === undefined) return undefined;
  return Number(dueMicros) / 1000 <= nowMs ? SHUTDOWNS.get(`${mode}.target`) : undefined;
}

/**
 * Returns the reason from lines such as ` 812 reboot.target start waiting`. The machine's shutdown
 * takes precedence over the unit's own job, which is to stop in that case, too.
 */
export function jobsReason(jobs: string, unit: string): ShutdownReason {
  let own: ShutdownReason = "unknown";
  for (const line of jobs.split("\n")) {
    const [, name = "", type] = line.trim().split(/\s+/).slice(-4);
    const shutdown = type === "start" ? SHUTDOWNS.get(name) : undefined;
    if (shutdown !== undefined) return shutdown;
    if (name === unit && (type === "stop" || type === "restart")) own = type;
  }
  return own;
}

/** Whether the node is expected to come back. */
const SHUTDOWNS: ReadonlyMap<string, ShutdownReason> = new Map([
  ["reboot.target", "reboot"],
  ["soft-reboot.target", "reboot"],
  ["kexec.target", "reboot"],
  ["poweroff.target", "poweroff"],
  ["halt.target", "poweroff"],
]);

async function readScheduled(path: string): Promise<string> {
  try {
    return await Deno.readTextFile(path);
  } catch {
    return "";
  }
}

/**
 * Returns systemd's jobs. systemd may kill all processes of a unit, including this new one; then
 * the function asks again. The units have `KillMode=mixed` to prevent that.
 */
async function listJobs(systemctl: string): Promise<string> {
  const controller = new AbortController();
  const timer = setTimeout(() => controller.abort(), ANSWER_MS_MAX);
  try {
    while (!controller.signal.aborted) {
      const { signal, stdout } = await new Deno.Command(systemctl, {
        args: ["list-jobs", "--no-legend", "--no-pager", "--plain", "--full"],
        clearEnv: true,
        stdin: "null",
        stdout: "piped",
        stderr: "null",
        signal: controller.signal,
      }).output();
      if (signal === null) return new TextDecoder().decode(stdout);
    }
  } catch {
    // The program is missing, may not be run, or took too long.
  } finally {
    clearTimeout(timer);
  }
  return "";
}
