/**
 * A home as network namespaces: a switch that stays on, an access point, a router, and machines whose
 * cables can be pulled. Nothing of it touches this machine's own network.
 *
 * Its machines are found from outside by a cable of their own, `veth0`, which no program takes for a
 * way to other machines.
 */

import { FORWARD, HomeMachine } from "./home_machine.ts";
import { inNamespace, ip, nextOutside, run } from "./namespaces.ts";

const SUBNET = "10.77.0";
const ROUTER_HOST = 254;
/** RFC 9542: for documents; no hypervisor's and no program's invention, as a real router's is. */
const ROUTER_MAC = "00:00:5e:00:53:01";

/** RFC 5737: for documents. */
const UPLINK = { router: "203.0.113.1", gateway: "203.0.113.254" };
const CLOUD = { machine: "198.51.100.2", gateway: "198.51.100.254" };
/** A machine that the internet leads to. */
export const LANDMARK = "192.0.2.53";

/** Where a machine is plugged in. */
export type Place = "switch" | "access_point";

/** `await using home = await HomeNetwork.open();` It has a switch, an access point and a router. */
export class HomeNetwork implements AsyncDisposable {
  readonly #name: string;
  readonly #parts = new AsyncDisposableStack();
  readonly #ports: string[] = [];
  #router: HomeMachine | undefined;
  #internet = "";
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

  /**
   * A machine in a data centre, beyond the router and the internet, where `LANDMARK` answers. The
   * router translates the home's addresses, as all do.
   */
  async addCloudMachine(): Promise<HomeMachine> {
    const internet = `${this.#name}i`;
    await ip("netns", "add", internet);
    this.#parts.defer(() => ip("netns", "del", internet));
    const there = (...args: readonly string[]) => ip("-n", internet, ...args);
    await there("link", "set", "lo", "up");
    await there("addr", "add", `${LANDMARK}/32`, "dev", "lo");
    const name = `${this.#name}d`;
    const machine = new HomeMachine({
      name,
      address: CLOUD.machine,
      port: { namespace: internet, name: "cloud" },
      outside: nextOutside(),
    });
    this.#parts.use(machine);
    await machine.plugInto(undefined);
    await there("link", "set", "cloud", "address", ROUTER_MAC);
    await there("addr", "add", `${CLOUD.gateway}/24`, "dev", "cloud");
    await machine.ip("route", "add", "default", "via", CLOUD.gateway);
    await this.router.plugUplink({ internet, ...UPLINK });
    await run([...inNamespace(internet), "sh", "-c", FORWARD]);
    this.#internet = internet;
    return machine;
  }

  /** The home's way to the internet is out. */
  async cutUplink(): Promise<void> {
    await ip("-n", this.#internet, "link", "set", "home", "down");
  }

  async mendUplink(): Promise<void> {
    await ip("-n", this.#internet, "link", "set", "home", "up");
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
