/** The embedded broker's log: it reports a problem once, and no flood fills it. */

import assert from "node:assert/strict";
import { BrokerLines } from "../../../hub/broker/broker_log.ts";
import { BrokerRefusals } from "../../../hub/broker/broker_refusals.ts";

const HOUR_MS = 3_600_000;

function record() {
  const lines: string[] = [];
  const clock = { nowMs: 0 };
  const log = new BrokerLines((_level, text) => lines.push(text), () => clock.nowMs);
  return { lines, clock, log };
}

Deno.test("what happens each second makes a line an hour, and one when it begins anew", () => {
  const { lines, clock, log } = record();
  for (; clock.nowMs < 3 * HOUR_MS; clock.nowMs += 1000) log.write("warning", "file", "unreadable");
  assert.deepEqual(lines, [
    "unreadable",
    "unreadable (3599 more times since the last line)",
    "unreadable (3599 more times since the last line)",
  ]);
  clock.nowMs += 10 * 60_000;
  log.write("warning", "file", "unreadable");
  assert.equal(lines.length, 4);
  log.write("warning", "another", "another line");
  assert.equal(lines.at(-1), "another line");
});

Deno.test("a client's setting that is wrong makes a line a day, whatever else it sends", () => {
  const { lines, clock, log } = record();
  for (let day = 0; day < 2; day++) {
    for (let n = 0; n < 288; n++, clock.nowMs += 5 * 60_000) {
      log.writeOf("warning", "ha", "forbidden_publish", `ha may not publish to "made/up/${n}"`);
    }
  }
  assert.deepEqual(lines, [
    'ha may not publish to "made/up/0"',
    'ha may not publish to "made/up/0" (287 more times since the last line)',
  ]);
});

Deno.test("a flood under many names makes some lines an hour, and is summed up", () => {
  const { lines, clock, log } = record();
  for (let n = 0; n < 5000; n++, clock.nowMs += 10) {
    log.writeOf("info", `pi-${n}`, "connection", `pi-${n}: keep alive timeout`);
  }
  assert.equal(lines.length, 20);
  clock.nowMs += 2 * HOUR_MS;
  log.writeOf("info", "pi-1", "connection", "pi-1: keep alive timeout");
  assert.deepEqual(lines.slice(20), [
    "4980 lines about clients were omitted",
    "pi-1: keep alive timeout",
  ]);
});

Deno.test("a name that nobody has is neither logged nor remembered; one that is known is named once", () => {
  const { lines, log } = record();
  const noted: string[] = [];
  const refusals = new BrokerRefusals({
    lines: log,
    note: (reason, from) => noted.push(`${reason} ${from}`),
    isKnown: (user) => user === "pi-1",
  });
  for (let n = 0; n < 100; n++) refusals.wrongLogin("192.168.1.9", `my secret password ${n}`);
  assert.deepEqual(lines, []);
  for (let n = 0; n < 100; n++) refusals.wrongLogin("192.168.1.7", "pi-1");
  assert.equal(lines.length, 1);
  assert.match(
    lines[0] ?? "",
    /^pi-1 gave a wrong password, from 192\.168\.1\.7; .* "rpi-cluster-hub enrol pi-1"/,
  );
  for (let n = 0; n < 100; n++) refusals.mqtt5("192.168.1.9", `my secret password ${n}`);
  assert.equal(lines.length, 2);
  assert.match(lines[1] ?? "", /^a client from 192\.168\.1\.9 speaks MQTT 5/);
  assert.equal(noted.filter((note) => note === "broker_login 192.168.1.9").length, 100);
  assert.equal(noted.filter((note) => note === "broker_login 192.168.1.7").length, 100);
  assert.equal(noted.filter((note) => note === "protocol 192.168.1.9").length, 100);
});
