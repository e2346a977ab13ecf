/** The time from the death of a node to verdict, page, LED and SMS request: kill -9 and power cut. */

import { watchCluster, type WatchedCluster } from "../tests/gpio/watched_cluster.ts";
import { askedAt, smsThrough } from "../tests/support/delivery/phone.ts";
import { TwilioDouble } from "../tests/support/delivery/twilio_double.ts";
import type { FailingPi, Failure } from "../tests/support/nodes/failing_pi.ts";
import { seenAt } from "../tests/support/page/observation.ts";
import { type Hub, startHub } from "../tests/support/program/programs.ts";
import { describeMs } from "./statistics.ts";

const TRIALS = 20;
const NODES = 8;
/** Longer than `alerts.group`, so that each death causes a separate message. */
const SPACING_MS = 8_000;
/** The time limit for a verdict. */
const VERDICT = { withinMs: 30_000 };
/** The time limit for a message. */
const MESSAGE = { withinMs: 60_000 };

/** A hub that sends with the default `alerts.hold`. */
interface Patient {
  readonly hub: Hub;
  readonly phone: TwilioDouble;
}

export async function benchLatency(): Promise<readonly string[]> {
  await using parts = new AsyncDisposableStack();
  const names = Array.from({ length: NODES }, (_, index) => `Pi ${index + 1}`);
  // Each Pi dies repeatedly for the measurement, which must not count as flapping.
  const atOnceAlerts = { hold: "0s", group: "0s", per_hour: 1000, flap: 0 };
  const watched = await watchCluster(parts, { names, hub: { alerts: atOnceAlerts } });
  const patient = await startPatient(parts, watched.cluster.port);
  for (const pi of watched.pis) await patient.hub.waitForLiveness(pi.id, "alive", 60_000);
  const lines: string[] = [];
  for (const failure of ["kill -9", "power cut"] as const) {
    lines.push(...await atOnce(failure, watched));
    lines.push(await withHold(failure, watched.pis, patient));
  }
  return lines;
}

async function startPatient(parts: AsyncDisposableStack, port: number): Promise<Patient> {
  const phone = parts.use(new TwilioDouble());
  const config = {
    mqtt: { url: `mqtt://127.0.0.1:${port}` },
    hub: { broker: "none" },
    alerts: { per_hour: 1000, flap: 0 },
    ...smsThrough(phone),
  };
  return { hub: parts.use(await startHub(config, { compiled: true })), phone };
}

/** One death after the other. Everything is shown or sent at once. */
async function atOnce(
  failure: Failure,
  { cluster, pis, phone, verdicts, page, led }: WatchedCluster,
): Promise<readonly string[]> {
  const times = { suspect: [], verdict: [], page: [], led: [], sms: [] } as Record<
    string,
    number[]
  >;
  const note = (what: string, ms: number) => times[what]?.push(ms);
  for (let trial = 0; trial < TRIALS; trial++) {
    const pi = pis[trial % pis.length] ?? never();
    await pause(Math.random() * 1000);
    const diedMs = await pi.fail(failure);
    const late = { node: pi.id, liveness: "suspect", fromMs: diedMs } as const;
    const down = { node: pi.id, liveness: "dead", fromMs: diedMs } as const;
    note("suspect", await seenAt(verdicts, late, VERDICT) - diedMs);
    const deadMs = await seenAt(verdicts, down, VERDICT);
    note("verdict", deadMs - diedMs);
    note("page", await seenAt(page, down) - deadMs);
    note("led", await led.deathAt(diedMs) - diedMs);
    note("sms", await askedAt(phone, textAbout(pi, diedMs), MESSAGE) - deadMs);
    await pi.heal();
    await cluster.hub.waitForLiveness(pi.id, "alive", 60_000);
  }
  const of = (what: string) => describeMs(times[what] ?? []);
  return [
    `${failure} to suspect: ${of("suspect")}`,
    `${failure} to verdict: ${of("verdict")}`,
    `${failure}, verdict to page: ${of("page")}`,
    `${failure} to LED (tracker in an emulated Pi): ${of("led")}`,
    `${failure}, verdict to SMS request, hold 0s and group 0s: ${of("sms")}`,
  ];
}

/** Several deaths at a time. Each causes a separate message after the default hold. */
async function withHold(
  failure: Failure,
  pis: readonly FailingPi[],
  { hub, phone }: Patient,
): Promise<string> {
  const times: number[] = [];
  const trials: Promise<void>[] = [];
  const busy = new Map<string, Promise<void>>();
  for (let trial = 0; trial < TRIALS; trial++) {
    const pi = pis[trial % pis.length] ?? never();
    await busy.get(pi.id);
    const one = (async () => {
      const diedMs = await pi.fail(failure);
      times.push(await askedAt(phone, textAbout(pi, diedMs), MESSAGE) - diedMs);
      await pi.heal();
      await hub.waitForLiveness(pi.id, "alive", 60_000);
    })();
    busy.set(pi.id, one);
    trials.push(one);
    await pause(SPACING_MS + Math.random() * 1000);
  }
  await Promise.all(trials);
  return `${failure} to SMS request, default hold and group: ${describeMs(times)}`;
}

function textAbout({ name }: FailingPi, fromMs: number) {
  return { text: `${name} is down`, fromMs };
}

function pause(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}

function never(): never {
  throw new Error("There is no such Pi");
}
