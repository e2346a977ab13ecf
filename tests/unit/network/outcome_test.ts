import assert from "node:assert/strict";
import { type ConnectionAttempt, resultOf } from "../../../core/network/outcome.ts";
import type { ProbeTarget } from "../../../core/network/probe.ts";
import { nodeAddresses, PROBE_ADDRESSES_MAX } from "../../../core/network/target.ts";
import { decodeNeighbours } from "../../../core/network/view.ts";
import { viewOf } from "../../support/network/network_view.ts";

const view = viewOf(
  [{ name: "eth0", addresses: ["192.168.1.5/24"] }, {
    name: "docker0",
    addresses: ["172.17.0.1/16"],
  }],
  [
    { to: "192.168.1.0/24", device: "eth0" },
    { to: "default", device: "eth0", gateway: "192.168.1.1" },
  ],
);
const gateway: ProbeTarget = { kind: "gateway", host: "192.168.1.1" };
const node: ProbeTarget = { kind: "node", node: "pi" };

function outcome(
  target: ProbeTarget,
  attempts: readonly ConnectionAttempt[],
  neighbours: readonly object[] = [],
) {
  const { reach, device, answer } = resultOf(target, attempts, {
    view,
    neighbours: { before: [], after: decodeNeighbours(JSON.stringify(neighbours)) },
    elapsedMs: 1400,
  });
  return `${answer} ${reach} ${device ?? "-"}`;
}

Deno.test("the address that proves most decides for its target", () => {
  const attempts: ConnectionAttempt[] = [
    { address: "203.0.113.7", answer: "no_answer", tookMs: 7 },
    { address: "192.168.1.7", answer: "refused", tookMs: 7 },
  ];
  assert.equal(outcome(node, attempts), "refused on_link eth0");
  assert.equal(outcome(node, []), "no_answer unknown -");
});

Deno.test("the link layer counts only for hosts on the link", () => {
  const failed = (dst: string) => [{ dst, dev: "eth0", state: ["FAILED"] }];
  const silent = (
    address: string,
  ): ConnectionAttempt[] => [{ address, answer: "no_answer", tookMs: 7 }];
  assert.equal(
    outcome(node, silent("192.168.1.7"), failed("192.168.1.7")),
    "unreachable on_link eth0",
  );
  assert.equal(
    outcome(node, silent("203.0.113.7"), failed("203.0.113.7")),
    "no_answer routed eth0",
  );
});

Deno.test("a gateway that is this machine's own host proves nothing", () => {
  const attempts: ConnectionAttempt[] = [{ address: "192.168.1.1", answer: "refused", tookMs: 7 }];
  const at = (
    lladdr: string,
  ) => [{ dst: "192.168.1.1", dev: "eth0", lladdr, state: ["REACHABLE"] }];
  assert.equal(outcome(gateway, attempts, at("02:42:ac:11:00:01")), "refused local eth0");
  assert.equal(outcome(gateway, attempts, at("b8:27:eb:11:00:01")), "refused on_link eth0");
  // A gateway that does not answer is another machine.
  const away: ConnectionAttempt[] = [{ address: "192.168.1.1", answer: "no_answer", tookMs: 7 }];
  assert.equal(outcome(gateway, away, at("02:42:ac:11:00:01")), "no_answer on_link eth0");
});

Deno.test("a landmark that turns out to be this machine proves nothing", () => {
  const landmark: ProbeTarget = { kind: "landmark", host: "hub.lan" };
  const attempts: ConnectionAttempt[] = [{ address: "192.168.1.5", answer: "refused", tookMs: 7 }];
  assert.equal(outcome(landmark, attempts), "refused local eth0");
});

Deno.test("only announced addresses that can be the node's own are probed", () => {
  const asked = (...addresses: string[]) =>
    nodeAddresses(view, { node: "pi", addresses }, ["192.168.1.1"]);
  assert.deepEqual(asked("192.168.1.7", "192.168.1.7", "2001:DB8::7"), [
    "192.168.1.7",
    "2001:db8::7",
  ]);
  assert.deepEqual(
    asked("127.0.0.1", "0.0.0.0", "224.0.0.1", "255.255.255.255", "::1", "::", "ff02::1"),
    [],
  );
  assert.deepEqual(asked("fe80::1", "169.254.1.1", "nas.lan", "192.168.1.7:80", "http://x"), []);
  // The gateway would answer for the node, and so would this machine's own bridge.
  assert.deepEqual(asked("192.168.1.1", "172.17.0.1"), []);
  assert.equal(asked("192.168.1.5"), "local");
  const many = Array.from({ length: 30 }, (_, index) => `192.168.1.${100 + index}`);
  assert.equal(asked(...many).length, PROBE_ADDRESSES_MAX);
});
