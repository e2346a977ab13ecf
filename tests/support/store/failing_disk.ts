/**
 * A disk that fails like an SD card: ext4 on a loop device, whose sectors a program serves. On
 * command the program stops answering, or returns errors.
 */

import { runCommand } from "../program/command.ts";
import { TemporaryFolder } from "../program/temporary_folder.ts";
import { until } from "../time/until.ts";

const PROGRAM = new URL("fuse_disk.py", import.meta.url).pathname;
const SIZE = "512M";

/**
 * How its sectors answer. `slow`: each flush takes half a second, as on a worn SD card. `mute`: reads
 * and writes hang. `bad_reads` and `bad_writes`: each read or each write fails; after a failed write
 * the kernel makes the file system read-only. `errors`: both.
 */
export type DiskMode = "well" | "slow" | "mute" | "errors" | "bad_reads" | "bad_writes";

/** `await using disk = await FailingDisk.mount();` Needs root, /dev/fuse and a free loop device. */
export class FailingDisk implements AsyncDisposable {
  readonly #folder = new TemporaryFolder();
  readonly #lines: string[] = [];
  #server: Deno.ChildProcess | undefined;
  #reading: Promise<void> = Promise.resolve();
  #device: string | undefined;
  #isMounted = false;

  static async mount(): Promise<FailingDisk> {
    const disk = new FailingDisk();
    try {
      await disk.#start();
      return disk;
    } catch (error) {
      await disk[Symbol.asyncDispose]();
      throw error;
    }
  }

  /** The mount point of its file system. */
  get path(): string {
    return this.#folder.file("root");
  }

  /** The block device, such as /dev/loop0. */
  get device(): string {
    if (this.#device === undefined) throw new Error("the disk has no device yet");
    return this.#device;
  }

  /** Changes the mode, also for pending requests. */
  async turn(mode: DiskMode): Promise<void> {
    const from = this.#lines.length;
    const writer = this.#server?.stdin.getWriter();
    await writer?.write(new TextEncoder().encode(`${mode}\n`));
    writer?.releaseLock();
    await until(`the disk to be ${mode}`, () => this.#lines.slice(from).includes(mode));
  }

  /** Mounts it again, so that reads come from the disk and not from the kernel's memory. */
  async remount(...options: readonly string[]): Promise<void> {
    await run("umount", this.path);
    this.#isMounted = false;
    await this.#mount(options);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    // A process that hangs on it gets an error; data that is not on it by now is lost.
    if (this.#isMounted) await this.turn("errors").catch(() => {});
    if (this.#isMounted) await runCommand("umount", { args: ["--lazy", this.path] });
    if (this.#device !== undefined) await runCommand("losetup", { args: ["-d", this.#device] });
    if (this.#server !== undefined) {
      // The kernel ends the rest with the program that serves it.
      this.#server.kill("SIGKILL");
      await this.#server.stdin.close().catch(() => {});
      await this.#server.status;
      await this.#reading;
      await runCommand("umount", { args: ["--lazy", this.#folder.file("fuse")] });
    }
    this.#folder[Symbol.dispose]();
  }

  async #start(): Promise<void> {
    const image = this.#folder.file("image");
    const fuse = this.#folder.file("fuse");
    for (const folder of [fuse, this.path]) Deno.mkdirSync(folder);
    await run("truncate", "-s", SIZE, image);
    await run("mkfs.ext4", "-q", "-F", image);
    this.#server = new Deno.Command("setpriv", {
      args: ["--pdeathsig", "KILL", "python3", PROGRAM, image, fuse],
      stdin: "piped",
      stdout: "piped",
    }).spawn();
    this.#reading = this.#read(this.#server.stdout);
    await until("the disk's program", () => this.#lines.includes("ready"));
    this.#device = (await run("losetup", "--find", "--show", `${fuse}/disk`)).trim();
    await this.#mount([]);
  }

  async #mount(options: readonly string[]): Promise<void> {
    const all = ["errors=remount-ro", ...options].join(",");
    await run("mount", "-t", "ext4", "-o", all, this.device, this.path);
    this.#isMounted = true;
  }

  async #read(stdout: ReadableStream<Uint8Array>): Promise<void> {
    let rest = "";
    for await (const text of stdout.pipeThrough(new TextDecoderStream())) {
      const lines = (rest + text).split("\n");
      rest = lines.pop() ?? "";
      this.#lines.push(...lines);
    }
  }
}

const isRoot = Deno.uid() === 0;

/** A test with such a disk, which is skipped where only a user runs it. */
export function testOnDisk(name: string, test: (disk: FailingDisk) => Promise<void>): void {
  Deno.test({
    name: name + (isRoot ? "" : " (only root may mount a disk)"),
    ignore: !isRoot && Deno.env.get("CI") !== "true",
    async fn() {
      await using disk = await FailingDisk.mount();
      await test(disk);
    },
  });
}

/** The command that starts a hub whose state folder, beside its configuration, is on the disk. */
export function withStateOn(disk: FailingDisk): readonly string[] {
  const script = `for config; do :; done && state="$(dirname "$config")/state" &&
    mkdir -p "$state" && mount --bind ${disk.path} "$state" && exec "$@"`;
  return ["unshare", "--mount", "sh", "-c", script, "sh"];
}

async function run(command: string, ...args: readonly string[]): Promise<string> {
  const { code, stdout, stderr } = await runCommand(command, { args });
  if (code !== 0) throw new Error(`${command} ${args.join(" ")}: ${stderr.trim()}`);
  return stdout;
}
