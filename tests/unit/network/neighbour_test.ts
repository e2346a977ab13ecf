import assert from "node:assert/strict";
import {
  bestAnswer,
  isVirtualLinkAddress,
  linkLayerAnswer,
} from "../../../core/network/neighbour.ts";
import type { Answer } from "../../../core/network/probe.ts";
import { decodeNeighbours } from "../../../core/network/view.ts";

/** The answer of a host from TCP and from the neighbour table of the link layer. */
function answer(state: string, confirmed: number, elapsedMs: number, tcp: Answer = "no_answer") {
  return linkLayerAnswer(tcp, { before: [], after: table(state, confirmed) }, elapsedMs);
}

function table(state: string, confirmed: number) {
  const host = { dst: "192.168.1.7", dev: "eth0", state: [state], confirmed };
  return decodeNeighbours(JSON.stringify([host]));
}

Deno.test("a neighbour counts only if it was certainly confirmed after the probe began", () => {
  assert.equal(answer("REACHABLE", 0, 1200), "neighbour");
  // Confirmed up to 0.999 s ago, so perhaps before the probe.
  assert.equal(answer("REACHABLE", 0, 900), "no_answer");
  assert.equal(answer("REACHABLE", 1, 1500), "no_answer");
  assert.equal(answer("REACHABLE", 20, 1500), "no_answer");
});

Deno.test("a confirmation whose age decreased happened during the probe", () => {
  const span = (beforeS: number, afterS: number, state = "REACHABLE") =>
    linkLayerAnswer(
      "no_answer",
      { before: table("PROBE", beforeS), after: table(state, afterS) },
      300,
    );
  assert.equal(span(40, 0), "neighbour");
  assert.equal(span(40, 40), "no_answer");
  assert.equal(span(40, 41), "no_answer");
  assert.equal(span(40, 0, "STALE"), "no_answer");
});

Deno.test("a neighbour without an ARP or NDP answer is unreachable", () => {
  assert.equal(answer("FAILED", 60, 1200), "unreachable");
  assert.equal(answer("INCOMPLETE", 60, 1200), "unreachable");
  assert.equal(answer("INCOMPLETE", 60, 1200, "unreachable"), "unreachable");
});

Deno.test("a stale neighbour entry proves nothing", () => {
  for (const state of ["STALE", "DELAY", "PROBE", "PERMANENT", "NOARP"]) {
    assert.equal(answer(state, 0, 1200), "no_answer");
  }
  assert.equal(linkLayerAnswer("no_answer", { before: [], after: [] }, 1200), "no_answer");
  assert.equal(linkLayerAnswer("unreachable", { before: [], after: [] }, 1200), "unreachable");
});

Deno.test("a firewall that refuses with ICMP is not an absent host", () => {
  assert.equal(answer("REACHABLE", 4, 100, "unreachable"), "refused");
  assert.equal(answer("FAILED", 4, 100, "unreachable"), "unreachable");
});

Deno.test("a proof by TCP needs no link layer", () => {
  assert.equal(answer("FAILED", 60, 1200, "answered"), "answered");
  assert.equal(answer("FAILED", 60, 1200, "refused"), "refused");
});

Deno.test("a target with one silent address is not unreachable", () => {
  assert.equal(bestAnswer(["unreachable", "no_answer"]), "no_answer");
  assert.equal(bestAnswer(["unreachable", "unreachable"]), "unreachable");
  assert.equal(bestAnswer(["no_answer", "refused", "unreachable"]), "refused");
  assert.equal(bestAnswer(["refused", "answered"]), "answered");
  assert.equal(bestAnswer(["no_answer", "neighbour"]), "neighbour");
  assert.equal(bestAnswer([]), "no_answer");
});

Deno.test("locally administered MAC addresses are distinguished from a manufacturer's", () => {
  for (const made of ["02:42:ac:11:00:01", "52:54:00:12:35:02", "00:50:56:c0:00:08"]) {
    assert.equal(isVirtualLinkAddress(made), true, made);
  }
  for (const real of ["b8:27:eb:01:02:03", "00:00:5e:00:53:01", "3C:A6:2F:01:02:03"]) {
    assert.equal(isVirtualLinkAddress(real), false, real);
  }
});
