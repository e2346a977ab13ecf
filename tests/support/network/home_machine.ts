/** A machine in a home: a namespace with a cable that can be pulled, and a boot of its own. */

import { bindMounts } from "../program/bind_mount.ts";
import { TemporaryFolder } from "../program/temporary_folder.ts";
import { HomeContainer } from "./home_container.ts";
import {
  hostOf,
  inNamespace,
  ip,
  nextOutside,
  plugOutside,
  removeNamespace,
  run,
} from "./namespaces.ts";

/** By which a hub tells the Pis on its own machine from those on others. */
const BOOT_ID = "/proc/sys/kernel/random/boot_id";

/** What makes a router of a machine. */
export const FORWARD = "echo 1 > /proc/sys/net/ipv4/ip_forward";

export interface MachinePlace {
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
  readonly #bindMounts: readonly string[];
  #container: HomeContainer | undefined;
  #exists = false;

  constructor(place: MachinePlace) {
    this.#place = place;
    this.address = place.address;
    this.outerAddress = hostOf(place.outside, 2);
    const bootId = this.#folder.write("boot_id", `${crypto.randomUUID()}\n`);
    this.#bindMounts = bindMounts({ [BOOT_ID]: bootId });
    this.through = [...inNamespace(place.name), ...this.#bindMounts];
  }

  /** To a bridge at the other end, or to nothing there. */
  async plugInto(bridge: string | undefined): Promise<void> {
    const { name, port, outside } = this.#place;
    await ip("netns", "add", name);
    this.#exists = true;
    const peer = ["peer", "name", "eth0", "netns", name];
    await ip("-n", port.namespace, "link", "add", port.name, "type", "veth", ...peer);
    await this.ip("link", "set", "lo", "up");
    await this.ip("addr", "add", `${this.address}/24`, "dev", "eth0");
    await this.ip("link", "set", "eth0", "up");
    const master = bridge === undefined ? [] : ["master", bridge];
    await ip("-n", port.namespace, "link", "set", port.name, ...master, "up");
    await plugOutside(name, outside);
  }

  /** A namespace on a bridge of this machine, which translates its addresses as container engines do. */
  async addContainer(): Promise<HomeContainer> {
    const { name } = this.#place;
    const container = new HomeContainer(`${name}c`, nextOutside(), this.#bindMounts);
    this.#container = container;
    await container.plugInto(name);
    return container;
  }

  /** Makes it the way to the internet for all that have it as their gateway. */
  async plugUplink({ internet, router, gateway }: {
    readonly internet: string;
    readonly router: string;
    readonly gateway: string;
  }): Promise<void> {
    const peer = ["peer", "name", "eth1", "netns", this.#place.name];
    await ip("-n", internet, "link", "add", "home", "type", "veth", ...peer);
    await ip("-n", internet, "addr", "add", `${gateway}/24`, "dev", "home");
    await ip("-n", internet, "link", "set", "home", "up");
    await this.ip("addr", "add", `${router}/24`, "dev", "eth1");
    await this.ip("link", "set", "eth1", "up");
    await this.ip("route", "add", "default", "via", gateway);
    await this.run("sh", "-c", FORWARD);
    const chain =
      'chain out {\ntype nat hook postrouting priority 100;\noifname "eth1" masquerade\n}';
    await this.run("nft", `table ip home {\n${chain}\n}`);
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
