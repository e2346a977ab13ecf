/** A cluster in a home: a hub with its broker on one machine, and Pis on others. */

import assert from "node:assert/strict";
import { Mosquitto } from "../broker/mosquitto.ts";
import { compiledIfThere } from "../program/executable.ts";
import {
  type Hub,
  type Sections,
  startAgent,
  startHub,
  startTracker,
  type TestProgram,
  withSections,
} from "../program/programs.ts";
import { until } from "../time/until.ts";
import { freePort } from "./free_port.ts";
import type { HomeMachine } from "./home_machine.ts";
import { HomeNetwork, type Place } from "./home_network.ts";

/** Messages are sent soon; what is printed stands in the hub's list of deliveries as well. */
const QUICK: Sections = {
  alerts: { hold: "1s", group: "2s", blind_after: "20s" },
  sms: { provider: "print" },
};
/** For whatever is to come, while a dozen clusters run at once. */
const PATIENCE = { withinMs: 120_000 };

export interface HomeOptions {
  /** Beside the hub; left out: the embedded one. */
  readonly broker?: "embedded" | "Mosquitto";
  /** Sections of the hub's configuration. */
  readonly hub?: Sections;
  /** The hub runs in a container of its machine. */
  readonly inContainer?: boolean;
  /** The hub is in a data centre, beyond the home's router. */
  readonly inCloud?: boolean;
  /** Machines have the router as their gateway; left out: yes. */
  readonly hasGateway?: boolean;
  /** The gateway answers nothing but ARP. */
  readonly isGatewayMute?: boolean;
}

/** A Pi with its agent. */
export interface HomePi {
  readonly id: string;
  readonly machine: HomeMachine;
  readonly agent: TestProgram;
}

/** `await using cluster = await HomeCluster.open({});` The hub sees, and knows nobody yet. */
export class HomeCluster implements AsyncDisposable {
  readonly #parts = new AsyncDisposableStack();
  readonly #compiled = compiledIfThere().compiled;
  readonly #port = freePort();
  readonly #hasGateway: boolean;
  readonly #pis = new Map<string, HomePi>();
  readonly #passwords = new Map<string, string>();
  #home: HomeNetwork | undefined;
  #hubMachine: HomeMachine | undefined;
  #hub: Hub | undefined;
  #isOpen = false;

  private constructor({ hasGateway = true }: HomeOptions) {
    this.#hasGateway = hasGateway;
  }

  static async open(options: HomeOptions = {}): Promise<HomeCluster> {
    const cluster = new HomeCluster(options);
    try {
      await cluster.#open(options);
      return cluster;
    } catch (error) {
      await cluster[Symbol.asyncDispose]();
      throw error;
    }
  }

  get home(): HomeNetwork {
    return given(this.#home);
  }

  get hub(): Hub {
    return given(this.#hub);
  }

  get hubMachine(): HomeMachine {
    return given(this.#hubMachine);
  }

  /** A Pi on a machine of its own, heard by the hub. */
  async pi(id: string, place: Place = "switch"): Promise<HomePi> {
    const machine = await this.home.addMachine(place, { hasGateway: this.#hasGateway });
    const agent = await this.#agent(id, machine, this.hubMachine.address);
    const pi = { id, machine, agent };
    this.#pis.set(id, pi);
    return pi;
  }

  /** The agent of the hub's own machine. */
  async ownAgent(id: string): Promise<TestProgram> {
    return await this.#agent(id, this.hubMachine, "127.0.0.1");
  }

  /** A tracker beside the hub. */
  async ownTracker(id: string): Promise<TestProgram> {
    const { through } = this.hubMachine;
    const config = this.#configOf(id, "127.0.0.1");
    const options = { compiled: this.#compiled, through };
    const tracker = this.#parts.use(await startTracker(config, options));
    await tracker.process.line("sees the cluster", PATIENCE);
    return tracker;
  }

  /** Until the hub sees, and all Pis are up. */
  async untilWell(): Promise<void> {
    await until("all Pis to be up", async () => {
      const nodes = await this.hub.nodes();
      return [...this.#pis.keys()].every((id) =>
        nodes.some((node) => node.id === id && node.liveness === "alive")
      );
    }, PATIENCE);
    await this.hub.untilSeeing(PATIENCE);
  }

  async untilDead(id: string): Promise<void> {
    await this.hub.waitForLiveness(id, "dead", PATIENCE.withinMs);
  }

  /** What people were told so far, the oldest first. */
  async told(): Promise<readonly string[]> {
    return (await this.hub.deliveries()).map(({ text }) => text).toReversed();
  }

  async untilTold(text: RegExp): Promise<void> {
    await this.hub.process.until(`the message ${text}`, async () => {
      return (await this.told()).some((one) => text.test(one));
    }, PATIENCE);
  }

  /** Nobody was taken for dead, and nobody was told that a Pi is down. */
  async assertPeace(...trackers: readonly TestProgram[]): Promise<void> {
    for (const { process } of [this.hub, ...trackers]) {
      assert.deepEqual(process.lines.filter((line) => line.includes("a node died")), []);
    }
    const deaths = (await this.hub.incidents()).filter(({ kind }) =>
      kind === "node" || kind === "common"
    );
    assert.deepEqual(deaths, []);
    const about = (await this.told()).filter((text) => /(is|are|was|were) (down|up)/.test(text));
    assert.deepEqual(about.filter((text) => !text.startsWith("The hub's own network")), []);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#parts.disposeAsync();
  }

  async #open(options: HomeOptions): Promise<void> {
    const { broker = "embedded", hub: wanted = {}, inContainer, inCloud, isGatewayMute } = options;
    const home = this.#parts.use(await HomeNetwork.open());
    this.#home = home;
    if (isGatewayMute) await home.router.dropAll();
    const machine = inCloud
      ? await home.addCloudMachine()
      : await home.addMachine("switch", { hasGateway: this.#hasGateway });
    this.#hubMachine = machine;
    const place = inContainer ? await machine.addContainer() : machine;
    const { through, outerAddress: address } = place;
    const config = () => `listener ${this.#port} 0.0.0.0\nallow_anonymous true\n`;
    if (broker === "Mosquitto") {
      this.#isOpen = true;
      this.#parts.use(await Mosquitto.start({ config, port: this.#port, address, through }));
    }
    const own = this.#isOpen
      ? { hub: { broker: "none" }, mqtt: { url: `mqtt://127.0.0.1:${this.#port}` } }
      : { hub: { broker_listen: `0.0.0.0:${this.#port}` } };
    const sections = [own, { node: { id: "the-hub" } }, wanted].reduce(withSections, QUICK);
    const how = { compiled: this.#compiled, through, address };
    this.#hub = this.#parts.use(await startHub(sections, how));
    await this.#hub.untilSeeing(PATIENCE);
  }

  async #agent(id: string, machine: HomeMachine, address: string): Promise<TestProgram> {
    const options = { compiled: this.#compiled, through: machine.through };
    const agent = this.#parts.use(await startAgent(this.#configOf(id, address), options));
    await this.hub.waitForLiveness(id, "alive", PATIENCE.withinMs);
    return agent;
  }

  #configOf(id: string, address: string): Sections {
    // A new password would end the connections of the node's other programs.
    const password = this.#passwords.get(id) ?? (this.#isOpen ? "" : this.hub.credential(id));
    this.#passwords.set(id, password);
    const login = this.#isOpen ? {} : { username: id, password };
    return { mqtt: { url: `mqtt://${address}:${this.#port}`, ...login }, node: { id, name: id } };
  }
}

function given<T>(part: T | undefined): T {
  if (part === undefined) throw new Error("the cluster is not open");
  return part;
}
