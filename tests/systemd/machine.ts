/** The machine of most stories: it has this machine's /usr, and the units as they are shipped. */

import { join } from "node:path";
import { PROJECT } from "../../scripts/project.ts";
import { runCommand } from "../support/program/command.ts";
import { ownExecutable, PROGRAM_NAMES } from "../support/program/executable.ts";
import { iniOf, type Sections, withSections } from "../support/program/programs.ts";
import { Guest, MASKED, UNITS } from "./guest.ts";

const SYSUSERS = ["rpi-cluster-alert.conf", "rpi-cluster-alert-hub.conf"]
  .map((name) => join(PROJECT, "packaging/sysusers", name));
/** Who may read which configuration. */
const HUB_USER = "rpi-cluster-alert";
const NODE_GROUP = "rpi-cluster-node";
/** What an agent or tracker has no use for, and a hub keeps to itself. */
/** A test of TLS names ports of its own. */
const WITHOUT_TLS = { hub: { https_listen: "none", mqtts_listen: "none" } };
const HUB_SECTIONS: readonly string[] = ["hub", "alerts", "sms", "webhook", "escalation"];

/** Becomes, there, the user of a service. */
export function asUser(user: string): readonly string[] {
  return ["setpriv", `--reuid=${user}`, `--regid=${user}`, "--init-groups"];
}
/** The hub's. */
export const AS_SERVICE: readonly string[] = asUser(HUB_USER);
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
  /** Groups beside those of this machine, without members. */
  readonly groups?: readonly string[];
}

/**
 * `await using machine = await SystemdMachine.boot({ ... });` Its services are not started. Its
 * programs are in /usr/local/bin, because /usr is this machine's and cannot be written.
 */
export class SystemdMachine extends Guest {
  private constructor(options: MachineOptions) {
    super();
    this.#makeRoot(options);
    this.start({
      network: options.network,
      root: this.folder.file("root"),
      programs: this.folder.file("programs"),
    });
  }

  /** Resolves when its systemd has started what it starts by itself. */
  static async boot(options: MachineOptions): Promise<SystemdMachine> {
    const machine = new SystemdMachine(options);
    await machine.booted();
    return machine;
  }

  /** Writes a file there. */
  write(path: string, text: string): void {
    const file = this.folder.file(`root${path}`);
    Deno.mkdirSync(join(file, ".."), { recursive: true });
    Deno.writeTextFileSync(file, text);
  }

  /** What a unit of a machine that has ended has said. */
  async journalOnDisk(unit: string): Promise<string> {
    const folder = this.folder.file("root/var/log/journal");
    const args = ["--no-pager", "--directory", folder, "-u", unit];
    return (await runCommand("journalctl", { args })).stdout;
  }

  #makeRoot({ config, files = {}, groups = [] }: MachineOptions): void {
    for (const folder of ["programs", `root${UNITS}`, "root/var/log/journal"]) {
      Deno.mkdirSync(this.folder.file(folder), { recursive: true });
    }
    for (const program of PROGRAM_NAMES) {
      Deno.symlinkSync(ownExecutable(program), this.folder.file(`programs/${program}`));
      const unit = `${program}.service`;
      this.write(`${UNITS}/${unit}`, shippedUnit(unit));
    }
    for (const unit of MASKED) {
      Deno.symlinkSync("/dev/null", this.folder.file(`root${UNITS}/${unit}`));
    }
    Deno.symlinkSync(
      "/usr/lib/systemd/system/multi-user.target",
      this.folder.file(`root${UNITS}/default.target`),
    );
    this.write("/etc/machine-id", `${crypto.randomUUID().replaceAll("-", "")}\n`);
    this.write("/etc/os-release", 'ID=debian\nPRETTY_NAME="Test machine"\n');
    this.write("/etc/hosts", `127.0.0.1 localhost\n127.0.1.1 ${this.name}\n`);
    this.write("/etc/hostname", `${this.name}\n`);
    this.write("/etc/nsswitch.conf", "passwd: files\ngroup: files\nhosts: files\n");
    this.#makeUsers(groups);
    const ofNode = Object.entries(config).filter(([name]) => !HUB_SECTIONS.includes(name));
    const hub = this.#writeConfig("hub.ini", withSections(WITHOUT_TLS, config));
    Deno.chmodSync(hub, 0o600);
    Deno.chownSync(hub, this.#numberOf("passwd", HUB_USER), 0);
    const node = this.#writeConfig("config.ini", Object.fromEntries(ofNode));
    Deno.chmodSync(node, 0o640);
    Deno.chownSync(node, 0, this.#numberOf("group", NODE_GROUP));
    for (const [name, text] of Object.entries(files)) {
      this.write(name, text);
      if (text.startsWith("#!")) Deno.chmodSync(this.folder.file(`root${name}`), 0o755);
    }
  }

  /** Those of this machine and the packaged ones, without the group gpio, which few systems have. */
  #makeUsers(groups: readonly string[]): void {
    const isForeign = (line: string) => line !== "" && !/^(rpi-cluster-|gpio:)/.test(line);
    const rows = (path: string) => Deno.readTextFileSync(path).split("\n").filter(isForeign);
    this.write("/etc/passwd", [...rows("/etc/passwd"), ""].join("\n"));
    const own = groups.map((name, i) => `${name}:x:${980 - i}:`);
    this.write("/etc/group", [...rows("/etc/group"), ...own, ""].join("\n"));
    const lines = SYSUSERS.flatMap((path) => Deno.readTextFileSync(path).split("\n"));
    const list = "/etc/sysusers.d/rpi-cluster-alert.conf";
    this.write(list, lines.filter((line) => !/ gpio( |$)/.test(line)).join("\n"));
    const args = [`--root=${this.folder.file("root")}`, this.folder.file(`root${list}`)];
    const { success, stderr } = new Deno.Command("systemd-sysusers", { args }).outputSync();
    if (!success) throw new Error(new TextDecoder().decode(stderr));
  }

  #writeConfig(name: string, config: Sections): string {
    const path = `/etc/rpi-cluster-alert/${name}`;
    this.write(path, iniOf(config));
    return this.folder.file(`root${path}`);
  }

  /** Of a user, by `passwd`, or a group, by `group`. */
  #numberOf(list: "passwd" | "group", name: string): number {
    const lines = Deno.readTextFileSync(this.folder.file(`root/etc/${list}`)).split("\n");
    const [, , number] = lines.find((line) => line.startsWith(`${name}:`))?.split(":") ?? [];
    if (number === undefined) throw new Error(`there is no ${name} in /etc/${list}`);
    return Number(number);
  }
}

/** A unit of `systemd/`, with its program where this machine can have one. */
function shippedUnit(unit: string): string {
  return Deno.readTextFileSync(join(PROJECT, "systemd", unit))
    .replace(/^ExecStart=\/usr\/bin\/rpi-cluster-(\w+)$/m, "ExecStart=/usr/local/bin/$1");
}
