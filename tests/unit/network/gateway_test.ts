/** What an answer, a silence or the absence of a gateway says about the network. */

import assert from "node:assert/strict";
import type { Answer, ProbeResult, Reach } from "../../../core/network/probe.ts";
import { playCluster as playScore } from "../../support/detection/cluster_score.ts";
import { deathsOf, linesOf, linesOfKind } from "../../support/detection/score_lines.ts";
import {
  carries,
  isMute,
  OWN,
  ownLink,
  playCluster,
  threePis,
} from "../../support/network/lan_score.ts";

Deno.test("the reboot of a router that answered before raises no alarm", () => {
  const { played } = playCluster({
    notes: threePis(20_000, 80_000),
    untilMs: 200_000,
    lan: { gateway: (atMs) => atMs < 20_000 || atMs > 60_000 ? "answered" : "no_answer" },
  });
  assert.deepEqual(deathsOf(played), []);
  assert.match(linesOfKind(played, "visibility")[1] ?? "", /blind \(network\)$/);
});

Deno.test("a power cut of all Pis is reported without delay if the gateway answers", () => {
  const { played } = playCluster({
    notes: threePis(20_000),
    untilMs: 60_000,
    lan: { gateway: carries },
  });
  assert.deepEqual(
    linesOf(played).filter((line) => line.includes("dead")),
    [
      "24.5s arya suspect->dead (silence)",
      "24.75s bran suspect->dead (silence)",
      "25s ned suspect->dead (silence)",
    ],
  );
});

Deno.test("the only Pi's death is reported with a gateway, and without any landmark", () => {
  const notes = threePis(20_000).filter(([, input]) =>
    input.kind === "evidence" && input.node === "arya"
  );
  for (const lan of [{ gateway: carries }, {}]) {
    const { played } = playCluster({ notes, untilMs: 60_000, lan });
    assert.deepEqual(
      linesOf(played).filter((line) => line.includes("dead")),
      ["24.5s arya suspect->dead (silence)"],
    );
  }
});

Deno.test("a gateway that drops everything delays a verdict until the link layer finds it", () => {
  const { played } = playCluster({
    notes: threePis(20_000),
    untilMs: 60_000,
    lan: { gateway: (atMs) => atMs < 28_000 ? "no_answer" : "neighbour" },
  });
  const told = played.filter(({ output }) => output.kind === "transition" && output.to === "dead");
  assert.equal(told.length, 3);
  for (const { atMs } of told) assert.ok(atMs > 28_000 && atMs < 31_000, `${atMs}`);
});

Deno.test("a gateway that never answers delays a verdict for seconds, not for ever", () => {
  const { played } = playCluster({
    notes: threePis(20_000),
    untilMs: 60_000,
    lan: { gateway: isMute },
  });
  const told = played.filter(({ output }) => output.kind === "transition" && output.to === "dead");
  assert.equal(told.length, 3);
  for (const { atMs } of told) assert.ok(atMs < 40_000, `${atMs}`);
});

Deno.test("a gateway that disappears from the link layer makes the observer blind, even if it never answered", () => {
  const { played } = playCluster({
    notes: threePis(20_000, 70_000),
    untilMs: 200_000,
    lan: { gateway: (atMs) => atMs > 28_000 && atMs < 60_000 ? "unreachable" : "no_answer" },
  });
  assert.deepEqual(deathsOf(played), []);
});

Deno.test("a probe without an answer delays a verdict for seconds, not for ever", () => {
  const { played } = playScore({
    notes: threePis(20_000),
    untilMs: 60_000,
    options: { network: OWN },
  });
  assert.deepEqual(deathsOf(played).toSorted(), ["arya", "bran", "ned"]);
});

Deno.test("a gateway that appears with the link is probed at once, not ten minutes later", () => {
  const { played } = playCluster({
    notes: [...threePis(20_000), [5000, ownLink(true)]],
    untilMs: 60_000,
    lan: { gateway: (atMs) => atMs > 4000 && atMs < 20_000 ? "refused" : "no_answer" },
  });
  assert.deepEqual(deathsOf(played), []);
});

Deno.test("a second gateway that is always absent disproves nothing while the first one answers", () => {
  const gateway = (host: string, reach: Reach, answer: Answer): ProbeResult => ({
    target: { kind: "gateway", host },
    reach,
    device: "eth0",
    answer,
    tookMs: 1,
  });
  const results = [
    // The gateway of a virtual machine is its own host, which proves nothing.
    gateway("192.0.2.1", "local", "refused"),
    gateway("2001:db8::1", "on_link", "unreachable"),
  ];
  // Or it drops all packets.
  const mute = [gateway("192.0.2.1", "on_link", "no_answer"), ...results.slice(1)];
  for (const answers of [results, mute]) {
    const { played } = playScore({
      notes: threePis(20_000),
      untilMs: 60_000,
      options: { network: OWN },
      probe: ({ seq }, startedMs) => [
        startedMs + 5,
        { kind: "probed", seq, startedMs, results: answers },
      ],
    });
    assert.equal(deathsOf(played).length, 3);
  }
});

Deno.test("a gateway that misses one probe delays a death for seconds, not for minutes", () => {
  let asked = 0;
  const { played } = playCluster({
    notes: threePis(20_000),
    untilMs: 120_000,
    lan: { gateway: () => ++asked === 2 || asked === 3 ? "no_answer" : "refused" },
  });
  assert.match(linesOfKind(played, "visibility")[1] ?? "", /blind \(network\)$/);
  const told = played.filter(({ output }) => output.kind === "transition" && output.to === "dead");
  assert.equal(told.length, 3);
  for (const { atMs } of told) assert.ok(atMs < 65_000, `${atMs}`);
});
