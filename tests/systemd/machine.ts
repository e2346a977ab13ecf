/**
 * A machine whose first process is a real systemd, in namespaces: it boots in seconds and runs at full
 * speed. It has this machine's /usr, and the units of `systemd/` as they are shipped.
 *
 * It lacks a kernel of its own (boot id, power cut, modules) and cgroup controllers: MemoryMax= is not
 * enforced, all else is.
 */

import { join } from "node:path";
import { PROJECT } from "../../scripts/project.ts";
import { type CommandOutcome, runCommand } from "../support/program/command.ts";
import { ownExecutable, PROGRAM_NAMES } from "../support/program/executable.ts";
import { iniOf, type Sections } from "../support/program/programs.ts";
import { TemporaryFolder } from "../support/program/temporary_folder.ts";
import { type Deadline, until, within } from "../support/time/until.ts";

const BOOT = new URL("boot.sh", import.meta.url).pathname;
const UNITS = "/etc/systemd/system";
const SYSUSERS = join(PROJECT, "packaging/sysusers/rpi-cluster-users.conf");
/** Who may read which configuration. */
const HUB_USER = "rpi-cluster-alert";
const NODE_GROUP = "rpi-cluster-node";
/** What an agent or tracker has no use for, and a hub keeps to itself. */
const HUB_SECTIONS: readonly string[] = ["hub", "alerts", "sms", "webhook", "escalation"];

/** Becomes, there, the user of a service. */
export function asUser(user: string): readonly string[] {
  return ["setpriv", `--reuid=${user}`, `--regid=${user}`, "--init-groups"];
}
/** The hub's. */
export const AS_SERVICE: readonly string[] = asUser(HUB_USER);
/** A machine that is busy with other tests boots slowly. */
const BOOT_MS = 120_000;
/** What is waited for there takes its time as well. */
const WITHIN_MS = 60_000;
/** Lines of its journal that an error shows. */
const LINES_SHOWN = 60;

/** Units that need a machine of their own, or would touch the kernel of this one. */
const MASKED: readonly string[] = [
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

export interface MachineOptions {
  /**
   * `hub.ini` for the hub, and without its own sections `config.ini` for agent and tracker, readable
   * as docs/install.md has it.
   */
  readonly config: Sections;
  /** A network namespace, such as `/run/netns/NAME`. */
  readonly network: string;
  /** Further files of its own, by absolute path; `/systemctl` stands before the real one. */
  readonly files?: Readonly<Record<string, string>>;
  /** Whether packages can be installed there: /usr can be written, and dpkg knows what is there. */
  readonly hasPackages?: boolean;
  /** Groups beside those of this machine, without members. */
  readonly groups?: readonly string[];
}

/** `await using machine = await SystemdMachine.boot({ ... });` Its services are not started. */
export class SystemdMachine implements AsyncDisposable {
  /** What was the matter when it ended: 129 after a reboot, 130 after a poweroff. */
  readonly ended: Promise<number>;
  readonly #folder = new TemporaryFolder();
  readonly #name = `rca-${crypto.randomUUID().slice(0, 8)}`;
  readonly #keeper: Deno.ChildProcess;

  private constructor(options: MachineOptions) {
    this.#makeRoot(options);
    const cgroup = join(cgroupFolder() ?? "", this.#name);
    Deno.mkdirSync(cgroup);
    const namespaces = "--mount --pid --fork --kill-child --cgroup --uts --ipc".split(" ");
    const become = `echo $$ > ${cgroup}/cgroup.procs; exec "$@" 2> ${this.#folder.file("console")}`;
    this.#keeper = new Deno.Command("setpriv", {
      args: [
        ...["--pdeathsig", "KILL", "nsenter", `--net=${options.network}`],
        ...["bash", "-c", become, "bash", "unshare", ...namespaces, "--propagation", "private"],
        ...["bash", BOOT, this.#folder.file("root"), this.#folder.file("programs"), this.#name],
        ...(options.hasPackages ? ["writable"] : []),
      ],
      stdin: "null",
      stdout: "null",
      stderr: "inherit",
    }).spawn();
    this.ended = this.#keeper.status.then(({ code }) => code);
  }

  /** Resolves when its systemd has started what it starts by itself. */
  static async boot(options: MachineOptions): Promise<SystemdMachine> {
    const machine = new SystemdMachine(options);
    try {
      await until("the boot", async () => {
        const { stdout } = await machine.run("systemctl", "is-system-running");
        return /^(running|degraded|starting)/.test(stdout);
      }, { withinMs: BOOT_MS });
      return machine;
    } catch (error) {
      const console = Deno.readTextFileSync(machine.#folder.file("console"));
      await machine[Symbol.asyncDispose]();
      throw new Error(`${error instanceof Error ? error.message : error}\n${console}`);
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    const init = this.#init();
    if (init !== undefined) Deno.kill(init, "SIGKILL");
    await this.ended;
    removeCgroup(join(cgroupFolder() ?? "", this.#name));
    this.#folder[Symbol.dispose]();
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

  /** Writes a file there. */
  write(path: string, text: string): void {
    const file = this.#folder.file(`root${path}`);
    Deno.mkdirSync(join(file, ".."), { recursive: true });
    Deno.writeTextFileSync(file, text);
  }

  /** A property of a unit, such as `ActiveState` or `NRestarts`. */
  async property(unit: string, name: string): Promise<string> {
    return (await this.do("systemctl", "show", unit, `--property=${name}`, "--value")).trim();
  }

  /** What a unit has said so far. */
  async journal(unit: string): Promise<string> {
    return await this.do("journalctl", "--no-pager", "--output=short-monotonic", "-u", unit);
  }

  /** The same of a machine that has ended. */
  async journalOnDisk(unit: string): Promise<string> {
    const folder = this.#folder.file("root/var/log/journal");
    const args = ["--no-pager", "--directory", folder, "-u", unit];
    return (await runCommand("journalctl", { args })).stdout;
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
    return await within("the machine to end", this.ended, { withinMs: WITHIN_MS });
  }

  /** Process 1 of the machine, as this one sees it: the only child of its keeper. */
  #init(): number | undefined {
    const { pid } = this.#keeper;
    try {
      const children = Deno.readTextFileSync(`/proc/${pid}/task/${pid}/children`).trim();
      return children === "" ? undefined : Number(children.split(" ")[0]);
    } catch (error) {
      if (error instanceof Deno.errors.NotFound) return undefined;
      throw error;
    }
  }

  #makeRoot({ config, files = {}, groups = [], hasPackages }: MachineOptions): void {
    for (const folder of ["programs", `root${UNITS}`, "root/var/log/journal"]) {
      Deno.mkdirSync(this.#folder.file(folder), { recursive: true });
    }
    for (const program of PROGRAM_NAMES) {
      Deno.symlinkSync(ownExecutable(program), this.#folder.file(`programs/${program}`));
      const unit = `${program}.service`;
      this.write(`${UNITS}/${unit}`, Deno.readTextFileSync(join(PROJECT, "systemd", unit)));
    }
    for (const unit of MASKED) {
      Deno.symlinkSync("/dev/null", this.#folder.file(`root${UNITS}/${unit}`));
    }
    Deno.symlinkSync(
      "/usr/lib/systemd/system/multi-user.target",
      this.#folder.file(`root${UNITS}/default.target`),
    );
    this.write("/etc/machine-id", `${crypto.randomUUID().replaceAll("-", "")}\n`);
    this.write("/etc/os-release", 'ID=debian\nPRETTY_NAME="Test machine"\n');
    this.write("/etc/hosts", `127.0.0.1 localhost\n127.0.1.1 ${this.#name}\n`);
    this.write("/etc/hostname", `${this.#name}\n`);
    this.write("/etc/nsswitch.conf", "passwd: files\ngroup: files\nhosts: files\n");
    this.#makeUsers(groups);
    if (hasPackages) this.#makePackages();
    const ofNode = Object.entries(config).filter(([name]) => !HUB_SECTIONS.includes(name));
    const hub = this.#writeConfig("hub.ini", config);
    Deno.chmodSync(hub, 0o600);
    Deno.chownSync(hub, this.#numberOf("passwd", HUB_USER), 0);
    const node = this.#writeConfig("config.ini", Object.fromEntries(ofNode));
    Deno.chmodSync(node, 0o640);
    Deno.chownSync(node, 0, this.#numberOf("group", NODE_GROUP));
    for (const [name, text] of Object.entries(files)) {
      this.write(name, text);
      if (text.startsWith("#!")) Deno.chmodSync(this.#folder.file(`root${name}`), 0o755);
    }
  }

  /** Those of this machine and the packaged ones, without the group gpio, which few systems have. */
  #makeUsers(groups: readonly string[]): void {
    const isForeign = (line: string) => line !== "" && !/^(rpi-cluster-|gpio:)/.test(line);
    const rows = (path: string) => Deno.readTextFileSync(path).split("\n").filter(isForeign);
    this.write("/etc/passwd", [...rows("/etc/passwd"), ""].join("\n"));
    const own = groups.map((name, i) => `${name}:x:${980 - i}:`);
    this.write("/etc/group", [...rows("/etc/group"), ...own, ""].join("\n"));
    const lines = Deno.readTextFileSync(SYSUSERS).split("\n");
    const list = "/etc/sysusers.d/rpi-cluster-users.conf";
    this.write(list, lines.filter((line) => !/ gpio( |$)/.test(line)).join("\n"));
    const args = [`--root=${this.#folder.file("root")}`, this.#folder.file(`root${list}`)];
    const { success, stderr } = new Deno.Command("systemd-sysusers", { args }).outputSync();
    if (!success) throw new Error(new TextDecoder().decode(stderr));
  }

  /** dpkg knows what is in /usr. Nothing comes from a network: apt has no sources. */
  #makePackages(): void {
    for (
      const folder of ["etc/apt", "var/lib/apt/lists/partial", "var/cache/apt/archives/partial"]
    ) {
      Deno.mkdirSync(this.#folder.file(`root/${folder}`), { recursive: true });
    }
    // The alternatives choose among programs of /usr, such as awk.
    const args = [
      "-a",
      "--parents",
      "/var/lib/dpkg",
      "/etc/alternatives",
      this.#folder.file("root"),
    ];
    const { success, stderr } = new Deno.Command("cp", { args }).outputSync();
    if (!success) throw new Error(new TextDecoder().decode(stderr));
  }

  #writeConfig(name: string, config: Sections): string {
    const path = `/etc/rpi-cluster-alert/${name}`;
    this.write(path, iniOf(config));
    return this.#folder.file(`root${path}`);
  }

  /** Of a user, by `passwd`, or a group, by `group`. */
  #numberOf(list: "passwd" | "group", name: string): number {
    const lines = Deno.readTextFileSync(this.#folder.file(`root/etc/${list}`)).split("\n");
    const [, , number] = lines.find((line) => line.startsWith(`${name}:`))?.split(":") ?? [];
    if (number === undefined) throw new Error(`there is no ${name} in /etc/${list}`);
    return Number(number);
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
