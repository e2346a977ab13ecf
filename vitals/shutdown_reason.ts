/**
 * Why this program was asked to stop: a stop, a restart, or a shutdown of the whole machine.
 *
 * SIGTERM does not contain the reason. There are two sources:
 *
 * - logind's file of a scheduled shutdown (`shutdown +5`). It needs no process. It counts only after
 *   the scheduled time, because before that the service may be stopped for another reason.
 * - systemd's queue of jobs. At a shutdown, `reboot.target` or `poweroff.target` waits there.
 *   Otherwise the unit's own job shows whether it stops or restarts. For users other than root the
 *   request needs D-Bus, so the unit needs `After=dbus.service`: otherwise D-Bus stops first.
 *   `/run/nologin` is no source, because it appears 5 minutes early or too late.
 *
 * The reason is unknown without systemd, after a plain `kill`, and when systemd is too busy to answer
 * in time. After a forced shutdown (`reboot -f`) programs get no signal at all.
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
 * Returns the reason of a signal that has just arrived, within little more than `ANSWER_MS_MAX`. Never
 * throws. Needs `--allow-read=/run/systemd/shutdown/scheduled` and `--allow-run=/usr/bin/systemctl`;
 * a source that is not allowed is skipped.
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
