/**
 * Machines on a network of their own, whose cables can be pulled or go bad: network namespaces on a
 * bridge.
 *
 * A pulled cable is a power cut as the others see it: no FIN, no RST, silence. A bad one loses
 * segments, at random or in one direction, and TCP does what it does.
 */

import { runCommand } from "../program/command.ts";

/** RFC 2544's range for tests of networks: nobody lives there. */
const PREFIX = "198.18";
/** How many networks one process may open at once or one after the other. */
const NETWORKS_MAX = 250;

/** Why there can be no such network here, or `undefined`. */
export function networkHindrance(): string | undefined {
  if (Deno.uid() !== 0) return "only root may make network namespaces";
  const { success } = new Deno.Command("unshare", {
    args: ["--net", "true"],
    stdout: "null",
    stderr: "null",
  }).outputSync();
  return success ? undefined : "this machine makes no network namespaces";
}

/** `await using network = await TestNetwork.open();` */
export class TestNetwork implements AsyncDisposable {
  /** This machine's own address in it, where a broker may listen. */
  readonly address: string;
  readonly #subnet: string;
  readonly #name: string;
  readonly #machines: Machine[] = [];
  #isLive = false;

  private constructor(number: number) {
    this.#name = bridgeName(number);
    this.#subnet = `${PREFIX}.${number}`;
    this.address = `${this.#subnet}.1`;
  }

  static async open(): Promise<TestNetwork> {
    const network = new TestNetwork(await claimNumber());
    const name = network.#name;
    try {
      await ip("addr", "add", `${network.address}/24`, "dev", name);
      await ip("link", "set", name, "up");
      // A switch stays on when the last machine dies: without a live port it would look unplugged.
      const [port, plug] = [`${name}p`, `${name}q`];
      await ip("link", "add", port, "type", "veth", "peer", "name", plug);
      network.#isLive = true;
      await ip("link", "set", plug, "up");
      await ip("link", "set", port, "master", name, "up");
      return network;
    } catch (error) {
      await network[Symbol.asyncDispose]();
      throw error;
    }
  }

  /** A new machine with a cable to this one. */
  async addMachine(): Promise<Machine> {
    const number = this.#machines.length + 1;
    const name = `${this.#name}m${number.toString(36)}`;
    const machine = new Machine(name, `${this.#subnet}.${number + 1}`);
    this.#machines.push(machine);
    await machine.plugInto(this.#name);
    return machine;
  }

  /** Pulls this machine's own cable: its interface loses the carrier, and all machines are cut off. */
  async unplug(): Promise<void> {
    await ip("link", "set", `${this.#name}p`, "down");
    for (const machine of this.#machines) await machine.cut();
  }

  async plugIn(): Promise<void> {
    await ip("link", "set", `${this.#name}p`, "up");
    for (const machine of this.#machines) await machine.mend();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    for (const machine of this.#machines) await machine.remove();
    await ip("link", "del", this.#name);
    if (this.#isLive) await ip("link", "del", `${this.#name}p`);
  }
}

/** An interface's name has 15 characters at most. */
function bridgeName(number: number): string {
  return `rca${number}n`;
}

/**
 * A fixed hardware address. A bridge without one takes the lowest of its ports, and changes it when a
 * port is added: the other machines then send to the old address until they ask again.
 */
function bridgeAddress(number: number): string {
  return `02:00:00:00:${number.toString(16).padStart(2, "0")}:01`;
}

/**
 * Makes the bridge of a network that nobody has: files of tests run side by side, in one process and in
 * several, and a run that was killed leaves its networks behind. The kernel lets one alone make it.
 */
async function claimNumber(): Promise<number> {
  const start = crypto.getRandomValues(new Uint8Array(1))[0] ?? 0;
  for (let tried = 0; tried < NETWORKS_MAX; tried++) {
    const number = (start + tried) % NETWORKS_MAX;
    const made = await runCommand("ip", {
      args: ["link", "add", bridgeName(number), "address", bridgeAddress(number), "type", "bridge"],
    });
    if (made.code === 0) return number;
    if (!made.stderr.includes("exists")) throw new Error(`no bridge: ${made.stderr.trim()}`);
  }
  throw new Error("all test networks are taken");
}

/** What a cable does to the segments of one direction, seen from its machine. */
export interface Loss {
  /** What arrives at the machine, what leaves it, or both. */
  readonly of: "incoming" | "outgoing" | "all";
  /** Of each hundred, chosen at random. */
  readonly percent: number;
}

/** The rules of a bad cable stand in a table of their own, which goes with its repair. */
const TABLE = "inet bad_cable";

/** A namespace with one cable. Made by `TestNetwork.addMachine`. */
export class Machine {
  /** Runs what follows it on this machine. */
  readonly through: readonly string[];
  /** Its own in the network. */
  readonly address: string;
  readonly #name: string;
  readonly #cable: string;
  #exists = false;

  constructor(name: string, address: string) {
    this.#name = name;
    this.address = address;
    this.#cable = `${name}c`;
    this.through = ["ip", "netns", "exec", name];
  }

  /** For `nsenter --net=`. */
  get namespacePath(): string {
    return `/run/netns/${this.#name}`;
  }

  async plugInto(bridge: string): Promise<void> {
    const name = this.#name;
    await ip("netns", "add", name);
    this.#exists = true;
    // A run that was killed may have left it.
    await runCommand("ip", { args: ["link", "del", this.#cable] });
    const peer = ["peer", "name", "eth0", "netns", name];
    await ip("link", "add", this.#cable, "type", "veth", ...peer);
    await ip("-n", name, "addr", "add", `${this.address}/24`, "dev", "eth0");
    await ip("-n", name, "link", "set", "eth0", "up");
    await ip("link", "set", this.#cable, "master", bridge, "up");
  }

  /** Pulls the cable: whatever either side sends from now on is lost. */
  async cut(): Promise<void> {
    await ip("link", "set", this.#cable, "down");
  }

  /** Plugs it in again. */
  async mend(): Promise<void> {
    await ip("link", "set", this.#cable, "up");
  }

  /** From now on the cable loses segments. */
  async lose({ of, percent }: Loss): Promise<void> {
    const hooks = [
      ...of === "outgoing" ? [] : ["input"],
      ...of === "incoming" ? [] : ["output"],
    ];
    const drop = percent >= 100
      ? "counter drop"
      : `numgen random mod 100 < ${percent} counter drop`;
    const chains = hooks.map((hook) =>
      `chain ${hook} {\ntype filter hook ${hook} priority 0; policy accept;\n${drop}\n}`
    );
    await this.#nft(`table ${TABLE} {\n${chains.join("\n")}\n}`);
  }

  /** The cable is good again; answers how many segments it lost. */
  async repair(): Promise<number> {
    const rules = await this.#nft(`list table ${TABLE}`);
    await this.#nft(`delete table ${TABLE}`);
    const counters = rules.matchAll(/counter packets (\d+)/g);
    return counters.reduce((sum, [, packets]) => sum + Number(packets), 0);
  }

  /**
   * Its cable goes first: the kernel takes its time to remove a namespace with all that is in it, and
   * another network may have the same name by then.
   */
  async remove(): Promise<void> {
    if (!this.#exists) return;
    this.#exists = false;
    await runCommand("ip", { args: ["link", "del", this.#cable] });
    await ip("netns", "del", this.#name);
  }

  async #nft(rules: string): Promise<string> {
    const [command = "", ...args] = [...this.through, "nft", rules];
    const { code, stdout, stderr } = await runCommand(command, { args });
    if (code !== 0) throw new Error(`nft ${rules} failed: ${stderr.trim()}`);
    return stdout;
  }
}

async function ip(...args: readonly string[]): Promise<void> {
  const { code, stderr } = await runCommand("ip", { args });
  if (code !== 0) throw new Error(`ip ${args.join(" ")} failed: ${stderr.trim()}`);
}
