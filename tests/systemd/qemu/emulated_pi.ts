/**
 * A Pi with a kernel, a disk and GPIO lines of its own: a whole Debian with systemd, in a virtual
 * machine whose every instruction is emulated. A program takes 25 times as long there.
 */

import { statIfAny } from "../../../io/files/atomic_file.ts";
import { Guest, type LineEvent } from "../../gpio/guest.ts";
import { runCommand } from "../../support/program/command.ts";
import { TemporaryFolder } from "../../support/program/temporary_folder.ts";
import { until } from "../../support/time/until.ts";
import { type DebianRelease, debianRoot } from "../vm/debian_root.ts";

const BUILD = new URL("build.sh", import.meta.url).pathname;
const PROGRAM = new URL("emulated_pi.py", import.meta.url).pathname;
/** A shutdown, and whatever a service needs to start there. */
const SLOW_MS = 240_000;
/** An installation. */
const LONG_MS = 900_000;

export interface EmulatedPiOptions {
  readonly release: Exclude<DebianRelease, "this machine">;
  /** A network namespace, such as `/run/netns/NAME`: the Pi reaches what is reached from there. */
  readonly network: string;
  /** Addresses of other machines, by name. */
  readonly hosts: Readonly<Record<string, string>>;
}

/** Why there can be no such machine here, or `undefined`. */
export function emulatorHindrance(): string | undefined {
  if (Deno.uid() !== 0) return "only root may make its disk";
  const needed = ["/usr/bin/qemu-system-x86_64", "/usr/bin/mmdebstrap", "/usr/bin/gcc"];
  const missing = needed.find((path) => statIfAny(path) === undefined);
  return missing === undefined ? undefined : `there is no ${missing}`;
}

/** `await using pi = await EmulatedPi.boot({ ... });` */
export class EmulatedPi implements AsyncDisposable {
  readonly #options: EmulatedPiOptions;
  readonly #folder = new TemporaryFolder();
  /** What all of them boot from. */
  #made = "";
  #guest: Guest | undefined;

  private constructor(options: EmulatedPiOptions) {
    this.#options = options;
  }

  static async boot(options: EmulatedPiOptions): Promise<EmulatedPi> {
    const pi = new EmulatedPi(options);
    try {
      await pi.#makeDisk();
      await pi.powerOn();
      const lines = Object.entries(options.hosts).map(([name, address]) => `${address} ${name}`);
      await pi.shell(`cat >> /etc/hosts <<'END'\n${lines.join("\n")}\nEND`);
    } catch (error) {
      await pi[Symbol.asyncDispose]();
      throw error;
    }
    return pi;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.cutPower();
    this.#folder[Symbol.dispose]();
  }

  /** Boots with the disk as it is, until systemd has started what it starts by itself. */
  async powerOn(): Promise<void> {
    this.#guest = await Guest.bootBy([
      ...["env", "PYTHONDONTWRITEBYTECODE=1", "nsenter", `--net=${this.#options.network}`],
      ...["python3", PROGRAM, "serve", "--made", this.#made, "--disk", this.#disk],
    ]);
    await this.until("the end of the boot", async () => {
      return /^(running|degraded)/.test(await this.ask("systemctl is-system-running || true"));
    });
  }

  /** What was not synchronized with the disk is lost. */
  async cutPower(): Promise<void> {
    const guest = this.#guest;
    this.#guest = undefined;
    await guest?.[Symbol.asyncDispose]();
  }

  /** As a person does it, by the command that asks for it. */
  async reboot(command: string): Promise<void> {
    const guest = this.#running;
    await guest.run(command);
    await guest.until(() => guest.events.find(({ kind }) => kind === "off"), "the reboot", SLOW_MS);
    await this.cutPower();
    await this.powerOn();
  }

  /** Runs lines of a shell as a person would who copies them, and stops at the first that fails. */
  async shell(lines: string): Promise<string> {
    return await this.#running.run(`exec bash -euc ${quoted(`cd /root\n${lines}`)}`, LONG_MS);
  }

  /** Runs a short shell command, and answers what it printed. */
  async ask(command: string): Promise<string> {
    return await this.#running.run(command, SLOW_MS);
  }

  /** What a unit has said so far since the boot. */
  async journal(unit: string): Promise<string> {
    return await this.ask(`journalctl --no-pager --boot --output=short-monotonic -u ${unit}`);
  }

  async untilLogged(unit: string, what: RegExp): Promise<string> {
    return await this.until(`${what} of ${unit}`, async () => {
      return what.exec(await this.journal(unit))?.[0];
    });
  }

  async until<T>(
    what: string,
    condition: () => Promise<T | undefined | false>,
  ): Promise<T> {
    try {
      return await until(what, condition, { withinMs: SLOW_MS });
    } catch (error) {
      const journal = await this.ask("journalctl --no-pager --boot -n 60");
      throw new Error(`${error instanceof Error ? error.message : error}\n${journal}`, {
        cause: error,
      });
    }
  }

  /** Seconds of its monotonic clock, by which its lines' events are dated. */
  async now(): Promise<number> {
    return await this.#running.now();
  }

  /** The level of a line of the GPIO header. */
  async level(line: number): Promise<number> {
    return await this.#running.level(line, 0);
  }

  /** Waits until a line has got that level, at or after `since`. */
  async changes(line: number, value: "0" | "1", since: number): Promise<LineEvent> {
    const guest = this.#running;
    const isIt = (event: LineEvent) =>
      event.kind === "level" && event.line === line && event.value === value && event.t >= since;
    return await guest.until(
      () => guest.events.find(isIt),
      `level ${value} of line ${line}`,
      SLOW_MS,
    );
  }

  get #running(): Guest {
    if (this.#guest === undefined) throw new Error("the Pi has no power");
    return this.#guest;
  }

  get #disk(): string {
    return this.#folder.file("disk.img");
  }

  async #makeDisk(): Promise<void> {
    const { release } = this.#options;
    const { code, stdout, stderr } = await runCommand("bash", {
      args: [BUILD, release, await debianRoot(release)],
    });
    if (code !== 0) throw new Error(`the disk was not made: ${stderr}`);
    this.#made = stdout.trim();
    const image = `${this.#made}/disk.img`;
    const copied = await runCommand("cp", { args: ["--sparse=always", image, this.#disk] });
    if (copied.code !== 0) throw new Error(copied.stderr);
  }
}

/** One word of a shell. */
function quoted(text: string): string {
  return `'${text.replaceAll("'", "'\\''")}'`;
}
