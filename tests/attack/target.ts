/** What is attacked: a hub as compiled, Pis that are well, Pis that die, a phone that is told. */

import { smsBy } from "../support/alerting/told.ts";
import { TwilioDouble } from "../support/delivery/twilio_double.ts";
import { openFilesOfUnit } from "../support/limits/limited_hub.ts";
import {
  type Hub,
  startAgent,
  startHub,
  type TestProgram,
  withSections,
} from "../support/program/programs.ts";
import { until } from "../support/time/until.ts";
import type { AttackerKnows } from "./attacker.ts";
import type { AttackedBroker, AttackedBrokerKind } from "./brokers.ts";
import { refusedBy } from "./gauges.ts";

const HEALTHY = ["healthy-arya", "healthy-bran", "healthy-sansa"];

/** Somebody who still attacks is refused within this time. */
const QUIET_MS = 500;
/** A death that is not told by then is not told. */
const TOLD_WITHIN_MS = 30_000;

/** As a machine without power, whose connection stays open, or as a program, whose last will is told. */
export type Way = "SIGSTOP" | "SIGKILL";

/** A Pi that is to die. */
export interface Victim {
  readonly id: string;
  readonly agent: TestProgram;
}

/** `await using target = await Target.start(kind);` */
export class Target implements AsyncDisposable {
  readonly hub: Hub;
  readonly broker: AttackedBroker;
  readonly phone: TwilioDouble;
  readonly #parts: AsyncDisposableStack;
  #victims = 0;
  #thieves = 0;

  private constructor(
    parts: AsyncDisposableStack,
    hub: Hub,
    broker: AttackedBroker,
    phone: TwilioDouble,
  ) {
    this.#parts = parts;
    this.hub = hub;
    this.broker = broker;
    this.phone = phone;
  }

  static async start(kind: AttackedBrokerKind): Promise<Target> {
    await using parts = new AsyncDisposableStack();
    const phone = parts.use(new TwilioDouble());
    const broker = parts.use(await kind.start());
    const config = withSections(withSections(broker.config, smsBy(phone)), {
      // Each death makes a message of its own.
      alerts: { hold: "1s", group: "0s", per_hour: 1000 },
      hub: { public_status: "yes" },
    });
    const files = openFilesOfUnit();
    const through = ["prlimit", `--nofile=${files}:${files}`];
    const hub = parts.use(await startHub(config, { compiled: true, through }));
    await hub.untilSeeing();
    const target = new Target(parts.move(), hub, broker, phone);
    try {
      await target.#agents(HEALTHY);
      return target;
    } catch (error) {
      await target[Symbol.asyncDispose]();
      throw error;
    }
  }

  /** Another stolen card each time: what is held against one is not held against the next. */
  attackerKnows(): AttackerKnows {
    const user = `thief-${++this.#thieves}`;
    return {
      broker: this.broker.port,
      broker_tls: this.broker.tlsPort,
      page: Number(new URL(this.hub.url).port),
      user,
      // Good once the next victims are enrolled.
      password: this.broker.enrol(this.hub, user),
    };
  }

  /** Pis that have just come up, each a new one. */
  async victims(count: number): Promise<readonly Victim[]> {
    const ids = Array.from({ length: count }, () => `victim-${++this.#victims}`);
    return await this.#agents(ids);
  }

  /** Lets it die; answers after how many ms people were told, Infinity: they were not. */
  async kill({ id, agent }: Victim, way: Way): Promise<number> {
    const isAbout = new RegExp(`\\b${id}\\b.* down`);
    const killedMs = performance.now();
    agent.process.signal(way);
    try {
      const told = await until("the message", () => {
        return this.phone.sent.find(({ text }) => isAbout.test(text));
      }, { withinMs: TOLD_WITHIN_MS });
      return told.atMs - killedMs;
    } catch {
      return Infinity;
    } finally {
      await agent.kill();
    }
  }

  /** Healthy Pis that anybody was told of, or that the hub took for dead. */
  calledDown(): readonly string[] {
    const said = [
      ...this.phone.sent.map(({ text }) => text),
      ...this.hub.process.lines.filter((line) => line.includes("a node died")),
    ];
    return said.filter((text) => HEALTHY.some((id) => text.includes(id)));
  }

  /** Resolves when nothing of an attack is left to be refused, and the hub has all healthy Pis alive. */
  async untilCalm(): Promise<void> {
    let before = -1;
    await this.hub.process.until("the attack's end", async () => {
      await new Promise((resolve) => setTimeout(resolve, QUIET_MS));
      const refused = sumOf(await refusedBy(this.hub));
      const isQuiet = refused === before;
      before = refused;
      return isQuiet;
    }, { withinMs: 60_000 });
    for (const id of HEALTHY) await this.hub.waitForLiveness(id, "alive");
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#parts.disposeAsync();
  }

  async #agents(ids: readonly string[]): Promise<readonly Victim[]> {
    const logins = ids.map((id) => ({ id, password: this.broker.enrol(this.hub, id) }));
    this.broker.apply();
    return await Promise.all(logins.map(async ({ id, password }) => {
      const url = `mqtt://127.0.0.1:${this.broker.port}`;
      const config = { mqtt: { url, username: id, password }, node: { id, name: id } };
      const agent = this.#parts.use(await startAgent(config, { compiled: true }));
      await this.hub.waitForLiveness(id, "alive");
      return { id, agent };
    }));
  }
}

function sumOf(counts: ReadonlyMap<string, number>): number {
  return [...counts.values()].reduce((sum, count) => sum + count, 0);
}
