import assert from "node:assert/strict";
import { parseIp } from "../../../core/network/address.ts";
import {
  bestAnswer,
  isVirtualLinkAddress,
  neighbourAnswer,
} from "../../../core/network/neighbour.ts";
import { decodeNeighbours } from "../../../core/network/view.ts";

function answer(state: string, confirmed: number, elapsedMs: number) {
  const address = parseIp("192.168.1.7");
  assert.ok(address);
  const table = [
    {
      dst: "192.168.1.6",
      dev: "eth0",
      lladdr: "b8:27:eb:1:2:3",
      state: ["REACHABLE"],
      confirmed: 0,
    },
    { dst: "192.168.1.7", dev: "eth0", state: [state], confirmed },
  ];
  return neighbourAnswer(decodeNeighbours(JSON.stringify(table)), address, elapsedMs);
}

Deno.test("a neighbour counts only when it was surely confirmed after the probe began", () => {
  assert.equal(answer("REACHABLE", 0, 1200), "neighbour");
  // Confirmed up to 0.999 s ago: maybe before the probe.
  assert.equal(answer("REACHABLE", 0, 900), "no_answer");
  assert.equal(answer("REACHABLE", 1, 1500), "no_answer");
  assert.equal(answer("REACHABLE", 20, 1500), "no_answer");
});

Deno.test("a neighbour whom nobody answers for is unreachable", () => {
  assert.equal(answer("FAILED", 60, 1200), "unreachable");
  assert.equal(answer("INCOMPLETE", 60, 1200), "unreachable");
});

Deno.test("a neighbour that is only remembered says nothing", () => {
  for (const state of ["STALE", "DELAY", "PROBE", "PERMANENT", "NOARP"]) {
    assert.equal(answer(state, 0, 1200), "no_answer");
  }
  const stranger = parseIp("192.168.1.8");
  assert.ok(stranger);
  assert.equal(neighbourAnswer([], stranger, 1200), "no_answer");
});

Deno.test("one address that merely stays silent keeps a target from being unreachable", () => {
  assert.equal(bestAnswer(["unreachable", "no_answer"]), "no_answer");
  assert.equal(bestAnswer(["unreachable", "unreachable"]), "unreachable");
  assert.equal(bestAnswer(["no_answer", "refused", "unreachable"]), "refused");
  assert.equal(bestAnswer(["refused", "answered"]), "answered");
  assert.equal(bestAnswer(["no_answer", "neighbour"]), "neighbour");
  assert.equal(bestAnswer([]), "no_answer");
});

Deno.test("addresses that software made up are told from a manufacturer's", () => {
  for (const made of ["02:42:ac:11:00:01", "52:54:00:12:35:02", "00:50:56:c0:00:08"]) {
    assert.equal(isVirtualLinkAddress(made), true, made);
  }
  for (const real of ["b8:27:eb:01:02:03", "00:00:5e:00:53:01", "3C:A6:2F:01:02:03"]) {
    assert.equal(isVirtualLinkAddress(real), false, real);
  }
});
