/** What one row of the fault matrix plays on: a broker, a hub, a phone, and as many Pis as it has. */

import type { NodeView } from "../../../core/api/node_view.ts";
import type { Told } from "../alerting/expected_texts.ts";
import { texts } from "../alerting/told.ts";
import { Mosquitto } from "../broker/mosquitto.ts";
import { TestClient } from "../broker/mqtt_client.ts";
import { TwilioDouble } from "../delivery/twilio_double.ts";
import { WebhookDouble } from "../delivery/webhook_double.ts";
import { freePort } from "../network/free_port.ts";
import { type Machine, TestNetwork } from "../network/network.ts";
import { PretendNode, type PretendNodeOptions } from "../nodes/pretend_node.ts";
import { compiledIfThere } from "../program/executable.ts";
import {
  Hub,
  type Sections,
  startAgent,
  startTracker,
  type TestProgram,
} from "../program/programs.ts";
import { FakeCalendar } from "../time/faketime.ts";
import { type Deadline, until } from "../time/until.ts";
import { SmallDisk } from "./fault_disk.ts";
import {
  type Channel,
  hubConfigOf,
  idOf,
  type Place,
  type StageSettings,
  type Surroundings,
} from "./fault_settings.ts";

/** For whatever is to come, on a machine that plays eight rows at once. */
const PATIENCE: Required<Deadline> = { withinMs: 60_000 };

/** `await using stage = await Stage.open({});` The hub sees its cluster, and knows nobody yet. */
export class Stage implements AsyncDisposable {
  readonly phone = new TwilioDouble();
  readonly #parts = new AsyncDisposableStack();
  readonly #compiled = compiledIfThere().compiled;
  readonly #agents = new Map<string, TestProgram>();
  /** Of the broker, whichever it is. */
  readonly #port = freePort();
  #address = "";
  #network: TestNetwork | undefined;
  #broker: Mosquitto | undefined;
  #brokerMachine: Machine | undefined;
  #hub: Hub | undefined;
  #webhook: WebhookDouble | undefined;
  #calendar: FakeCalendar | undefined;
  #disk: SmallDisk | undefined;

  private constructor() {
    this.#parts.use(this.phone);
  }

  static async open(settings: StageSettings): Promise<Stage> {
    const stage = new Stage();
    try {
      await stage.#open(settings);
      return stage;
    } catch (error) {
      await stage[Symbol.asyncDispose]();
      throw error;
    }
  }

  get hub(): Hub {
    return given(this.#hub, "the hub");
  }

  /** Throws when the broker is the hub's own. */
  get mosquitto(): Mosquitto {
    return given(this.#broker, "Mosquitto");
  }

  get brokerMachine(): Machine {
    return given(this.#brokerMachine, "the broker's own machine");
  }

  /** Where every machine reaches the broker. */
  get brokerAddress(): string {
    return this.#address;
  }

  get calendar(): FakeCalendar {
    return given(this.#calendar, "the hub's own calendar");
  }

  get disk(): SmallDisk {
    return given(this.#disk, "the hub's own disk");
  }

  /** What people were told so far. */
  get told(): readonly string[] {
    return texts(this.phone);
  }

  /** What the second channel told so far. */
  get posted(): readonly string[] {
    return this.#webhook?.taken.map(({ body }) => JSON.parse(body).text) ?? [];
  }

  get network(): TestNetwork {
    return given(this.#network, "the network");
  }

  /** A new machine on the stage's network. */
  async machine(): Promise<Machine> {
    return await this.network.addMachine();
  }

  /** Starts the agent of a Pi, and waits until the hub has heard it. Its id is its name with hyphens. */
  async agent(
    name: string,
    { machine, through = [], brokerName }: Place = {},
  ): Promise<TestProgram> {
    const id = idOf(name);
    const agent = this.#parts.use(
      await startAgent(this.configOf(name, brokerName), {
        compiled: this.#compiled,
        through: [...machine?.through ?? [], ...through],
      }),
    );
    this.#agents.set(id, agent);
    // A heartbeat may be heard before the birth, which has the name that messages tell.
    await this.#untilNode(
      `the hub to know ${name}`,
      (node) => node.id === id && node.name === name,
    );
    return agent;
  }

  /** A Pi that is only pretended, with these facts of its machine; it lives until disposed. */
  async pretend(name: string, facts: PretendNodeOptions["facts"] = {}): Promise<PretendNode> {
    const client = this.#parts.use(await TestClient.connect({ port: this.#port }));
    const node = await PretendNode.start(client, { id: idOf(name), name, facts });
    this.#parts.use(node);
    await this.untilAlive(idOf(name));
    return node;
  }

  /** Starts a tracker, and waits until it sees the cluster. */
  async tracker(name: string): Promise<TestProgram> {
    const tracker = this.#parts.use(
      await startTracker(this.configOf(name), { compiled: this.#compiled }),
    );
    await tracker.process.line("sees the cluster", PATIENCE);
    return tracker;
  }

  /** A Pi's `config.ini`, with a password where the broker asks for one. */
  configOf(name: string, broker = this.#address): Sections {
    const id = idOf(name);
    const login = this.#broker === undefined
      ? { username: id, password: this.hub.credential(id) }
      : {};
    const url = `mqtt://${broker}:${this.#port}`;
    return { mqtt: { url, ...login }, node: { id, name } };
  }

  /** Waits until people were told that. */
  async untilTold(wanted: Told, channel: Channel = "told"): Promise<void> {
    const isTold = () => this[channel].some((text) => wanted.text.test(text));
    await until(`the message: ${wanted.what}`, isTold, PATIENCE);
  }

  async untilAlive(id: string): Promise<void> {
    await this.#untilNode(`the hub to hear ${id}`, (node) => node.id === id);
  }

  async #untilNode(what: string, isIt: (node: NodeView) => boolean): Promise<void> {
    await until(what, async () => {
      const nodes = await this.hub.nodes().catch(() => []);
      return nodes.some((node) => isIt(node) && node.liveness === "alive");
    }, PATIENCE);
  }

  /** Waits until the hub sees, and hears each agent that runs. */
  async untilWell(): Promise<void> {
    await until("the hub to see", () =>
      this.hub.fetch("/readyz").then(async (answer) => {
        await answer.body?.cancel();
        return answer.ok;
      }, () => false), PATIENCE);
    for (const [id, { process }] of this.#agents) if (!process.hasEnded) await this.untilAlive(id);
  }

  /** Ends with it when the row does. */
  use<T extends AsyncDisposable | Disposable>(part: T): T {
    return this.#parts.use(part);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#parts.disposeAsync();
  }

  async #open({ broker = "Mosquitto", hub: wanted = {}, ...own }: StageSettings): Promise<void> {
    const network = this.#parts.use(await TestNetwork.open());
    this.#network = network;
    const machine = broker === "remote" ? await network.addMachine() : undefined;
    this.#brokerMachine = machine;
    this.#address = (machine ?? network).address;
    if (broker !== "embedded") {
      const config = () => `listener ${this.#port} 0.0.0.0\nallow_anonymous true\n`;
      const where = { port: this.#port, address: this.#address, through: machine?.through ?? [] };
      this.#broker = this.#parts.use(await Mosquitto.start({ config, ...where }));
    }
    if (own.webhook) this.#webhook = this.#parts.use(new WebhookDouble("json"));
    if (own.ownCalendar) this.#calendar = this.#parts.use(new FakeCalendar());
    const through = this.#calendar?.through ?? [];
    const hub = new Hub(hubConfigOf(this.#surroundings(), wanted), {
      compiled: this.#compiled,
      through,
    });
    this.#hub = hub;
    this.#parts.use(hub);
    if (own.ownDisk) this.#disk = this.#parts.use(await SmallDisk.mount(hub.statePath));
    await hub.start();
    await this.untilWell();
  }

  #surroundings(): Surroundings {
    const broker = {
      isOwn: this.#broker === undefined,
      address: this.#address,
      port: this.#port,
    };
    return { phone: this.phone, webhook: this.#webhook, broker };
  }
}

function given<T>(part: T | undefined, name: string): T {
  if (part === undefined) throw new Error(`the stage has no ${name}: its settings ask for none`);
  return part;
}
