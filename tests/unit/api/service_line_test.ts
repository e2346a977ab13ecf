/** The line that `systemctl status` shows of each program. */

import assert from "node:assert/strict";
import {
  agentLine,
  lastMessageText,
  missingBrokers,
  observerLine,
} from "../../../core/api/service_line.ts";
import type { Liveness } from "../../../core/detection/liveness.ts";

function seeing(...states: readonly Liveness[]) {
  const nodes = new Map(states.map((liveness, index) => [`pi-${index}`, { liveness }]));
  return { blind: false, linkUp: true, blindReason: undefined, nodes } as const;
}

Deno.test("an agent names its broker, and why it has none", () => {
  const broker = "hub.local:1883";
  const line = (isConnected: boolean, fault?: string) =>
    agentLine([{ broker, isConnected, fault }]);
  assert.equal(line(true), "up, broker hub.local:1883");
  assert.equal(line(true, "of an hour ago"), "up, broker hub.local:1883");
  assert.equal(line(false), "connecting to hub.local:1883");
  assert.equal(line(false, "refused"), "up, no broker at hub.local:1883: refused");
});

Deno.test("an agent with two brokers names both, and the one that it has lost", () => {
  const [hub, attic] = ["hub.local:1883", "attic.local:1883"];
  const line = (first: boolean, second: boolean, fault?: string) =>
    agentLine([
      { broker: hub, isConnected: first, fault: undefined },
      { broker: attic, isConnected: second, fault },
    ]);
  assert.equal(line(true, true), `up, broker ${hub} and ${attic}`);
  assert.equal(line(true, false, "refused"), `up, broker ${hub}, no broker at ${attic}: refused`);
  assert.equal(line(true, false), `up, broker ${hub}, connecting to ${attic}`);
  assert.equal(line(false, false), `connecting to ${hub} and ${attic}`);
});

Deno.test("an observer names each broker that it does not see, unless it is blind", () => {
  const names = ["hub.local:1883", "attic.local:1883"];
  const links = [{ index: 0, sees: true }, { index: 1, sees: false }];
  assert.deepEqual(missingBrokers({ blind: false, links }, names), [
    "without broker attic.local:1883",
  ]);
  assert.deepEqual(missingBrokers({ blind: true, links }, names), []);
  assert.deepEqual(missingBrokers({ blind: false }, names), []);
});

Deno.test("an observer counts its Pis, and says when it sees none of them", () => {
  assert.equal(observerLine(seeing()), "up, no Pi has reported yet");
  assert.equal(observerLine(seeing("alive")), "up, 1 Pi watched");
  assert.equal(
    observerLine(seeing("alive", "dead", "suspect", "left", "dead", "unknown")),
    "up, 6 Pis watched, 2 down, 1 late",
  );
  const blind = { ...seeing("dead"), blind: true };
  assert.equal(observerLine(blind), "does not see the cluster: it has just started");
  assert.equal(
    observerLine({ ...blind, linkUp: false }),
    "does not see the cluster: it has no connection to the broker",
  );
  assert.equal(
    observerLine({ ...blind, blindReason: "no_connection" }, "nobody is notified"),
    "does not see the cluster: it has no connection to the broker, nobody is notified",
  );
});

Deno.test("the hub's line tells its last message", () => {
  const time = "02:14:05";
  const six = seeing("alive", "alive", "alive", "alive", "alive", "alive");
  assert.equal(
    observerLine(six, lastMessageText({ channel: "twilio", state: "delivered", time })),
    "up, 6 Pis watched, last SMS delivered 02:14:05",
  );
  assert.equal(
    lastMessageText({ channel: "family", state: "accepted", time }),
    "last message sent 02:14:05",
  );
  assert.equal(lastMessageText(undefined), "no message sent yet");
});
