/**
 * A whole Debian with dpkg, apt and systemd, on which packages are installed for real. Everything that
 * it writes is gone when it ends.
 */

import { join } from "node:path";
import { Guest, MASKED } from "../guest.ts";
import { type DebianRelease, debianRoot } from "./debian_root.ts";

const ROOT = new URL("root.sh", import.meta.url).pathname;
/** Further units that have nothing to do in a test, and would look for a network. */
const UNWANTED: readonly string[] = ["apt-daily.timer", "apt-daily-upgrade.timer"];

export interface DebianMachineOptions {
  /** `this machine`: a copy of the system that runs the test. */
  readonly release: DebianRelease;
  /** A network namespace, such as `/run/netns/NAME`. */
  readonly network: string;
  readonly hostname: string;
  /** Addresses of further machines, by name. */
  readonly hosts?: Readonly<Record<string, string>>;
}

/** `await using machine = await DebianMachine.boot({ ... });` */
export class DebianMachine extends Guest {
  readonly #network: string;
  readonly #hostname: string;
  /** It holds the mount namespace with the root. */
  readonly #holder: Deno.ChildProcess;
  readonly #holderEnded: Promise<Deno.CommandStatus>;
  #isHeld = true;

  private constructor({ network, hostname, hosts = {} }: DebianMachineOptions, lower: string) {
    super();
    this.#network = network;
    this.#hostname = hostname;
    Deno.mkdirSync(this.#disk);
    const lines = Object.entries(hosts).map(([name, address]) => `${address} ${name}`).join("\n");
    this.#holder = new Deno.Command("setpriv", {
      args: [
        ...["--pdeathsig", "KILL", "unshare", "--mount", "--propagation", "private"],
        ...["bash", ROOT, lower, this.#disk, hostname, lines, ...MASKED, ...UNWANTED],
      ],
      stdin: "null",
      stdout: "piped",
      stderr: "inherit",
    }).spawn();
    this.#holderEnded = this.#holder.status.finally(() => this.#isHeld = false);
  }

  static async boot(options: DebianMachineOptions): Promise<DebianMachine> {
    const machine = new DebianMachine(options, await debianRoot(options.release));
    try {
      await machine.#untilMade();
    } catch (error) {
      await machine[Symbol.asyncDispose]();
      throw error;
    }
    await machine.powerOn();
    return machine;
  }

  override async [Symbol.asyncDispose](): Promise<void> {
    await this.cutPower();
    if (this.#isHeld) this.#holder.kill("SIGKILL");
    await this.#holderEnded;
    await super[Symbol.asyncDispose]();
  }

  /** Boots with the root that it had when it ended. */
  async powerOn(): Promise<void> {
    this.start({
      network: this.#network,
      root: join(this.#disk, "root"),
      hostname: this.#hostname,
      mounts: this.#holder.pid,
    });
    await this.booted();
  }

  /** As a person does it. */
  async reboot(): Promise<void> {
    await this.do("systemctl", "--no-block", "reboot");
    await this.end();
    await this.powerOn();
  }

  /** Runs lines of a shell as a person would who copies them, and stops at the first that fails. */
  async shell(lines: string): Promise<string> {
    return await this.do("bash", "-euc", `cd /root\n${lines}`);
  }

  async write(path: string, text: string): Promise<void> {
    await this.do("sh", "-c", 'printf %s "$2" > "$1"', "sh", path, text);
  }

  get #disk(): string {
    return this.folder.file("disk");
  }

  async #untilMade(): Promise<void> {
    const reader = this.#holder.stdout.getReader();
    const { value } = await reader.read();
    const said = new TextDecoder().decode(value);
    if (!said.startsWith("ready")) throw new Error(`the root was not made: ${said}`);
    await reader.cancel();
  }
}
