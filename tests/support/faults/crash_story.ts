/** A scripted time of deaths and recoveries, in which the hub is killed again and again. */

import assert from "node:assert/strict";
import { NotifiedLedger } from "../alerting/notified_ledger.ts";
import { texts } from "../alerting/told.ts";
import type { TwilioDouble } from "../delivery/twilio_double.ts";
import type { QuickNodes } from "../nodes/quick_nodes.ts";
import type { Hub } from "../program/programs.ts";
import { pass } from "../time/pass.ts";
import type { SeededRandom } from "../time/seeded_random.ts";
import { until } from "../time/until.ts";
import { KilledHub } from "./killed_hub.ts";

/** So many that those who die together are never most of them. */
const NAMES: readonly string[] = Array.from({ length: 20 }, (_, index) => {
  return `N${String(index + 1).padStart(2, "0")}`;
});
/** Who dies at the very end: whatever else is owed is told before. */
const MARKER = "N99";
/** Who dies in one phase, and stays dead until it was told. */
const DYING = 4;
/** Of the kills of a phase: so many strike in the act, after those at random. */
const IN_THE_ACT_SHARE = 0.5;
/** How long somebody is away who dies and comes back in the same storm. */
const SHORT_MS_MIN = 500;
const SHORT_MS_MAX = 4000;
/** Until everything that is owed was told: a grace of 10 s, and all the waits of a busy machine. */
const TOLD_MS = 60_000;
const LINES_SHOWN = 60;

export interface CrashSettings {
  readonly random: SeededRandom;
  /** Of a Mosquitto in which everybody may do everything. */
  readonly brokerPort: number;
  readonly topicRoot: string;
  readonly kills: number;
  /** By turns of deaths and of recoveries: an even number. */
  readonly phases: number;
  readonly compiled: boolean;
}

/** What became of a story. */
export interface CrashOutcome {
  readonly kills: number;
  /** Deaths that had to be told, each with its end. */
  readonly deaths: number;
  readonly messages: number;
  /** Messages that went out once more. */
  readonly duplicates: number;
}

export interface CrashParts {
  readonly phone: TwilioDouble;
  readonly nodes: QuickNodes;
  readonly hub: Hub;
}

/** The course of one story. */
export class CrashStory {
  readonly #settings: CrashSettings;
  readonly #random: SeededRandom;
  readonly #parts: CrashParts;
  readonly #killed: KilledHub;
  readonly #ledger = new NotifiedLedger();
  readonly #course: string[] = [];

  constructor(settings: CrashSettings, parts: CrashParts) {
    this.#settings = settings;
    this.#random = settings.random;
    this.#parts = parts;
    const { hub, phone } = parts;
    const random = this.#random.fork();
    this.#killed = new KilledHub({
      hub,
      phone,
      random,
      onKill: (how) => this.#note(`kill ${how}`),
    });
  }

  async play(): Promise<CrashOutcome> {
    const { kills, phases } = this.#settings;
    for (const name of NAMES) await this.#parts.nodes.start(name);
    await this.#untilHeard();
    let dead: readonly string[] = [];
    for (let phase = 0; phase < phases; phase++) {
      const count = Math.floor((phase + 1) * kills / phases) - Math.floor(phase * kills / phases);
      dead = phase % 2 === 0 ? await this.#deaths(count) : await this.#recoveries(count, dead);
    }
    await this.#parts.nodes.start(MARKER);
    await this.#untilHeard();
    this.#die(MARKER, true);
    await this.#untilBelieved();
    return await this.#judge();
  }

  /** What happened and what was said, for whoever looks for the reason. */
  told(error: unknown): string {
    const reason = error instanceof Error ? error.message : String(error);
    const course = [...this.#course, "what people were told:", ...texts(this.#parts.phone)];
    const lines = this.#parts.hub.process.lines.slice(-LINES_SHOWN);
    return [reason, "its course:", ...course, "the hub's last run:", ...lines].join("\n  ");
  }

  /** Some die at random instants of a storm and stay dead. Answers who. */
  async #deaths(kills: number): Promise<readonly string[]> {
    const dying = this.#random.choose(NAMES, DYING);
    await this.#storm(kills, dying.map((name) => () => this.#die(name, true)));
    return dying;
  }

  /** They come back at random instants of a storm, in which another one is away for a moment. */
  async #recoveries(kills: number, dead: readonly string[]): Promise<readonly string[]> {
    const [other = ""] = this.#random.choose(NAMES.filter((name) => !dead.includes(name)), 1);
    const awayMs = this.#random.between(SHORT_MS_MIN, SHORT_MS_MAX);
    await this.#storm(kills, [
      ...dead.map((name) => () => this.#live(name)),
      async () => {
        this.#die(other, false);
        await pass(awayMs);
        await this.#live(other);
      },
    ]);
    return [];
  }

  /** The deeds happen while the hub is killed; then it is left alone until all was told. */
  async #storm(kills: number, deeds: readonly (() => void | Promise<void>)[]): Promise<void> {
    const inTheAct = Math.round(IN_THE_ACT_SHARE * kills);
    const stormMs = KilledHub.durationMs(kills - inTheAct);
    const instants = deeds.map(() => this.#random.between(0, stormMs));
    await Promise.all([
      this.#killed.killAtRandom(kills - inTheAct),
      ...deeds.map(async (deed, index) => {
        await pass(instants[index] ?? 0);
        await deed();
      }),
    ]);
    for (let count = 0; count < inTheAct; count++) await this.#killed.killInTheAct();
    await this.#killed.untilReady();
    await this.#untilBelieved();
  }

  #die(name: string, lasts: boolean): void {
    this.#note(`${name} dies`);
    this.#ledger.note(name, lasts);
    this.#parts.nodes.cut(name);
  }

  async #live(name: string): Promise<void> {
    this.#note(`${name} is back`);
    await this.#parts.nodes.start(name);
  }

  #note(what: string): void {
    this.#course.push(`${new Date().toISOString().slice(11, 23)} ${what}`);
  }

  /** Until the hub hears everybody who lives. */
  async #untilHeard(): Promise<void> {
    const { hub, nodes } = this.#parts;
    const living = [...NAMES, MARKER].filter((name) => nodes.lives(name)).length;
    await this.#until("the hub to hear everybody", async () => {
      const alive = (await hub.nodes()).filter(({ liveness }) => liveness === "alive");
      return alive.length >= living;
    });
  }

  /** Until people believe of everybody what is so. */
  async #untilBelieved(): Promise<void> {
    const { phone, nodes } = this.#parts;
    await this.#until("people to believe what is so", () => {
      return this.#ledger.isBelieved(texts(phone), (name) => nodes.lives(name));
    });
    this.#note("people believe what is so");
  }

  async #until(what: string, isSo: () => boolean | Promise<boolean>): Promise<void> {
    await until(what, () => {
      this.#killed.throwIfEnded();
      return isSo();
    }, { withinMs: TOLD_MS });
  }

  async #judge(): Promise<CrashOutcome> {
    const all = texts(this.#parts.phone);
    const messages = [...new Set(all)];
    this.#ledger.judge(messages);
    const deliveries = await this.#parts.hub.deliveries();
    for (const text of new Set(all.filter((one, index) => all.indexOf(one) !== index))) {
      // What went out twice is one and the same promise: it tells of the same incidents.
      const promises = deliveries.filter((delivery) => delivery.text === text);
      assert.equal(promises.length, 1, `promised more than once: ${text}`);
    }
    return {
      kills: this.#killed.kills,
      deaths: this.#ledger.deaths,
      messages: all.length,
      duplicates: all.length - messages.length,
    };
  }
}
