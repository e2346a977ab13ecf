/**
 * Machines on a network of their own, whose cables can be pulled: network namespaces on a bridge.
 *
 * A pulled cable is a power cut as the others see it: no FIN, no RST, silence.
 */

import { runCommand } from "./command.ts";

/** RFC 2544's range for tests of networks: nobody lives there. */
const PREFIX = "198.18";
/** How many networks one process may open at once or one after the other. */
const NETWORKS_MAX = 250;

let opened = 0;

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

  private constructor(number: number) {
    // An interface's name has 15 characters at most.
    this.#name = `rca${Deno.pid.toString(36)}n${number.toString(36)}`;
    this.#subnet = `${PREFIX}.${(Deno.pid + number) % NETWORKS_MAX}`;
    this.address = `${this.#subnet}.1`;
  }

  static async open(): Promise<TestNetwork> {
    const network = new TestNetwork(++opened);
    const name = network.#name;
    await ip("link", "add", name, "type", "bridge");
    try {
      await ip("addr", "add", `${network.address}/24`, "dev", name);
      await ip("link", "set", name, "up");
      return network;
    } catch (error) {
      await network[Symbol.asyncDispose]();
      throw error;
    }
  }

  /** A new machine with a cable to this one. */
  async addMachine(): Promise<Machine> {
    const number = this.#machines.length + 1;
    const machine = new Machine(`${this.#name}m${number.toString(36)}`);
    this.#machines.push(machine);
    await machine.plugInto({ bridge: this.#name, address: `${this.#subnet}.${number + 1}/24` });
    return machine;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    for (const machine of this.#machines) await machine.remove();
    await ip("link", "del", this.#name);
  }
}

/** A namespace with one cable. Made by `TestNetwork.addMachine`. */
export class Machine {
  /** Runs what follows it on this machine. */
  readonly through: readonly string[];
  readonly #name: string;
  readonly #cable: string;
  #exists = false;

  constructor(name: string) {
    this.#name = name;
    this.#cable = `${name}c`;
    this.through = ["ip", "netns", "exec", name];
  }

  async plugInto({ bridge, address }: { readonly bridge: string; readonly address: string }) {
    const name = this.#name;
    await ip("netns", "add", name);
    this.#exists = true;
    const peer = ["peer", "name", "eth0", "netns", name];
    await ip("link", "add", this.#cable, "type", "veth", ...peer);
    await ip("-n", name, "addr", "add", address, "dev", "eth0");
    await ip("-n", name, "link", "set", "eth0", "up");
    await ip("link", "set", this.#cable, "master", bridge, "up");
  }

  /** Pulls the cable: whatever either side sends from now on is lost. */
  async cut(): Promise<void> {
    await ip("link", "set", this.#cable, "down");
  }

  async mend(): Promise<void> {
    await ip("link", "set", this.#cable, "up");
  }

  /** The cable goes with it. */
  async remove(): Promise<void> {
    if (this.#exists) await ip("netns", "del", this.#name);
    this.#exists = false;
  }
}

async function ip(...args: readonly string[]): Promise<void> {
  const { code, stderr } = await runCommand("ip", { args });
  if (code !== 0) throw new Error(`ip ${args.join(" ")} failed: ${stderr.trim()}`);
}
