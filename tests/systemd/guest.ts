/**
 * A machine whose first process is a real systemd, in namespaces: it boots in seconds and runs at full
 * speed.
 *
 * It lacks a kernel of its own (boot id, modules) and cgroup controllers: MemoryMax= is not enforced,
 * all else is.
 */

import { join } from "node:path";
import { type CommandOutcome, runCommand } from "../support/program/command.ts";
import { TemporaryFolder } from "../support/program/temporary_folder.ts";
import { type Deadline, until, within } from "../support/time/until.ts";

const BOOT = new URL("boot.sh", import.meta.url).pathname;
export const UNITS = "/etc/systemd/system";
/** A machine that is busy with other tests boots slowly. */
const BOOT_MS = 120_000;
/** What is waited for there takes its time as well. */
const WITHIN_MS = 60_000;
/** Lines of its journal that an error shows. */
const LINES_SHOWN = 60;

/** Units that need a machine of their own, or would touch the kernel of this one. */
export const MASKED: readonly string[] = [
  ..."systemd-udevd systemd-udev-trigger systemd-modules-load systemd-sysctl systemd-binfmt"
    .split(" "),
  ..."systemd-random-seed systemd-remount-fs systemd-networkd systemd-networkd-wait-online".split(
    " ",
  ),
  ..."systemd-logind systemd-firstboot systemd-timesyncd console-getty mosquitto".split(" "),
].map((name) => `${name}.service`).concat([
  "getty.target",
  "sys-kernel-debug.mount",
  "sys-kernel-tracing.mount",
  "sys-kernel-config.mount",
  "sys-fs-fuse-connections.mount",
  "dev-mqueue.mount",
  "dev-hugepages.mount",
  "proc-sys-fs-binfmt_misc.automount",
]);

/** Why there can be no such machine here, or `undefined`. */
export function machineHindrance(): string | undefined {
  if (Deno.uid() !== 0) return "only root may make namespaces with a systemd in them";
  if (cgroupFolder() === undefined) return "this machine has no cgroup v2";
  return undefined;
}

/** How a machine is made. */
export interface GuestSetting {
  /** A network namespace, such as `/run/netns/NAME`. */
  readonly network: string;
  /** Its root; a folder that only `mounts` can see is named as it is there. */
  readonly root: string;
  readonly hostname?: string;
  /** Executables that it gets in /usr/local/bin, beside a read-only /usr of this machine. */
  readonly programs?: string;
  /** A process in whose mount namespace its root is. */
  readonly mounts?: number;
}

/** A subclass makes the root, then calls `start` and `booted`. */
export abstract class Guest implements AsyncDisposable {
  protected readonly folder = new TemporaryFolder();
  readonly name = `rca-${crypto.randomUUID().slice(0, 8)}`;
  #keeper: Deno.ChildProcess | undefined;
  #ended: Promise<number> = Promise.resolve(0);

  /** What was the matter when it ended: 129 after a reboot, 130 after a poweroff. */
  get ended(): Promise<number> {
    return this.#ended;
  }

  protected start(setting: GuestSetting): void {
    const { network, root, hostname = this.name, programs, mounts } = setting;
    const cgroup = this.#cgroup;
    Deno.mkdirSync(cgroup, { recursive: true });
    const namespaces = "--mount --pid --fork --kill-child --cgroup --uts --ipc".split(" ");
    const become = `echo $$ > ${cgroup}/cgroup.procs; exec "$@" 2> ${this.folder.file("console")}`;
    const place = mounts === undefined ? [] : [`--mount=/proc/${mounts}/ns/mnt`];
    this.#keeper = new Deno.Command("setpriv", {
      args: [
        ...["--pdeathsig", "KILL", "nsenter", `--net=${network}`, ...place],
        ...["bash", "-c", become, "bash", "unshare", ...namespaces, "--propagation", "private"],
        ...["bash", BOOT, root, hostname, ...(programs === undefined ? [] : [programs])],
      ],
      stdin: "null",
      stdout: "null",
      stderr: "inherit",
    }).spawn();
    this.#ended = this.#keeper.status.then(({ code }) => code);
  }

  /** Resolves when its systemd has started what it starts by itself; ends it when that fails. */
  protected async booted(): Promise<void> {
    try {
      await until("the boot", async () => {
        const { stdout } = await this.run("systemctl", "is-system-running");
        return /^(running|degraded|starting)/.test(stdout);
      }, { withinMs: BOOT_MS });
    } catch (error) {
      const console = Deno.readTextFileSync(this.folder.file("console"));
      await this[Symbol.asyncDispose]();
      throw new Error(`${error instanceof Error ? error.message : error}\n${console}`);
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.cutPower();
    if (this.#keeper !== undefined) removeCgroup(this.#cgroup);
    this.folder[Symbol.dispose]();
  }

  /** Ends all of its processes at once. What it wrote stays, as this machine's kernel lives on. */
  async cutPower(): Promise<void> {
    const init = this.#init();
    if (init !== undefined) Deno.kill(init, "SIGKILL");
    await this.#ended;
  }

  /** Runs a command there as root, to its end. */
  async run(...command: readonly string[]): Promise<CommandOutcome> {
    const init = this.#init();
    if (init === undefined) return { code: 125, stdout: "", stderr: "the machine does not run" };
    return await runCommand("nsenter", {
      args: [
        ...["-t", `${init}`, "-m", "-p", "-u", "-i", "-n", "-C", "--"],
        ...["env", "-i", "PATH=/usr/local/bin:/usr/sbin:/usr/bin", "HOME=/root", "LANG=C.UTF-8"],
        ...command,
      ],
    });
  }

  /** As `run`; throws when it fails. Answers what it said. */
  async do(...command: readonly string[]): Promise<string> {
    const { code, stdout, stderr } = await this.run(...command);
    if (code !== 0) throw new Error(`${command.join(" ")}: ${code} ${stdout}${stderr}`);
    return stdout;
  }

  /** A property of a unit, such as `ActiveState` or `NRestarts`. */
  async property(unit: string, name: string): Promise<string> {
    return (await this.do("systemctl", "show", unit, `--property=${name}`, "--value")).trim();
  }

  /** What a unit has said so far. */
  async journal(unit: string): Promise<string> {
    return await this.do("journalctl", "--no-pager", "--output=short-monotonic", "-u", unit);
  }

  /** As `until`, with the end of the journal in the error. */
  async until<T>(
    what: string,
    condition: () => T | undefined | null | false | Promise<T | undefined | null | false>,
    { withinMs = WITHIN_MS }: Deadline = {},
  ): Promise<T> {
    try {
      return await until(what, condition, { withinMs });
    } catch (error) {
      const { stdout } = await this.run("journalctl", "--no-pager", "-n", `${LINES_SHOWN}`);
      throw new Error(`${error instanceof Error ? error.message : error}\n${stdout}`, {
        cause: error,
      });
    }
  }

  async untilActive(unit: string): Promise<void> {
    await this.until(`${unit} to be active`, async () => {
      return await this.property(unit, "ActiveState") === "active";
    });
  }

  async untilLogged(unit: string, what: RegExp): Promise<string> {
    return await this.until(`${what} of ${unit}`, async () => {
      return what.exec(await this.journal(unit))?.[0];
    });
  }

  /** How it ended, once it has. */
  async end(): Promise<number> {
    return await within("the machine to end", this.#ended, { withinMs: WITHIN_MS });
  }

  get #cgroup(): string {
    return join(cgroupFolder() ?? "", this.name);
  }

  /** Process 1 of the machine, as this one sees it: the only child of its keeper. */
  #init(): number | undefined {
    if (this.#keeper === undefined) return undefined;
    const { pid } = this.#keeper;
    try {
      const children = Deno.readTextFileSync(`/proc/${pid}/task/${pid}/children`).trim();
      return children === "" ? undefined : Number(children.split(" ")[0]);
    } catch (error) {
      if (error instanceof Deno.errors.NotFound) return undefined;
      throw error;
    }
  }
}

/** Where this machine has cgroup v2, alone or beside v1. */
function cgroupFolder(): string | undefined {
  const mounts = Deno.readTextFileSync("/proc/mounts").split("\n").map((line) => line.split(" "));
  return mounts.find(([, , kind]) => kind === "cgroup2")?.[1];
}

/** From the leaves up: a cgroup is removed when it is empty. */
function removeCgroup(path: string): void {
  for (const entry of Deno.readDirSync(path)) {
    if (entry.isDirectory) removeCgroup(join(path, entry.name));
  }
  Deno.removeSync(path);
}
