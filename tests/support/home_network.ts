/**
 * A home as network namespaces: a switch that stays on, an access point, a router, and machines whose
 * cables can be pulled. Nothing of it touches this machine's own network.
 *
 * Its machines are found from outside by a cable of their own, `veth0`, which no program takes for a
 * way to other machines.
 */

import { runCommand } from "./command.ts";
import { disguise } from "./disguise.ts";
import { TemporaryFolder } from "./temporary_folder.ts";

const SUBNET = "10.77.0";
const ROUTER_HOST = 254;
/** RFC 9542: for documents; no hypervisor's and no program's invention, as a real router's is. */
const ROUTER_MAC = "00:00:5e:00:53:01";
/** RFC 2544, as for `TestNetwork`, whose half is the other one. */
const OUTSIDE = "198.19";
const OUTSIDES_MAX = 16_000;

/** By which a hub tells the Pis on its own machine from those on others. */
const BOOT_ID = "/proc/sys/kernel/random/boot_id";

let outsides = 0;
/** Files of tests run side by side, and do not know of each other. */
const OUTSIDE_START = crypto.getRandomValues(new Uint16Array(1))[0] ?? 0;

/** Where a machine is plugged in. */
export type Place = "switch" | "access_point";

/** `await using home = await HomeNetwork.open();` It has a switch, an access point and a router. */
export class HomeNetwork implements AsyncDisposable {
  readonly #name: string;
  readonly #parts = new AsyncDisposableStack();
  readonly #ports: string[] = [];
  #router: HomeMachine | undefined;
  #machines = 0;

  private constructor() {
    // An interface's name has 15 characters at most.
    this.#name = `rch${crypto.randomUUID().slice(0, 6)}`;
  }

  static async open(): Promise<HomeNetwork> {
    const home = new HomeNetwork();
    try {
      await home.#open();
      return home;
    } catch (error) {
      await home[Symbol.asyncDispose]();
      throw error;
    }
  }

  get router(): HomeMachine {
    if (this.#router === undefined) throw new Error("the home has no router yet");
    return this.#router;
  }

  /** A new machine; with the router as its gateway, unless it is to have none. */
  async addMachine(
    place: Place = "switch",
    { hasGateway = true }: { readonly hasGateway?: boolean } = {},
  ): Promise<HomeMachine> {
    const host = ++this.#machines + 1;
    const machine = await this.#plug(place, host);
    if (hasGateway) await machine.ip("route", "add", "default", "via", this.router.address);
    return machine;
  }

  /** All ports of the switch, and so all cables, are dead, as while a router with a switch in it boots. */
  async switchOff(): Promise<void> {
    for (const port of this.#ports) await ip("-n", this.#switch, "link", "set", port, "down");
  }

  async switchOn(): Promise<void> {
    for (const port of this.#ports) await ip("-n", this.#switch, "link", "set", port, "up");
  }

  /** Whoever is on the access point hears nothing, and no other notices. */
  async accessPointOff(): Promise<void> {
    await ip("-n", this.#switch, "link", "set", "ap0", "down");
  }

  async accessPointOn(): Promise<void> {
    await ip("-n", this.#switch, "link", "set", "ap0", "up");
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#parts.disposeAsync();
  }

  /** The namespace of switch and access point. */
  get #switch(): string {
    return `${this.#name}s`;
  }

  async #open(): Promise<void> {
    await ip("netns", "add", this.#switch);
    this.#parts.defer(() => ip("netns", "del", this.#switch));
    for (const bridge of ["br0", "ap0"]) {
      await ip("-n", this.#switch, "link", "add", bridge, "type", "bridge");
      await ip("-n", this.#switch, "link", "set", bridge, "up");
    }
    const uplink = ["uplink", "type", "veth", "peer", "name", "downlink"];
    await ip("-n", this.#switch, "link", "add", ...uplink);
    await ip("-n", this.#switch, "link", "set", "uplink", "master", "ap0", "up");
    await ip("-n", this.#switch, "link", "set", "downlink", "master", "br0", "up");
    this.#router = await this.#plug("switch", ROUTER_HOST);
    await this.#router.ip("link", "set", "eth0", "address", ROUTER_MAC);
  }

  async #plug(place: Place, host: number): Promise<HomeMachine> {
    const port = `p${host}`;
    const name = `${this.#name}m${host.toString(36)}`;
    const machine = new HomeMachine({
      name,
      address: `${SUBNET}.${host}`,
      port: { namespace: this.#switch, name: port },
      outside: nextOutside(),
    });
    this.#parts.use(machine);
    await machine.plugInto(place === "switch" ? "br0" : "ap0");
    if (place === "switch") this.#ports.push(port);
    return machine;
  }
}

interface MachinePlace {
  readonly name: string;
  readonly address: string;
  /** Where its cable ends. */
  readonly port: { readonly namespace: string; readonly name: string };
  /** Four addresses for the cable to the outside. */
  readonly outside: string;
}

/** A machine with a cable, `eth0`. Made by `HomeNetwork.addMachine`. */
export class HomeMachine implements AsyncDisposable {
  /** Runs what follows it on this machine, whose boot is its own. */
  readonly through: readonly string[];
  /** Its own in the home. */
  readonly address: string;
  /** By which tests find it from outside. */
  readonly outerAddress: string;
  readonly #place: MachinePlace;
  readonly #folder = new TemporaryFolder();
  readonly #disguise: readonly string[];
  #container: HomeContainer | undefined;
  #exists = false;

  constructor(place: MachinePlace) {
    this.#place = place;
    this.address = place.address;
    this.outerAddress = hostOf(place.outside, 2);
    const bootId = this.#folder.write("boot_id", `${crypto.randomUUID()}\n`);
    this.#disguise = disguise({ [BOOT_ID]: bootId });
    this.through = [...inNamespace(place.name), ...this.#disguise];
  }

  async plugInto(bridge: string): Promise<void> {
    const { name, port, outside } = this.#place;
    await ip("netns", "add", name);
    this.#exists = true;
    const peer = ["peer", "name", "eth0", "netns", name];
    await ip("-n", port.namespace, "link", "add", port.name, "type", "veth", ...peer);
    await this.ip("link", "set", "lo", "up");
    await this.ip("addr", "add", `${this.address}/24`, "dev", "eth0");
    await this.ip("link", "set", "eth0", "up");
    await ip("-n", port.namespace, "link", "set", port.name, "master", bridge, "up");
    await plugOutside(name, outside);
  }

  /** A namespace on a bridge of this machine, which translates its addresses as container engines do. */
  async addContainer(): Promise<HomeContainer> {
    const { name } = this.#place;
    const container = new HomeContainer(`${name}c`, nextOutside(), this.#disguise);
    this.#container = container;
    await container.plugInto(name);
    return container;
  }

  /** Pulls the cable: both ends lose their carrier. */
  async cut(): Promise<void> {
    const { namespace, name } = this.#place.port;
    await ip("-n", namespace, "link", "set", name, "down");
  }

  async mend(): Promise<void> {
    const { namespace, name } = this.#place.port;
    await ip("-n", namespace, "link", "set", name, "up");
  }

  /** `ip` on this machine. */
  async ip(...args: readonly string[]): Promise<void> {
    await ip("-n", this.#place.name, ...args);
  }

  /** A command on this machine; throws when it fails. */
  async run(...command: readonly string[]): Promise<void> {
    await run([...inNamespace(this.#place.name), ...command]);
  }

  /** Drops what is addressed to this machine, and says nothing: ARP goes on. */
  async dropAll(): Promise<void> {
    const chain = "chain input {\ntype filter hook input priority 0; policy drop;\n}";
    await this.run("nft", `table inet mute {\n${chain}\n}`);
  }

  /** The kernel doubts a silent neighbour after about 2 s in place of 30 s, and then asks for it. */
  async forgetNeighboursSoon(): Promise<void> {
    const settings = {
      base_reachable_time_ms: 2000,
      delay_first_probe_time: 1,
      retrans_time_ms: 300,
    };
    for (const [name, value] of Object.entries(settings)) {
      await this.run("sh", "-c", `echo ${value} > /proc/sys/net/ipv4/neigh/eth0/${name}`);
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#container?.[Symbol.asyncDispose]();
    if (this.#exists) await removeNamespace(this.#place.name);
    this.#exists = false;
    this.#folder[Symbol.dispose]();
  }
}

/** Where a container's engine has its bridge, and the container on it. */
const BRIDGE = "br-0a1b2c3d";
const BRIDGE_ADDRESS = "172.30.0.1";
const CONTAINER_ADDRESS = "172.30.0.2";

/** Made by `HomeMachine.addContainer`. */
export class HomeContainer implements AsyncDisposable {
  readonly through: readonly string[];
  readonly outerAddress: string;
  readonly #name: string;
  readonly #outside: string;
  #exists = false;

  constructor(name: string, outside: string, disguise: readonly string[]) {
    this.#name = name;
    this.#outside = outside;
    this.outerAddress = hostOf(outside, 2);
    this.through = [...inNamespace(name), ...disguise];
  }

  /** `host` is the name of the machine's namespace. */
  async plugInto(host: string): Promise<void> {
    const onHost = (...args: readonly string[]) => ip("-n", host, ...args);
    const here = (...args: readonly string[]) => ip("-n", this.#name, ...args);
    await ip("netns", "add", this.#name);
    this.#exists = true;
    await onHost("link", "add", BRIDGE, "type", "bridge");
    await onHost("addr", "add", `${BRIDGE_ADDRESS}/24`, "dev", BRIDGE);
    await onHost("link", "set", BRIDGE, "up");
    const peer = ["peer", "name", "eth0", "netns", this.#name];
    await onHost("link", "add", "vethc", "type", "veth", ...peer);
    await onHost("link", "set", "vethc", "master", BRIDGE, "up");
    await here("link", "set", "lo", "up");
    await here("addr", "add", `${CONTAINER_ADDRESS}/24`, "dev", "eth0");
    await here("link", "set", "eth0", "up");
    await here("route", "add", "default", "via", BRIDGE_ADDRESS);
    await run([...inNamespace(host), "sh", "-c", "echo 1 > /proc/sys/net/ipv4/ip_forward"]);
    const rules = [
      "table ip container {",
      "chain out { type nat hook postrouting priority 100;",
      'oifname "eth0" masquerade',
      "}",
      "chain in { type nat hook prerouting priority -100;",
      `iifname "eth0" meta l4proto tcp dnat to ${CONTAINER_ADDRESS}`,
      "}",
      "}",
    ];
    await run([...inNamespace(host), "nft", rules.join("\n")]);
    await plugOutside(this.#name, this.#outside);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    if (this.#exists) await removeNamespace(this.#name);
    this.#exists = false;
  }
}

/** The kernel removes a namespace when it has time for it; its cables are to be gone at once. */
async function removeNamespace(name: string): Promise<void> {
  await runCommand("ip", { args: ["link", "del", `${name}v`] });
  await ip("netns", "del", name);
}

/** The cable by which tests reach a namespace; the first two addresses of `outside` are its ends. */
async function plugOutside(name: string, outside: string): Promise<void> {
  const outer = `${name}v`;
  await ip("link", "add", outer, "type", "veth", "peer", "name", "veth0", "netns", name);
  await ip("addr", "add", `${hostOf(outside, 1)}/30`, "dev", outer);
  await ip("link", "set", outer, "up");
  await ip("-n", name, "addr", "add", `${hostOf(outside, 2)}/30`, "dev", "veth0");
  await ip("-n", name, "link", "set", "veth0", "up");
}

/** Runs what follows it on the network of a machine or container. */
function inNamespace(name: string): readonly string[] {
  return ["ip", "netns", "exec", name];
}

/** Four addresses that no other machine of this test has, and hardly one of another test. */
function nextOutside(): string {
  const number = (OUTSIDE_START + outsides++) % OUTSIDES_MAX;
  return `${OUTSIDE}.${number >> 6}.${(number & 63) * 4}`;
}

/** The n-th address of a subnet of four. */
function hostOf(subnet: string, n: number): string {
  const [a, b, c, d] = subnet.split(".").map(Number);
  return `${a}.${b}.${c}.${(d ?? 0) + n}`;
}

async function ip(...args: readonly string[]): Promise<void> {
  await run(["ip", ...args]);
}

async function run([command = "", ...args]: readonly string[]): Promise<void> {
  const { code, stderr } = await runCommand(command, { args });
  if (code !== 0) throw new Error(`${command} ${args.join(" ")} failed: ${stderr.trim()}`);
}
