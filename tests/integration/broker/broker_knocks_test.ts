/**
 * Hundreds of logins per second: alerts still work, healthy nodes can log in, log and memory stay
 * small.
 */

import assert from "node:assert/strict";
import {
  BrokerKnocks,
  type FloodLogin,
  type FloodResult,
} from "../../support/broker/broker_knocks.ts";
import {
  openFilesOfUnit,
  peakMegabytes,
  refused,
  startLimited,
} from "../../support/limits/limited_hub.ts";
import {
  type Hub,
  startAgent,
  type TestProgram,
  withSections,
} from "../../support/program/programs.ts";
import { slowness } from "../../support/time/patience.ts";
import { until } from "../../support/time/until.ts";

const SECONDS = 15;
const RATE = 400;
/** systemd ends a hub at 512 MB. */
const PEAK_MB_MAX = 400;
/** For a machine that is busy with other tests. */
const PATIENT = { withinMs: 60_000 };

interface Fixture extends AsyncDisposable {
  readonly hub: Hub;
  /** Two nodes with the flood's own address. */
  readonly arya: TestProgram;
  readonly bran: TestProgram;
}

/** The executable as under systemd, with two agents that are alive. */
async function startFixture(): Promise<Fixture> {
  await using parts = new AsyncDisposableStack();
  const hub = parts.use(await startLimited(openFilesOfUnit()));
  const port = { mqtt: { url: `mqtt://127.0.0.1:${hub.brokerPort}` } };
  const agentOf = async (id: string) =>
    parts.use(await startAgent(withSections(await hub.enrol(id, id), port)));
  const [arya, bran] = [await agentOf("arya"), await agentOf("bran")];
  await hub.waitForLiveness("arya", "alive");
  await hub.waitForLiveness("bran", "alive");
  const all = parts.move();
  return { hub, arya, bran, [Symbol.asyncDispose]: () => all.disposeAsync() };
}

/**
 * Floods the broker. Meanwhile arya dies, and bran restarts. Returns what the flood did, and the
 * log.
 */
async function flood(
  { hub, arya, bran }: Fixture,
  logins: readonly FloodLogin[],
): Promise<FloodResult & { readonly lines: readonly string[] }> {
  const from = hub.process.lines.length;
  await using attack = await BrokerKnocks.begin({
    port: hub.brokerPort,
    seconds: SECONDS,
    rate: RATE,
    logins,
  });
  await until("the flood to be felt", async () => {
    const counts = ["broker_login", "protocol", "sessions"].map((reason) => refused(hub, reason));
    return (await Promise.all(counts)).some((count) => count > 200);
  }, PATIENT);
  await arya.kill();
  await bran.stop();
  await bran.start();
  await hub.process.line(/\(printed, not sent\).*arya/, PATIENT);
  await hub.waitForLiveness("bran", "alive", PATIENT.withinMs);
  const result = await attack.result;
  assert.ok(result.made >= SECONDS * RATE / 2 / slowness(), `${result.made} connections`);
  const lines = hub.process.lines.slice(from);
  const told = lines.filter((line) => line.includes("(printed, not sent)"));
  assert.deepEqual(told.filter((line) => /bran/.test(line)), [], "a healthy node was called dead");
  return { ...result, lines };
}

function assertBounded(hub: Hub, lines: readonly string[]): void {
  assert.ok(lines.length < 20, lines.join("\n"));
  const peak = peakMegabytes(hub);
  assert.ok(peak > 20 && peak < PEAK_MB_MAX, `${peak} MB`);
}

Deno.test("400 wrong logins a second keep no death from being told and no node of their address out", async () => {
  await using fixture = await startFixture();
  const typed = "a-password-typed-as-user-name-"; // and a number, never the same
  const { accepted, lines } = await flood(fixture, [
    { user: typed, password: "wrong", numbered: true },
    { user: "bran", password: "wrong" },
    { user: "hub", password: "wrong" },
    { user: "arya", password: "wrong", version: 5 },
  ]);
  assert.equal(accepted, 0);
  assertBounded(fixture.hub, lines);
  const log = lines.join("\n");
  assert.match(log, /refused logins to the broker.*127\.0\.0\.1 \(/);
  assert.match(log, /bran gave a wrong password, from 127\.0\.0\.1/);
  assert.match(log, /arya speaks MQTT 5/);
  assert.ok(!log.includes("a-password-typed"), log);
});

Deno.test("400 connections a second that are no MQTT keep no death from being told", async () => {
  await using fixture = await startFixture();
  const { lines } = await flood(fixture, [
    { bytes: "GET / HTTP/1.1\r\nHost: x\r\n\r\n" },
    { bytes: "\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03" }, // a TLS greeting
    { bytes: "\xff".repeat(64) },
    { bytes: "SSH-2.0-x\r\n" },
  ]);
  assertBounded(fixture.hub, lines);
  assert.match(lines.join("\n"), /did not log in by MQTT 3\.1\.1.*127\.0\.0\.1 \(/);
});

Deno.test("a stolen credential that logs in 400 times a second is slowed down, and costs nobody else", async () => {
  await using fixture = await startFixture();
  const { hub } = fixture;
  const login = {
    user: "stolen",
    password: hub.credential("stolen"),
    will_topic: "rpi-cluster/v1/nodes/stolen/status",
  };
  // Half of them take the client id over, and are cut off so.
  const { accepted, lines } = await flood(fixture, [
    { ...login, client_id: "same" },
    { ...login, client_id: "" },
  ]);
  assert.ok(accepted > 0 && accepted < 100 + 2 * 2 * SECONDS, `${accepted} logins`);
  assertBounded(hub, lines);
  assert.match(lines.join("\n"), /refused connections, because their credential.*stolen \(/);
});
