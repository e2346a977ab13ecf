/** How many messages of each node are processed. */

import fc from "fast-check";
import assert from "node:assert/strict";
import { NodeRates, type RateKind, rateSource } from "../../../core/limits/node_rates.ts";
import { NODES_MAX } from "../../../core/protocol/wire.ts";

const MINUTE_MS = 60_000;
const KINDS: readonly RateKind[] = ["status", "heartbeat", "vitals", "echo"];

interface Said {
  readonly from: string;
  readonly kind: RateKind;
  readonly seq: number;
  readonly saidMs: number;
}

interface Heard extends Said {
  readonly heardMs: number;
}

/** A test fixture that advances the time itself and calls `wake` at its deadlines. */
class Fixture {
  readonly rates: NodeRates<Said>;
  readonly heard: Heard[] = [];
  readonly lost: string[] = [];
  nowMs = 0;
  #seq = 0;

  constructor(isWatched: (node: string) => boolean = () => true) {
    this.rates = new NodeRates(isWatched);
  }

  say(from: string, kind: RateKind): void {
    const said = { from, kind, seq: this.#seq++, saidMs: this.nowMs };
    const { messages, isOneLost } = this.rates.take({ from, kind }, said, this.nowMs);
    if (isOneLost) this.lost.push(from);
    this.#hear(messages);
  }

  pass(ms: number): void {
    const untilMs = this.nowMs + ms;
    for (let count = 0; this.rates.deadlineMs() <= untilMs; count++) {
      assert.ok(count < 100_000, "it spins");
      this.nowMs = Math.max(this.nowMs, this.rates.deadlineMs());
      this.#hear(this.rates.wake(this.nowMs));
    }
    this.nowMs = untilMs;
  }

  /** `perSecond` messages for this long. */
  storm(
    from: string,
    kinds: readonly RateKind[],
    { perSecond = 150, forMs = 15_000 } = {},
  ): void {
    const everyMs = 1000 / perSecond;
    for (let count = 0; count * everyMs < forMs; count++) {
      this.say(from, kinds[count % kinds.length] ?? "status");
      this.pass(everyMs);
    }
  }

  of(kind: RateKind, from?: string): readonly Heard[] {
    return this.heard.filter((one) => one.kind === kind && (from ?? one.from) === one.from);
  }

  #hear(messages: readonly Said[]): void {
    for (const said of messages) this.heard.push({ ...said, heardMs: this.nowMs });
  }
}

Deno.test("messages of healthy nodes pass at once: quick heartbeats, a backlog, reconnections, replays", () => {
  const fixture = new Fixture();
  for (let id = 0; id < NODES_MAX; id++) fixture.say(`pi-${id}`, "status");
  for (let beat = 0; beat < 60; beat++) fixture.say("pi-0", "heartbeat");
  for (let second = 0; second < 600; second++) {
    for (let quarter = 0; quarter < 4; quarter++) {
      fixture.say("pi-1", "heartbeat");
      fixture.pass(250);
    }
    if (second % 5 === 0) {
      for (const kind of ["status", "echo", "vitals"] as const) fixture.say("pi-1", kind);
    }
    if (second % 10 === 0) fixture.say("pi-1", "status");
  }
  assert.deepEqual(fixture.lost, []);
  assert.ok(fixture.heard.every(({ saidMs, heardMs }) => saidMs === heardMs));
  assert.equal(fixture.rates.deadlineMs(), Infinity);
});

Deno.test("few messages of a storm of births and farewells pass, and the last one within a second", () => {
  const fixture = new Fixture();
  fixture.storm("robb", ["status"]);
  const last = fixture.heard.length + fixture.lost.length;
  fixture.pass(1000);
  const heard = fixture.of("status");
  assert.ok(heard.length <= 20 + 16, `${heard.length}`);
  assert.equal(heard.at(-1)?.seq, 150 * 15 - 1);
  assert.equal(heard.length + fixture.lost.length, last + 1);
});

Deno.test("a long storm of statuses passes more and more rarely: at most 1,700 times a day", () => {
  const fixture = new Fixture();
  fixture.storm("robb", ["status"], { perSecond: 3, forMs: 24 * 60 * MINUTE_MS });
  const heard = fixture.of("status");
  assert.ok(heard.length <= 1700, `${heard.length}`);
  fixture.pass(MINUTE_MS);
  assert.equal(fixture.of("status").at(-1)?.saidMs, fixture.nowMs - MINUTE_MS - 1000 / 3);
  // After a calm minute it passes like any other.
  fixture.pass(MINUTE_MS);
  fixture.say("robb", "status");
  assert.equal(fixture.of("status").at(-1)?.heardMs, fixture.nowMs);
});

Deno.test("heartbeats of a storm pass at eight a second, and a status delays them by less than a second", () => {
  const fixture = new Fixture();
  fixture.storm("robb", ["status", "heartbeat"], { perSecond: 300, forMs: 5 * MINUTE_MS });
  const beats = fixture.of("heartbeat");
  assert.ok(beats.length <= 80 + 8 * 300, `${beats.length}`);
  const gapsMs = beats.slice(1).map(({ heardMs }, index) => heardMs - (beats[index]?.heardMs ?? 0));
  assert.ok(Math.max(...gapsMs) <= 1001, `${Math.max(...gapsMs)}`);
});

Deno.test("messages after a waiting status pass after it", () => {
  const fixture = new Fixture();
  for (let count = 0; count < 25; count++) fixture.say("robb", "status");
  fixture.say("robb", "heartbeat");
  fixture.say("robb", "vitals");
  assert.equal(fixture.heard.length, 20);
  fixture.pass(1000);
  assert.deepEqual(fixture.heard.slice(20).map(({ seq }) => seq), [24, 25, 26]);
});

Deno.test("invented ids are bounded, and do not block a watched node", () => {
  const fixture = new Fixture((id) => id.startsWith("pi-"));
  for (let id = 0; id < 5 * NODES_MAX; id++) fixture.say(`made-up-${id}`, "status");
  assert.equal(fixture.rates.size, 2 * NODES_MAX);
  for (let id = 0; id < NODES_MAX; id++) fixture.say(`pi-${id}`, "heartbeat");
  assert.equal(fixture.of("heartbeat").length, NODES_MAX);
  assert.equal(fixture.rates.size, 3 * NODES_MAX);
  assert.ok(fixture.lost.every((id) => id.startsWith("made-up")));
  fixture.pass(MINUTE_MS);
  fixture.say("one-more", "status");
  assert.equal(fixture.rates.size, 1);
});

Deno.test("a topic identifies the sender, and topics of the hub have none", () => {
  const of = (topic: string) => rateSource(topic, "home/rpi");
  for (const kind of KINDS) {
    assert.deepEqual(of(`home/rpi/v1/nodes/pi-1/${kind}`), { from: "pi-1", kind });
  }
  const alarm = "home/rpi/v1/alarm";
  assert.deepEqual(of(alarm), { from: alarm, kind: "alarm" });
  for (
    const topic of [
      ...["hub/status", "hub/echo", "hub/alarm", "hub/verdicts/pi-1", "alarm/test"],
      ...["nodes/pi-1/status/x", "nodes/pi-1/else", "nodes/pi-1", "nodes/PI/status", "nodes"],
    ]
  ) assert.equal(of(`home/rpi/v1/${topic}`), undefined, topic);
  assert.equal(of("elsewhere/v1/nodes/pi-1/status"), undefined);
});

/** Two nodes and their messages, with pauses. */
const play = fc.array(
  fc.record({
    from: fc.constantFrom("robb", "robb", "robb", "arya"),
    kind: fc.constantFrom(...KINDS),
    times: fc.oneof(fc.constant(1), fc.nat({ max: 200 })),
    pauseMs: fc.oneof(fc.nat({ max: 5 }), fc.nat({ max: 2000 }), fc.nat({ max: 20 * MINUTE_MS })),
  }),
  { maxLength: 60 },
);

Deno.test("the last message of each kind always passes, in order, and the rest is bounded", () => {
  fc.assert(fc.property(play, (fixtures) => {
    const fixture = new Fixture();
    const last = new Map<string, number>();
    let said = 0;
    for (const { from, kind, times, pauseMs } of fixtures) {
      for (let count = 0; count < times; count++) {
        last.set(`${from} ${kind}`, said++);
        fixture.say(from, kind);
      }
      fixture.pass(pauseMs);
    }
    fixture.pass(MINUTE_MS);
    assert.equal(fixture.rates.deadlineMs(), Infinity);
    assert.equal(fixture.heard.length + fixture.lost.length, said);
    for (const from of ["robb", "arya"]) {
      for (const kind of KINDS) {
        const heard = fixture.of(kind, from);
        assert.equal(heard.at(-1)?.seq, last.get(`${from} ${kind}`));
        assert.ok(heard.every(({ seq }, index) => seq > (heard[index - 1]?.seq ?? -1)));
        assert.ok(heard.every(({ saidMs, heardMs }) => heardMs - saidMs <= MINUTE_MS));
      }
      for (const [first, { heardMs: fromMs }] of fixture.of("status", from).entries()) {
        const until = fixture.of("status", from).findLastIndex(({ heardMs }) =>
          heardMs <= fromMs + 30_000
        );
        assert.ok(until - first + 1 <= 20 + 30, `${until - first + 1} statuses in 30 s`);
      }
    }
  }));
});

Deno.test("messages of one node do not delay those of another", () => {
  fc.assert(fc.property(play, (fixtures) => {
    const both = new Fixture();
    const alone = new Fixture();
    for (const { from, kind, times, pauseMs } of fixtures) {
      for (let count = 0; count < times; count++) {
        both.say(from, kind);
        if (from === "arya") alone.say(from, kind);
      }
      both.pass(pauseMs);
      alone.pass(pauseMs);
    }
    const heardMs = (fixture: Fixture) =>
      KINDS.flatMap((kind) =>
        fixture.of(kind, "arya").map((one) => [kind, one.saidMs, one.heardMs])
      );
    assert.deepEqual(heardMs(both), heardMs(alone));
  }));
});
