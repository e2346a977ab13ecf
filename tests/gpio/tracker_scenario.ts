/** Compiled trackers on a simulated Pi, and the cluster on the host that they watch. */
import assert from "node:assert/strict";
import { Mosquitto } from "../support/broker/mosquitto.ts";
import { TestClient } from "../support/broker/mqtt_client.ts";
import { DEFAULT_DEATHS } from "../support/program/detection_times.ts";
import {
  iniOf,
  type Sections,
  startAgent,
  type TestProgram,
  withSections,
} from "../support/program/programs.ts";
import { TemporaryFolder } from "../support/program/temporary_folder.ts";
import { until } from "../support/time/until.ts";
import { provideProgram } from "./executable.ts";
import { Guest, type GuestProgram, type SpawnOptions, type Userland } from "./guest.ts";
import { BUZZER, LAMP, LED } from "./indicate.ts";

/** The host's loopback interface, as the guest sees it. */
const HOST = "10.0.2.2";
const ALARM_TEST_TOPIC = "rpi-cluster/v1/alarm/test";

/** What a tracker says when it sees the cluster and has nothing to show. */
export const IS_WELL = /LED is off: all is well/;
export const IS_DEAD = /a Pi is down/;

/** Each change of what the LED shows, as the tracker says it. */
const SHOWN = /LED (is off|blinks|is on)[^\n]*/g;

/** The gpiochip of the header on a Pi 4. */
export const CHIP = 0;

/** `await using fixture = await TrackerFixture.open("trixie", { "tyrion-lannister": {} });` */
export class TrackerScenario implements AsyncDisposable {
  readonly broker: Mosquitto;
  readonly guest: Guest;
  readonly #parts: AsyncDisposableStack;

  private constructor(parts: AsyncDisposableStack, broker: Mosquitto, guest: Guest) {
    this.#parts = parts;
    this.broker = broker;
    this.guest = guest;
  }

  /** Boots a Pi 4 whose lines keep their level, with a configuration for each tracker, by node id. */
  static async open(
    userland: Userland,
    trackers: Readonly<Record<string, Sections>>,
  ): Promise<TrackerScenario> {
    await using parts = new AsyncDisposableStack();
    const folder = parts.use(new TemporaryFolder());
    await provideProgram("tracker", folder.file("tracker"));
    const broker = parts.use(await Mosquitto.start());
    for (const [id, config] of Object.entries(trackers)) {
      const url = `mqtt://${HOST}:${broker.port}`;
      const own = { mqtt: { url }, node: { id }, cluster: DEFAULT_DEATHS };
      folder.write(`${id}.ini`, iniOf(withSections(own, config)));
    }
    const guest = parts.use(await Guest.boot(userland, folder.path));
    await guest.plug("pi4", { persist: true });
    return new TrackerScenario(parts.move(), broker, guest);
  }

  /** Starts the tracker of that node in the guest, or one of its subcommands. */
  async tracker(
    id: string,
    subcommand: readonly string[] = [],
    how: SpawnOptions = {},
  ): Promise<GuestProgram> {
    return await this.guest.spawn(["./tracker", ...subcommand, "--config", `${id}.ini`], how);
  }

  /** A Pi's agent, on the host. */
  async agent(id: string): Promise<TestProgram> {
    const url = `mqtt://127.0.0.1:${this.broker.port}`;
    return await startAgent({ mqtt: { url }, node: { id } });
  }

  /** As somebody at the hub does who wants to see and hear the alarm of one Pi: for 5 s. */
  async orderTest(node: string): Promise<void> {
    await using client = await TestClient.connect({ port: this.broker.port });
    await client.publish(ALARM_TEST_TOPIC, JSON.stringify({ node }), { qos: 1 });
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#parts.disposeAsync();
  }
}

/** A tracker that runs, and its lines; by default LED, buzzer and lamp of a Pi 4. */
export interface Running {
  readonly guest: Guest;
  readonly tracker: GuestProgram;
  readonly lines?: readonly number[];
  readonly chip?: number;
}

/**
 * Waits until the tracker says that all is well, and its lines are off. A guest that was halted for
 * more than a second does not see the cluster for a moment, and shows it.
 */
export async function isDark(
  { guest, tracker, lines = [LED, BUZZER, LAMP], chip = CHIP }: Running,
): Promise<void> {
  const isWell = () => IS_WELL.test([...tracker.output.matchAll(SHOWN)].at(-1)?.[0] ?? "");
  await until(`all to be well and lines ${lines} off`, async () => {
    if (!isWell()) return false;
    for (const line of lines) if (await guest.level(line, chip) !== 0) return false;
    return isWell();
  });
}

/** Asserts that LED, buzzer and lamp are off. For a tracker that has ended, or has just started. */
export async function isOff(guest: Guest, chip = CHIP): Promise<void> {
  assert.equal(await guest.level(LED, chip), 0, "the LED is off");
  assert.equal(await guest.level(BUZZER, chip), 0, "the buzzer is off");
  assert.equal(await guest.level(LAMP, chip), 0, "the lamp is off");
}

export interface Level {
  readonly line: number;
  readonly chip?: number;
  /** Seconds of the guest's clock. */
  readonly since: number;
  readonly value: "0" | "1";
}

/** Waits until the line has been seen to change to that level, and answers when. */
export async function changesTo(
  guest: Guest,
  { line, chip = CHIP, since, value }: Level,
): Promise<number> {
  const seen = await guest.event(
    (event) =>
      event.kind === "level" && event.line === line && event.chip === chip && event.t >= since &&
      event.value === value,
    `level ${value} of line ${line}`,
  );
  return seen.t;
}

/** Waits until the tracker has heard that these nodes are up: only then it can see them die. */
export async function knows(tracker: GuestProgram, nodes: readonly string[]): Promise<void> {
  await tracker.said(IS_WELL);
  for (const node of nodes) await tracker.said(new RegExp(`node=${node} from=unknown to=up`));
}
