/**
 * Why this program was asked to stop: for itself, or with the whole machine.
 *
 * SIGTERM does not say. Two sources do, the first of which needs no process:
 *
 * - logind's file of a scheduled shutdown (`shutdown +5`), once its time has come. Until then it only
 *   announces one, and the service may well be stopped for another reason.
 * - systemd's queue of jobs, in which `reboot.target` or `poweroff.target` waits to start while the
 *   services are stopped. Asking needs D-Bus for all but root: order the unit `After=dbus.service`, or
 *   D-Bus is stopped first. `/run/nologin` would not do: it appears 5 minutes early, or after us.
 *
 * Not told apart from a stop: a shutdown without systemd, one that is forced (`reboot -f` stops
 * nobody, it pulls the plug), and a systemd that is too busy to answer in time.
 */

/** How long systemd may take to answer: the program has 2 s to end, and its farewell must still be said. */
const ANSWER_MS_MAX = 250;
const SYSTEMCTL = "/usr/bin/systemctl";
const SCHEDULED = "/run/systemd/shutdown/scheduled";

export type ShutdownReason = "stop" | "reboot" | "poweroff";

export interface ShutdownOptions {
  /** The folder that stands for `/`. */
  readonly root?: string;
  /** The program that lists systemd's jobs. */
  readonly systemctl?: string;
}

/**
 * The reason of a SIGTERM that just came, `stop` when nothing tells otherwise. Takes less than 0.3 s
 * and does not throw. Needs `--allow-read=/run/systemd/shutdown/scheduled` and
 * `--allow-run=/usr/bin/systemctl`; what is not allowed does not tell.
 */
export async function shutdownReason(options: ShutdownOptions = {}): Promise<ShutdownReason> {
  const { root = "/", systemctl = SYSTEMCTL } = options;
  const scheduled = await readScheduled(root.replace(/\/+$/, "") + SCHEDULED);
  return scheduledReason(scheduled, Date.now()) ?? jobsReason(await listJobs(systemctl)) ?? "stop";
}

/** The reason by a scheduled shutdown whose time has come; calendar time, as the file has it. */
export function scheduledReason(text: string, nowMs: number): ShutdownReason | undefined {
  const dueMicros = /^USEC=(\d{1,17})$/m.exec(text)?.[1];
  const mode = /^MODE=([a-z-]+)$/m.exec(text)?.[1];
  if (dueMicros === undefined || mode === undefined) return undefined;
  return Number(dueMicros) / 1000 <= nowMs ? MODES.get(mode) : undefined;
}

/** The reason by lines such as `  812 reboot.target  start waiting`. */
export function jobsReason(jobs: string): ShutdownReason | undefined {
  for (const line of jobs.split("\n")) {
    const [, target, type] = line.trim().split(/\s+/).slice(-4);
    const mode = type === "start" ? /^([a-z-]+)\.target$/.exec(target ?? "")?.[1] : undefined;
    const reason = mode === undefined ? undefined : MODES.get(mode);
    if (reason !== undefined) return reason;
  }
  return undefined;
}

/** What people expect next: that it comes back, or that it does not. */
const MODES: ReadonlyMap<string, ShutdownReason> = new Map([
  ["reboot", "reboot"],
  ["soft-reboot", "reboot"],
  ["kexec", "reboot"],
  ["poweroff", "poweroff"],
  ["halt", "poweroff"],
]);

async function readScheduled(path: string): Promise<string> {
  try {
    return await Deno.readTextFile(path);
  } catch {
    return "";
  }
}

async function listJobs(systemctl: string): Promise<string> {
  const controller = new AbortController();
  const timer = setTimeout(() => controller.abort(), ANSWER_MS_MAX);
  try {
    const { stdout } = await new Deno.Command(systemctl, {
      args: ["list-jobs", "--no-legend", "--no-pager", "--plain", "--full"],
      clearEnv: true,
      stdin: "null",
      stdout: "piped",
      stderr: "null",
      signal: controller.signal,
    }).output();
    return new TextDecoder().decode(stdout);
  } catch {
    return "";
  } finally {
    clearTimeout(timer);
  }
}
