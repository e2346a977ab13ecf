import fc from "fast-check";
import assert from "node:assert/strict";
import {
  type Alert,
  type AlertItem,
  type CommonCause,
  subjectKey,
} from "../../../core/alerting/alert.ts";
import { newsKey } from "../../../core/alerting/alert_item.ts";
import { type DecidedItem, pendingAlert } from "../../../core/alerting/pending_alert.ts";

const NO_ANSWER = { kind: "other", text: "no answer" } as const;

const MINUTE_MS = 60_000;

type ItemOf<Kind extends AlertItem["kind"]> = Extract<AlertItem, { readonly kind: Kind }>;

function alertOf(atMs: number, items: readonly AlertItem[], common?: CommonCause): Alert {
  return { kind: "alert", route: "sms", channel: "twilio", items, common, atMs };
}

/** What the alerts tell, as the database keeps it: each item with its place. */
function decided(alerts: readonly Alert[]): readonly DecidedItem[] {
  return alerts.flatMap(({ items, common, atMs }) =>
    items.map((item) => {
      const isCommon = item.kind === "down" && common?.nodes.includes(item.node);
      const { nodes: _, ...shared } = common ?? { group: undefined, of: 0 };
      return { subject: newsKey(item), item, common: isCommon ? shared : undefined, atMs };
    })
  ).map((one, index) => ({ id: index + 1, ...one }));
}

/** One message for several that wait, the oldest first. */
function mergedAlert(...alerts: readonly Alert[]): Alert {
  const alert = pendingAlert({ route: "sms", channel: "twilio" }, decided(alerts));
  assert.ok(alert);
  return alert;
}

function merged(...alerts: readonly Alert[]): readonly AlertItem[] {
  return mergedAlert(...alerts).items;
}

function down(minute: number, node = "john-snow"): ItemOf<"down"> {
  const diedAtMs = minute * MINUTE_MS;
  const lastHeardMs = diedAtMs - 5000;
  return { kind: "down", node, name: node, diedAtMs, lastHeardMs, cause: "silence" };
}

function recovered(
  { node, name, diedAtMs, lastHeardMs }: ItemOf<"down">,
  minute: number,
  wasTold = true,
): ItemOf<"recovered"> {
  const recoveredAtMs = minute * MINUTE_MS;
  const end = { recoveredAtMs, now: "alive", rebooted: false, wasTold } as const;
  return { kind: "recovered", node, name, diedAtMs, lastHeardMs, ...end };
}

function stillDown({ node, name, diedAtMs, lastHeardMs }: ItemOf<"down">): AlertItem {
  return { kind: "still_down", node, name, diedAtMs, lastHeardMs };
}

Deno.test("a death that waits and its end are one item of both", () => {
  const death = down(2);
  assert.deepEqual(merged(alertOf(2, [death]), alertOf(8, [recovered(death, 8)])), [
    recovered(death, 8, false),
  ]);
});

Deno.test("a message tells the deaths of both, and is as new as the later one", () => {
  const alert = mergedAlert(alertOf(2, [down(2, "arya")]), alertOf(3, [down(3, "khal")]));
  assert.deepEqual(alert, alertOf(3, [down(2, "arya"), down(3, "khal")]));
});

Deno.test("who believes in an older death is told of the new one, and of the end of both", () => {
  const older = down(2);
  const newer = down(9);
  const [end, again] = [alertOf(8, [recovered(older, 8)]), alertOf(9, [newer])];
  assert.deepEqual(merged(end, again), [newer]);
  // The end of the new death ends the older one, too.
  assert.deepEqual(merged(end, again, alertOf(11, [recovered(newer, 11)])), [
    recovered(newer, 11, true),
  ]);
});

Deno.test("a reminder goes with the recovery, and a death that waits needs none", () => {
  const death = down(2);
  const reminder = alertOf(60, [stillDown(death)]);
  assert.deepEqual(merged(reminder, alertOf(61, [recovered(death, 61)])), [recovered(death, 61)]);
  assert.deepEqual(merged(alertOf(2, [death]), reminder), [death]);
});

Deno.test("blindness that is over is one item, and so is an uplink that is back", () => {
  const sinceMs = 2 * MINUTE_MS;
  const endedAtMs = 8 * MINUTE_MS;
  const sees = { kind: "sees", sinceMs, endedAtMs } as const;
  assert.deepEqual(
    merged(
      alertOf(2, [{ kind: "blind", sinceMs, cause: "no_echo" }]),
      alertOf(8, [{ ...sees, wasTold: true }]),
    ),
    [{ ...sees, wasTold: false }],
  );
  const back = { kind: "uplink_back", channel: "twilio", sinceMs, endedAtMs } as const;
  assert.deepEqual(
    merged(
      alertOf(2, [{ kind: "uplink_down", channel: "twilio", sinceMs, cause: NO_ANSWER }]),
      alertOf(8, [back]),
    ),
    [back],
  );
  const fault = { subject: { kind: "hub", fault: "storage" }, name: "", cause: "full" } as const;
  const over = { kind: "fault_over", ...fault, sinceMs, endedAtMs } as const;
  assert.deepEqual(
    merged(
      alertOf(2, [{ kind: "fault", ...fault, sinceMs }]),
      alertOf(8, [{ ...over, wasTold: true }]),
    ),
    [{ ...over, wasTold: false }],
  );
});

Deno.test("flapping that is over is told by its end alone", () => {
  const node = { node: "john-snow", name: "John Snow" };
  const flapping = { kind: "flapping", ...node, sinceMs: 1, changes: 6 } as const;
  const stable = {
    kind: "stable",
    ...node,
    flappedSinceMs: 1,
    changes: 20,
    now: "alive",
    sinceMs: 30 * MINUTE_MS,
  } as const;
  assert.deepEqual(
    merged(alertOf(2, [down(2)]), alertOf(9, [flapping]), alertOf(30, [stable])),
    [stable],
  );
  const ends = { now: "dead", sinceMs: 28 * MINUTE_MS } as const;
  const death = down(28);
  assert.deepEqual(
    merged(alertOf(30, [{ ...stable, ...ends }]), alertOf(60, [stillDown(death)])),
    [{ ...stable, ...ends }],
  );
  assert.deepEqual(
    merged(alertOf(30, [{ ...stable, ...ends }]), alertOf(61, [recovered(death, 61)])),
    [{ ...stable, sinceMs: 61 * MINUTE_MS }],
  );
});

Deno.test("a common cause is kept for those who are still down", () => {
  const nodes = ["arya", "khal", "ned"];
  const deaths = nodes.map((node) => down(2, node));
  const common = { group: "attic", nodes, of: 3 };
  const first = alertOf(2, deaths, common);
  const [arya, khal] = deaths;
  assert.ok(arya && khal);
  const one = [first, alertOf(8, [recovered(arya, 8)])];
  assert.deepEqual(mergedAlert(...one).common, { group: "attic", nodes: ["khal", "ned"], of: 3 });
  assert.equal(mergedAlert(...one, alertOf(9, [recovered(khal, 9)])).common, undefined);
});

Deno.test("the larger of two common causes is told", () => {
  const [three, two] = [["arya", "khal", "ned"], ["bran", "sansa"]].map((nodes, minute) => {
    const common = { group: undefined, nodes, of: 9 };
    return alertOf(minute, nodes.map((node) => down(minute, node)), common);
  });
  assert.ok(three && two);
  assert.deepEqual(mergedAlert(two, three).common, three.common);
});

/** What may happen next, or be told next, of one of two nodes, of the broker or of a provider. */
const EVENTS = [
  "die",
  "come_back",
  "stop",
  "remind",
  "reboot",
  "flap",
  "settle",
  "blind",
  "see",
  "lose_uplink",
  "regain_uplink",
] as const;
type Happening = readonly [event: typeof EVENTS[number], node: "a" | "b"];

/** A world that tells everything of itself, one alert a happening. */
class World {
  readonly alerts: Alert[] = [];
  readonly #deaths = new Map<string, ItemOf<"down">>();
  readonly #flappingSinceMs = new Map<string, number>();
  #blindSinceMs: number | undefined;
  #providerLostMs: number | undefined;
  #nowMs = 0;

  apply([event, node]: Happening): void {
    this.#nowMs += MINUTE_MS;
    const item = this.#item(event, node);
    if (item !== undefined) this.alerts.push(alertOf(this.#nowMs, [item]));
  }

  #item(event: Happening[0], node: string): AlertItem | undefined {
    const nowMs = this.#nowMs;
    switch (event) {
      case "blind":
        if (this.#blindSinceMs !== undefined) return undefined;
        this.#blindSinceMs = nowMs;
        return { kind: "blind", sinceMs: nowMs, cause: "no_echo" };
      case "see": {
        const sinceMs = this.#blindSinceMs;
        this.#blindSinceMs = undefined;
        if (sinceMs === undefined) return undefined;
        return { kind: "sees", sinceMs, endedAtMs: nowMs, wasTold: true };
      }
      case "lose_uplink":
        if (this.#providerLostMs !== undefined) return undefined;
        this.#providerLostMs = nowMs;
        return { kind: "uplink_down", channel: "webhook", sinceMs: nowMs, cause: NO_ANSWER };
      case "regain_uplink": {
        const sinceMs = this.#providerLostMs;
        this.#providerLostMs = undefined;
        if (sinceMs === undefined) return undefined;
        return { kind: "uplink_back", channel: "webhook", sinceMs, endedAtMs: nowMs };
      }
      case "reboot":
        return { kind: "rebooted", node, name: node, lastHeardMs: undefined, backAtMs: nowMs };
      default:
        return this.#noticeOfNode(event, node);
    }
  }

  #noticeOfNode(
    event: "die" | "come_back" | "stop" | "remind" | "flap" | "settle",
    node: string,
  ): AlertItem | undefined {
    const nowMs = this.#nowMs;
    const death = this.#deaths.get(node);
    const flappingSinceMs = this.#flappingSinceMs.get(node);
    const about = { node, name: node };
    if (event === "flap" && flappingSinceMs === undefined) {
      this.#flappingSinceMs.set(node, nowMs);
      return { kind: "flapping", ...about, sinceMs: nowMs, changes: 6 };
    }
    if (event === "settle" && flappingSinceMs !== undefined) {
      this.#flappingSinceMs.delete(node);
      const flaps = { flappedSinceMs: flappingSinceMs, changes: 20 };
      const state = death === undefined
        ? { now: "alive", sinceMs: nowMs } as const
        : { now: "dead", sinceMs: death.diedAtMs } as const;
      return { kind: "stable", ...about, ...flaps, ...state };
    }
    if (event === "die" && death === undefined) {
      const died = down(nowMs / MINUTE_MS, node);
      this.#deaths.set(node, died);
      return flappingSinceMs === undefined ? died : undefined;
    }
    if ((event === "come_back" || event === "stop") && death !== undefined) {
      this.#deaths.delete(node);
      if (flappingSinceMs !== undefined) return undefined;
      const now = event === "stop" ? "left" : "alive";
      return { ...recovered(death, nowMs / MINUTE_MS), now };
    }
    if (event === "remind" && death !== undefined && flappingSinceMs === undefined) {
      return stillDown(death);
    }
    return undefined;
  }
}

type Knowledge = ReadonlyMap<string, string>;

/** What a person believes after one more message. */
function read(knowledge: Knowledge, { items }: Alert): Knowledge {
  return new Map([...knowledge, ...items.map(meaning)]);
}

/** About what, and what. */
function meaning(item: AlertItem): readonly [string, string] {
  switch (item.kind) {
    case "down":
    case "still_down":
      return [item.node, `dead since ${item.diedAtMs}`];
    case "recovered":
      return [item.node, `${item.now} since ${item.recoveredAtMs}`];
    case "flapping":
      return [item.node, `flapping since ${item.sinceMs}`];
    case "stable":
      return [item.node, `${item.now} since ${item.sinceMs}`];
    case "rebooted":
      return [`reboot of ${item.node}`, `at ${item.backAtMs}`];
    case "blind":
      return ["broker", `unseen since ${item.sinceMs}`];
    case "sees":
      return ["broker", `seen since ${item.endedAtMs}`];
    case "uplink_down":
      return [item.channel, `down since ${item.sinceMs}`];
    case "uplink_back":
      return [item.channel, `up since ${item.endedAtMs}`];
    case "fault":
      return [subjectKey(item.subject), `wrong since ${item.sinceMs}`];
    case "fault_over":
      return [subjectKey(item.subject), `right since ${item.endedAtMs}`];
  }
}

const happenings = fc.array(
  fc.tuple(fc.constantFrom(...EVENTS), fc.constantFrom("a" as const, "b" as const)),
  { minLength: 1, maxLength: 40 },
);

Deno.test("one message for many leaves the knowledge that the many would have left", () => {
  fc.assert(
    fc.property(happenings, fc.nat(), (events, cut) => {
      const world = new World();
      for (const event of events) world.apply(event);
      const toldCount = cut % (world.alerts.length + 1);
      const told = world.alerts.slice(0, toldCount);
      const waiting = world.alerts.slice(toldCount);
      if (waiting.length === 0) return;
      const before = told.reduce(read, new Map<string, string>());
      const expected = waiting.reduce(read, before);
      const one = mergedAlert(...waiting);
      assert.deepEqual(read(before, one), expected);
      // Read by its times, too, in whatever order it tells them.
      const byTime = one.items.toSorted((a, b) => instantOf(a) - instantOf(b));
      assert.deepEqual(read(before, { ...one, items: byTime }), expected);
      for (const item of one.items) {
        if (item.kind !== "recovered" || !item.wasTold) continue;
        assert.match(before.get(item.node) ?? "", /^(dead|flapping)/, "of its beginning");
      }
      const subjects = one.items.map((item) => meaning(item)[0]);
      assert.equal(new Set(subjects).size, subjects.length, "of everything the last word");
    }),
    { numRuns: 2000 },
  );
});

function instantOf(item: AlertItem): number {
  return Number(/\d+$/.exec(meaning(item)[1])?.[0]);
}
