/** A cluster with two brokers, a hub, agents, a tracker and a phone, which all know both brokers. */

import { Nodes, sendingTo, texts } from "../alerting/told.ts";
import { TwilioDouble } from "../delivery/twilio_double.ts";
import { DEFAULT_DEATHS } from "../program/detection_times.ts";
import {
  type Hub,
  type Sections,
  startAgent,
  startHub,
  startTracker,
  type TestProgram,
  withSections,
} from "../program/programs.ts";
import { type Deadline } from "../time/until.ts";
import { Mosquitto } from "./mosquitto.ts";

const PATIENCE: Required<Deadline> = { withinMs: 60_000 };

/** The tests are about what is no death. */
const DEFAULTS: Sections = { cluster: DEFAULT_DEATHS, alerts: { blind_after: "60s" } };

export class TwoBrokers implements AsyncDisposable {
  readonly phone: TwilioDouble;
  readonly first: Mosquitto;
  readonly second: Mosquitto;
  readonly hub: Hub;
  readonly #parts: AsyncDisposableStack;
  readonly #url: string;

  private constructor(
    parts: AsyncDisposableStack,
    { phone, first, second, hub, url }: {
      readonly phone: TwilioDouble;
      readonly first: Mosquitto;
      readonly second: Mosquitto;
      readonly hub: Hub;
      readonly url: string;
    },
  ) {
    this.#parts = parts;
    this.phone = phone;
    this.first = first;
    this.second = second;
    this.hub = hub;
    this.#url = url;
  }

  /**
   * `second`: a broker that was started already. It ends with the cluster. `more`: further sections
   * of the hub's configuration.
   */
  static async start(
    { second, more = {} }: { readonly second?: Mosquitto; readonly more?: Sections } = {},
  ): Promise<TwoBrokers> {
    await using parts = new AsyncDisposableStack();
    const phone = parts.use(new TwilioDouble());
    const first = parts.use(await Mosquitto.start());
    const other = parts.use(second ?? await Mosquitto.start());
    const url = [first, other].map(({ address, port }) => `mqtt://${address}:${port}`).join(", ");
    const own = withSections(DEFAULTS, { hub: { broker: "none" }, mqtt: { url } });
    const hub = parts.use(await startHub(sendingTo(phone, withSections(own, more))));
    await hub.untilSeeing();
    return new TwoBrokers(parts.move(), { phone, first, second: other, hub, url });
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#parts.disposeAsync();
  }

  /** Starts an agent that speaks to both brokers, and waits until the hub hears it. */
  async agent(id: string): Promise<TestProgram> {
    const config = { mqtt: { url: this.#url }, node: { id, name: id } };
    const agent = this.#parts.use(await startAgent(config));
    for (const broker of [this.first, this.second]) {
      await agent.process.line(
        new RegExp(`connected broker=${broker.address}:${broker.port}`),
        PATIENCE,
      );
    }
    await this.hub.waitForLiveness(id, "alive");
    return agent;
  }

  /** Starts a tracker that listens to both brokers, and waits until it sees the cluster. */
  async tracker(id: string): Promise<TestProgram> {
    const config = withSections(DEFAULTS, { mqtt: { url: this.#url }, node: { id, name: id } });
    const tracker = this.#parts.use(await startTracker(config));
    await tracker.process.line("sees the cluster", PATIENCE);
    return tracker;
  }

  /** A node that is only pretended, and speaks to the first broker alone. */
  nodesOfFirst(): Nodes {
    return this.#parts.use(new Nodes(this.first.port));
  }

  /** The texts that people got. */
  get told(): readonly string[] {
    return texts(this.phone);
  }
}

/** Waits until a program says that it lost this broker; returns where the log went on. */
export async function untilLost(program: TestProgram, broker: Mosquitto): Promise<number> {
  await program.process.line(
    lineOf("does not see the cluster through one of its", broker),
    PATIENCE,
  );
  return program.process.lines.length;
}

export async function untilSeen(
  program: TestProgram,
  broker: Mosquitto,
  from: number,
): Promise<void> {
  const line = lineOf("sees the cluster through this broker again", broker);
  await program.process.line(line, { from, ...PATIENCE });
}

function lineOf(text: string, { address, port }: Mosquitto): RegExp {
  return new RegExp(`${text}.* broker=${address}:${port}`);
}

/**
 * What a program said of a node that it should not have: that it is down, or that a last will made it
 * late. On a busy machine a heartbeat may be late.
 */
export function alarmsOn(program: TestProgram, node: string): readonly string[] {
  return program.process.lines.filter((line) =>
    line.includes(` node=${node} `) && /to=down|reason=last_will/.test(line)
  );
}
