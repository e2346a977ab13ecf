/** From the death of a node to verdict, page, LED and SMS request: kill -9 and power cut. */

import type { Liveness } from "../core/liveness.ts";
import { provideProgram } from "../tests/gpio/executable.ts";
import { Guest } from "../tests/gpio/guest.ts";
import { Chromium } from "../tests/support/chromium.ts";
import { Mosquitto } from "../tests/support/mosquitto.ts";
import { TestClient } from "../tests/support/mqtt_client.ts";
import { type Machine, TestNetwork } from "../tests/support/network.ts";
import { openPage } from "../tests/support/open_page.ts";
import {
  type Hub,
  type Sections,
  startAgent,
  startHub,
  type TestProgram,
} from "../tests/support/programs.ts";
import { TemporaryFolder } from "../tests/support/temporary_folder.ts";
import { TwilioDouble } from "../tests/support/twilio_double.ts";
import { until } from "../tests/support/until.ts";
import { LedSight, nowMs, PageSight } from "./sights.ts";
import { describeMs } from "./statistics.ts";

const TRIALS = 20;
const NODES = 8;
/** Deaths farther apart than `alerts.group`, so that each makes a message of its own. */
const SPACING_MS = 8_000;
const LED_LINE = 2;
/** The host's loopback interface, as a guest of QEMU's user network sees it. */
const HOST_SEEN_BY_GUEST = "10.0.2.2";

type Failure = "kill -9" | "power cut";

/** One Pi: a machine on the network with a compiled agent. */
interface Pi {
  readonly id: string;
  readonly name: string;
  readonly machine: Machine;
  readonly agent: TestProgram;
}

/** All that watches the Pis die. */
interface Watchers {
  /** Sends at once. */
  readonly quick: { readonly hub: Hub; readonly phone: TwilioDouble };
  /** Sends as by default: after `alerts.hold`. */
  readonly patient: { readonly hub: Hub; readonly phone: TwilioDouble };
  readonly verdicts: TestClient;
  readonly page: PageSight;
  readonly led: LedSight;
}

export async function benchLatency(): Promise<readonly string[]> {
  await using parts = new AsyncDisposableStack();
  const network = parts.use(await TestNetwork.open());
  const broker = parts.use(
    await Mosquitto.start({
      config: ({ port }) =>
        `listener ${port} 127.0.0.1\nlistener ${port} ${network.address}\nallow_anonymous true\n`,
    }),
  );
  const pis = await startPis(parts, network, broker.port);
  const watchers = await startWatchers(parts, broker.port);
  for (const pi of pis) await watchers.quick.hub.waitForLiveness(pi.id, "alive", 60_000);
  const lines: string[] = [];
  for (const failure of ["kill -9", "power cut"] as const) {
    lines.push(...await atOnce(failure, pis, watchers));
    lines.push(await withHold(failure, pis, watchers));
  }
  return lines;
}

async function startPis(
  parts: AsyncDisposableStack,
  network: TestNetwork,
  port: number,
): Promise<readonly Pi[]> {
  const pis: Pi[] = [];
  for (let number = 1; number <= NODES; number++) {
    const machine = await network.addMachine();
    const [id, name] = [`pi-${number}`, `Pi ${number}`];
    const config = { mqtt: { url: `mqtt://${network.address}:${port}` }, node: { id, name } };
    const agent = await startAgent(config, { compiled: true, through: machine.through });
    pis.push({ id, name, machine, agent: parts.use(agent) });
  }
  return pis;
}

async function startWatchers(parts: AsyncDisposableStack, port: number): Promise<Watchers> {
  const url = `mqtt://127.0.0.1:${port}`;
  const startOne = async (root: Sections) => {
    const phone = parts.use(new TwilioDouble());
    const hub = parts.use(await startHub({ ...root, ...twilio(phone) }, { compiled: true }));
    return { hub, phone };
  };
  const own = { mqtt: { url }, hub: { broker: "none" } };
  const quick = await startOne({ ...own, alerts: { hold: "0s", group: "0s", per_hour: 1000 } });
  const patient = await startOne({ ...own, alerts: { per_hour: 1000 } });
  const verdicts = parts.use(await TestClient.connect({ port }));
  await verdicts.subscribe("rpi-cluster/v1/hub/verdicts/+");
  const chromium = parts.use(await Chromium.start());
  let page: PageSight | undefined;
  await chromium.story(async (tab) => {
    await openPage(tab, quick.hub);
    page = new PageSight(tab);
    await page.start();
  });
  if (page === undefined) throw new Error("The page was not opened");
  return { quick, patient, verdicts, page, led: await startLed(parts, port) };
}

function twilio(phone: TwilioDouble): Sections {
  return {
    sms: {
      provider: "twilio",
      account_sid: phone.accountSid,
      auth_token: phone.authToken,
      from: "+15005550006",
      to: "+4915112345678",
      api_url: phone.url,
    },
  };
}

/** A compiled tracker on a simulated Pi 4. */
async function startLed(parts: AsyncDisposableStack, port: number): Promise<LedSight> {
  const folder = parts.use(new TemporaryFolder());
  await provideProgram("tracker", folder.file("tracker"));
  folder.write(
    "config.ini",
    `[mqtt]\nurl = mqtt://${HOST_SEEN_BY_GUEST}:${port}\n[node]\nid = watcher\n[rpi]\nbuzzer = none\n`,
  );
  const guest = parts.use(await Guest.boot("bookworm", folder.path));
  await guest.plug("pi4", { persist: true });
  const tracker = parts.use(await guest.spawn(["./tracker", "--config", "config.ini"]));
  await tracker.said(/all is well/);
  return await LedSight.of(guest, LED_LINE);
}

/** One death after the other, everything that is shown or sent at once. */
async function atOnce(
  failure: Failure,
  pis: readonly Pi[],
  { quick, verdicts, page, led }: Watchers,
): Promise<readonly string[]> {
  const times = { suspect: [], verdict: [], page: [], led: [], sms: [] } as Record<
    string,
    number[]
  >;
  const note = (what: string, ms: number) => times[what]?.push(ms);
  for (let trial = 0; trial < TRIALS; trial++) {
    const pi = pis[trial % pis.length] ?? never();
    await pause(Math.random() * 1000);
    const diedMs = nowMs();
    await fail(failure, pi);
    note("suspect", await verdictAt(verdicts, pi, "suspect", diedMs) - diedMs);
    const deadMs = await verdictAt(verdicts, pi, "dead", diedMs);
    note("verdict", deadMs - diedMs);
    note("page", await page.at(pi.id, "dead", diedMs) - deadMs);
    note("led", await led.deathAt(diedMs) - diedMs);
    note("sms", await smsAt(quick.phone, pi, diedMs) - deadMs);
    await heal(failure, pi);
    await quick.hub.waitForLiveness(pi.id, "alive", 60_000);
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

/** Several deaths under way at a time, each with a message of its own after the default hold. */
async function withHold(
  failure: Failure,
  pis: readonly Pi[],
  { patient }: Watchers,
): Promise<string> {
  const times: number[] = [];
  const trials: Promise<void>[] = [];
  const busy = new Map<string, Promise<void>>();
  for (let trial = 0; trial < TRIALS; trial++) {
    const pi = pis[trial % pis.length] ?? never();
    await busy.get(pi.id);
    const one = (async () => {
      const diedMs = nowMs();
      await fail(failure, pi);
      times.push(await smsAt(patient.phone, pi, diedMs) - diedMs);
      await heal(failure, pi);
      await patient.hub.waitForLiveness(pi.id, "alive", 60_000);
    })();
    busy.set(pi.id, one);
    trials.push(one);
    await pause(SPACING_MS + Math.random() * 1000);
  }
  await Promise.all(trials);
  return `${failure} to SMS request, default hold and group: ${describeMs(times)}`;
}

async function fail(failure: Failure, { agent, machine }: Pi): Promise<void> {
  if (failure === "kill -9") await agent.kill();
  else await machine.cut();
}

async function heal(failure: Failure, { agent, machine }: Pi): Promise<void> {
  if (failure === "kill -9") await agent.start();
  else await machine.mend();
}

/** When the hub published this verdict, at or after `fromMs`; looked for every 5 ms. */
async function verdictAt(
  verdicts: TestClient,
  pi: Pi,
  liveness: Liveness,
  fromMs: number,
): Promise<number> {
  const topic = `rpi-cluster/v1/hub/verdicts/${pi.id}`;
  return await until(`the verdict ${liveness} on ${pi.id}`, () => {
    const message = verdicts.messages.findLast((one) =>
      one.topic === topic && JSON.parse(one.payload).liveness === liveness
    );
    return message !== undefined && message.atMs >= fromMs ? message.atMs : undefined;
  }, { withinMs: 30_000 });
}

async function smsAt(phone: TwilioDouble, pi: Pi, fromMs: number): Promise<number> {
  return await until(`the message about ${pi.name}`, () => {
    const request = phone.requests.find(({ atMs, form }) =>
      performance.timeOrigin + atMs >= fromMs && form.Body?.startsWith(`${pi.name} is down`)
    );
    return request && performance.timeOrigin + request.atMs;
  }, { withinMs: 60_000 });
}

function pause(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}

function never(): never {
  throw new Error("There is no such Pi");
}
