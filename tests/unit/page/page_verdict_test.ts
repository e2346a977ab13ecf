/** One sentence and one colour for the whole cluster. */

import assert from "node:assert/strict";
import type { ClusterView } from "../../../core/api/feed.ts";
import type { NodeView } from "../../../core/api/node_view.ts";
import { signAddress } from "../../../web/status/sign.ts";
import { troubleFirst } from "../../../web/status/trouble.ts";
import {
  type ConnectionState,
  plainText,
  type Severity,
  verdictOf,
} from "../../../web/status/verdict.ts";
import { AT, node, nodes, view } from "../../support/page/page_views.ts";

/** Two machines claim to be this one. */
const TWICE = { warning_codes: [{ kind: "duplicate_id", serials: [] }] } as const;

const LIVE: ConnectionState = { kind: "live" };
const BERLIN = "Europe/Berlin";

function said(of: readonly NodeView[]): [Severity, string] {
  const verdict = verdictOf(view(of), LIVE, BERLIN);
  assert.equal(verdict.spoken, plainText(verdict.sentence));
  return [verdict.severity, verdict.spoken];
}

const SNOW = node("John Snow", "dead");
const DROGO = node("Khal Drogo", "dead");

Deno.test("all is well only when every node that should run is known to run", () => {
  assert.deepEqual(said(nodes(6, "alive")), ["well", "All 6 Pis are up"]);
  assert.deepEqual(said(nodes(2, "alive")), ["well", "Both Pis are up"]);
  assert.deepEqual(said([node("Arya")]), ["well", "Arya is up"]);
  assert.deepEqual(said([...nodes(5, "alive"), node("Bran", "left")]), [
    "well",
    "All 5 Pis are up, 1 stopped on purpose",
  ]);
});

Deno.test("the dead are named while they are few, then counted", () => {
  assert.deepEqual(said([...nodes(5, "alive"), SNOW]), ["down", "John Snow is down"]);
  assert.deepEqual(said([...nodes(5, "alive"), DROGO, SNOW]), [
    "down",
    "John Snow and Khal Drogo are down",
  ]);
  assert.deepEqual(said([...nodes(15, "alive"), ...nodes(5, "dead")]), [
    "down",
    "5 of 20 Pis are down",
  ]);
  assert.deepEqual(said(nodes(20, "dead")), ["down", "All 20 Pis are down"]);
});

Deno.test("death outweighs lateness, lateness outweighs ignorance, ignorance is never green", () => {
  const mixed = [node("Late", "suspect"), node("New", "unknown"), ...nodes(3, "alive")];
  assert.deepEqual(said([...mixed, SNOW]), ["down", "John Snow is down"]);
  assert.deepEqual(said(mixed), ["attention", "Late is late"]);
  assert.deepEqual(said(mixed.slice(1)), ["unsure", "New has not been heard yet"]);
  assert.deepEqual(said([...nodes(3, "unknown"), node("Arya")]), [
    "unsure",
    "3 of 4 Pis have not been heard yet",
  ]);
  assert.deepEqual(said(nodes(3, "unknown")), ["unsure", "None of the 3 Pis has been heard yet"]);
});

Deno.test("an empty cluster and one that is stopped are not green", () => {
  assert.deepEqual(said([]), ["unsure", "No Pi has reported yet"]);
  assert.deepEqual(said(nodes(3, "left")), ["asleep", "All 3 Pis are stopped on purpose"]);
});

Deno.test("a node that lives but needs a person takes the green away and says why", () => {
  const hot = node("Arya", "alive", { vitals: { temperature: { value: 84, level: "critical" } } });
  const twice = node("Bran", "alive", TWICE);
  const verdict = verdictOf(view([hot, twice, ...nodes(4, "alive")]), LIVE);
  assert.deepEqual([verdict.severity, verdict.spoken], ["attention", "All 6 Pis are up"]);
  assert.deepEqual(verdict.notes.map(plainText), [
    "Arya: Temperature critical",
    'Bran: Two machines claim to be "bran"',
  ]);
});

Deno.test("notes that are many are counted", () => {
  const twice = nodes(9, "alive").map((each) => ({ ...each, ...TWICE }));
  const notes = verdictOf(view(twice), LIVE).notes.map(plainText);
  assert.equal(notes.length, 3);
  assert.equal(notes.at(-1), "and 7 more need a look");
});

Deno.test("what a node measured before it fell silent is no trouble of now", () => {
  const vitals = { temperature: { value: 84, level: "critical" } } as const;
  const stopped = node("Bran", "left", { vitals });
  assert.deepEqual(said([...nodes(3, "alive"), stopped]), [
    "well",
    "All 3 Pis are up, 1 stopped on purpose",
  ]);
});

Deno.test("a blind hub replaces the verdict, whatever the nodes were", () => {
  const blind = {
    since: "2026-03-01T13:02:00Z",
    code: "no_connection",
    reason: "it has no connection to the broker",
  } as const;
  for (const liveness of ["alive", "dead"] as const) {
    const verdict = verdictOf(view(nodes(3, liveness), { blind }), LIVE, BERLIN);
    assert.equal(verdict.severity, "unsure");
    assert.equal(verdict.spoken, "The hub has not seen the broker since 14:02");
    assert.equal(plainText(verdict.notes[0] ?? []), "It has no connection to the broker.");
    assert.equal(verdict.deadCount, 0);
    assert.ok(verdict.stale);
  }
});

Deno.test("who restarts, or does not say why he stops, is not called stopped on purpose", () => {
  for (const farewell of ["restart", "reboot", "unknown"] as const) {
    const left = node("Bran", "left", { farewell });
    assert.deepEqual(said([...nodes(3, "alive"), left]), [
      "well",
      "All 3 Pis are up, 1 stopped or restarting",
    ]);
    assert.deepEqual(said([left]), ["asleep", "Bran is stopped or restarts"]);
  }
  const off = node("Bran", "left", { farewell: "poweroff" });
  assert.deepEqual(said([off]), ["asleep", "Bran is stopped on purpose"]);
});

Deno.test("a hub whose own network is out says nothing of the broker", () => {
  const since = "2026-03-01T13:02:00Z";
  const said = (["no_link", "network"] as const).map((code) => {
    const verdict = verdictOf(
      view(nodes(3, "alive"), { blind: { since, code, reason: "" } }),
      LIVE,
      BERLIN,
    );
    return [verdict.spoken, plainText(verdict.notes[0] ?? [])];
  });
  const out = "The hub's own network has been out since 14:02";
  assert.deepEqual(said, [
    [out, "Its cable or Wi-Fi is disconnected."],
    [out, "Nothing beyond it answers, not even the router."],
  ]);
});

Deno.test("a machine that answers is told apart from one that is away, with what helps", () => {
  const silent = node("John Snow", "dead", { agent_silent: true });
  const verdict = verdictOf(view([...nodes(2, "alive"), silent]), LIVE, BERLIN);
  assert.equal(verdict.spoken, "John Snow is down");
  assert.equal(
    plainText(verdict.notes[0] ?? []),
    "The machine of John Snow answers, only its agent is silent. Try there: systemctl status agent",
  );
});

Deno.test("a lost hub replaces the verdict and tells what is seen instead", () => {
  const lost = (silentMs: number, of?: ClusterView) =>
    verdictOf(of, { kind: "silent", silentMs, asOf: of && AT }, BERLIN);
  const verdict = lost(12_400, view(nodes(6, "alive")));
  assert.equal(plainText(verdict.sentence), "No connection to the hub for 12 s");
  assert.equal(plainText(verdict.notes[0] ?? []), "What you see is from 14:02:11.");
  assert.deepEqual([verdict.severity, verdict.stale], ["unsure", true]);
  assert.equal(verdict.spoken, lost(300, view([])).spoken, "a screen reader hears it once");
  assert.equal(plainText(lost(300).sentence), "Connecting to the hub…");
  assert.equal(plainText(lost(5000).sentence), "No connection to the hub for 5 s");
});

Deno.test("trouble stands first, then names as people count them", () => {
  const order = troubleFirst([
    node("pi-10"),
    node("Zoe", "left"),
    node("pi-2"),
    node("needy", "alive", TWICE),
    node("new", "unknown"),
    node("late", "suspect"),
    node("Arya"),
    node("gone", "dead"),
  ]);
  assert.deepEqual(order.map(({ name }) => name), [
    "gone",
    "late",
    "new",
    "needy",
    "Arya",
    "pi-2",
    "pi-10",
    "Zoe",
  ]);
});

Deno.test("names in a sentence are pieces of their own, on one line and bounded", () => {
  const hostile = node("x", "dead", { name: `\u202E<b>\n${"W".repeat(65_536)}` });
  const { sentence } = verdictOf(view([hostile]), LIVE);
  const [name, rest] = sentence;
  assert.ok(typeof name === "object" && name.name.startsWith("<b> WW"));
  assert.ok(name.name.length < 100);
  assert.equal(rest, " is down");
});

Deno.test("the sign in the tab counts the dead, and differs for every severity", () => {
  const sign = (severity: Severity, deadCount = 0) =>
    decodeURIComponent(signAddress({ severity, deadCount }));
  assert.match(sign("down", 3), />3<\/text>/);
  assert.match(sign("down", 640), />99\+<\/text>/);
  assert.match(sign("well"), /^data:image\/svg\+xml,<svg/);
  const severities: readonly Severity[] = ["well", "attention", "down", "asleep", "unsure"];
  assert.equal(new Set(severities.map((severity) => sign(severity))).size, severities.length);
});

Deno.test("a node that beats without storage is as bad as a dead one, and says what fails", () => {
  const since = AT;
  const failing = node("Khal Drogo", "alive", { storage: { fault: "no_answer", since } });
  const other = node("Bran", "alive", { storage: { fault: "read_only", since } });
  const verdict = verdictOf(view([failing, ...nodes(4, "alive")]), LIVE);
  assert.deepEqual(
    [verdict.severity, verdict.spoken],
    ["down", "Khal Drogo's card does not answer; it still runs"],
  );
  assert.deepEqual(verdict.notes.map(plainText), ["Khal Drogo: Its card does not answer"]);
  assert.deepEqual(said([failing, other, ...nodes(4, "alive")]), [
    "down",
    "Bran and Khal Drogo still run, but fail",
  ]);
  // A Pi that is down is worse, one whose owner works on it is not.
  assert.deepEqual(said([failing, SNOW]), ["down", "John Snow is down"]);
  const maintained = { ...failing, maintenance_until: "2099-01-01T00:00:00.000Z" };
  assert.deepEqual(said([maintained, node("Arya")]), ["attention", "Both Pis are up"]);
  assert.deepEqual(troubleFirst([node("Arya"), failing])[0], failing);
});
