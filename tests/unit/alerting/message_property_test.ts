import fc from "fast-check";
import assert from "node:assert/strict";
import { type Alert, type AlertItem, subjectKey } from "../../../core/alerting/alert.ts";
import { type Cause, CAUSE_CODES, HISTORY_FAULTS } from "../../../core/alerting/cause.ts";
import { alertText } from "../../../core/alerting/message/message.ts";
import { smsParts } from "../../../core/alerting/sms.ts";
import {
  alertOf,
  back,
  clock,
  down,
  flapping,
  HEARD_MS,
  rebooted,
  stable,
  stillDown,
} from "../../support/alerting/alert_items.ts";

const anyState = fc.constantFrom("alive", "left", "dead");
const anySpan = fc.record({
  sinceMs: fc.integer({ min: HEARD_MS - 1e9, max: HEARD_MS }),
  endedAtMs: fc.integer({ min: HEARD_MS, max: HEARD_MS + 1e9 }),
});
const anyCause: fc.Arbitrary<Cause> = fc.oneof(
  fc.constantFrom(...CAUSE_CODES),
  fc.string({ unit: "grapheme", maxLength: 200 }).map((text) => ({ kind: "other" as const, text })),
);

/** The broker is away or back, never both, and so is a provider. */
const anyBroker = fc.tuple(anySpan, anyCause, fc.constantFrom(undefined, false, true)).map(
  ([{ sinceMs, endedAtMs }, cause, wasTold]): AlertItem =>
    wasTold === undefined
      ? { kind: "blind", sinceMs, cause }
      : { kind: "sees", sinceMs, endedAtMs, wasTold },
);
const anyProvider = fc.tuple(fc.constantFrom("twilio", "webhook"), anySpan, anyCause, fc.boolean())
  .map(([channel, { sinceMs, endedAtMs }, cause, isDown]): AlertItem =>
    isDown
      ? { kind: "uplink_down", channel, sinceMs, cause }
      : { kind: "uplink_back", channel, sinceMs, endedAtMs }
  );

const anyStorageCause: fc.Arbitrary<Cause> = fc.oneof(
  fc.constantFrom(...HISTORY_FAULTS),
  fc.string({ unit: "grapheme", maxLength: 200 }).map((text) => ({ kind: "other" as const, text })),
);

/** A fault of the hub's storage is there or over; its cause may be of another version. */
const anyFault = fc.tuple(anySpan, anyStorageCause, fc.constantFrom(undefined, false, true)).map(
  ([{ sinceMs, endedAtMs }, cause, wasTold]): AlertItem => {
    const fault = { subject: { kind: "hub", fault: "storage" }, name: "", cause, sinceMs } as const;
    return wasTold === undefined
      ? { kind: "fault", ...fault }
      : { kind: "fault_over", ...fault, endedAtMs, wasTold };
  },
);

/** Notices of every kind, most of them about nodes with such names. */
function noticesWith(
  anyName: fc.Arbitrary<string>,
  maxLength: number,
): fc.Arbitrary<readonly AlertItem[]> {
  const others = [anyBroker, anyProvider, anyFault];
  const anyNotice = fc.oneof({ weight: 7, arbitrary: noticeWith(anyName) }, ...others);
  const selector = (item: AlertItem) => {
    if ("node" in item) return item;
    if ("subject" in item) return subjectKey(item.subject);
    return "channel" in item ? item.channel : "broker";
  };
  return fc.uniqueArray(anyNotice, { minLength: 1, maxLength, selector });
}

function noticeWith(anyName: fc.Arbitrary<string>): fc.Arbitrary<AlertItem> {
  const heard = fc.integer({ min: -1e9, max: 4_000 });
  const length = fc.integer({ min: 5_000, max: 2 ** 31 });
  return fc.oneof(
    fc.tuple(anyName, heard).map(([name, ms]) => down(name, ms)),
    anyName.map((name) => ({ ...down(name), lastHeardMs: undefined })),
    anyName.map((name) => ({ ...down(name), cause: "not_back" as const })),
    fc.tuple(anyName, heard).map(([name, ms]) => stillDown(name, ms)),
    fc.tuple(anyName, length, fc.boolean(), fc.boolean(), fc.boolean()).map(
      ([name, ms, isUp, rebooted, wasTold]) =>
        back(name, ms, { now: isUp ? "alive" : "left", rebooted, wasTold }),
    ),
    fc.tuple(anyName, length).map(([name, ms]) => rebooted(name, ms)),
    fc.tuple(anyName, fc.nat(1000)).map(([name, changes]) => flapping(name, changes)),
    fc.tuple(anyName, anyState).map(([name, now]) => stable(name, now)),
  );
}

/** An alert of these items, late or not, with or without a common cause of the first deaths. */
function alertsOf(
  anyItems: fc.Arbitrary<readonly AlertItem[]>,
): fc.Arbitrary<{ readonly alert: Alert; readonly sentAtMs: number }> {
  const anyGroup = fc.option(fc.string({ minLength: 1, maxLength: 30 }), { nil: undefined });
  return fc.record({
    items: anyItems,
    group: anyGroup,
    members: fc.nat(60),
    sentAfterMs: fc.constantFrom(0, 600_000),
  })
    .map(({ items, group, members, sentAfterMs }) => {
      const deaths = items.flatMap((one) => one.kind === "down" ? one.node : []);
      const nodes = deaths.slice(0, members);
      const common = nodes.length < 2 ? undefined : { group, nodes, of: nodes.length + 1 };
      const alert = alertOf(items, { common });
      return { alert, sentAtMs: alert.atMs + sentAfterMs };
    });
}

/** As the hub writes an instant of another day. */
function longClock(atMs: number): string {
  return `22 Nov ${clock(atMs)}`;
}

/** How many nodes a text speaks of: in sentences about several, in items, or by one name each. */
function countOf(text: string): number {
  const several = text.matchAll(/\b(\d+)(?: of \d+)? Pis\b/g).toArray();
  const [, items = ""] = /(?:Also|In short): (.*)\.$/.exec(text.replace(" Delivered late.", "")) ??
    [];
  const counted = items.matchAll(/(?:^|, )(\d+) /g).toArray();
  const numbers = [...several, ...counted].map(([, number]) => Number(number));
  const ones = text.matchAll(/node [a-j]+ (is|was|did|came|stopped)\b/g).toArray();
  return numbers.reduce((sum, number) => sum + number, 0) + ones.length;
}

const gsmName = fc.string({
  unit: fc.constantFrom(..."abcxyzABC äöüß-_0123456789"),
  minLength: 1,
  maxLength: 20,
});

Deno.test("up to three items about names of up to 20 characters fit one SMS and name every node", () => {
  const anyItems = noticesWith(gsmName, 3);
  fc.assert(
    fc.property(alertsOf(anyItems), ({ alert, sentAtMs }) => {
      const found = alertText(alert, longClock, { sentAtMs });
      assert.equal(smsParts(found).parts, 1, found);
      assert.doesNotMatch(found, /^$|^ | $|\n|Also:|In short:/);
    }),
    { numRuns: 2000 },
  );
});

/** Names as people and strangers make them: any characters, up to the 64 that a birth may carry. */
const anyName = fc.oneof(
  fc.string({ unit: "grapheme-ascii", maxLength: 64 }),
  fc.string({ unit: "binary", maxLength: 64 }),
);

Deno.test("any mix of items about any names is one SMS on one line", () => {
  const anyItems = noticesWith(anyName, 60);
  fc.assert(fc.property(alertsOf(anyItems), ({ alert, sentAtMs }) => {
    const found = alertText(alert, longClock, { sentAtMs });
    assert.equal(smsParts(found).parts, 1, found);
    assert.doesNotMatch(found, /^$|[\p{Cc}\p{Zl}\p{Zp}]|^ | $/u);
  }));
});

Deno.test("every node of any mix is named or counted, once", () => {
  const letters = fc.string({ unit: fc.constantFrom(..."abcdefghij"), minLength: 1, maxLength: 4 });
  const named = letters.map((letters) => `node ${letters}`);
  const anyItems = noticesWith(named, 40);
  fc.assert(fc.property(alertsOf(anyItems), ({ alert, sentAtMs }) => {
    const found = alertText(alert, clock, { sentAtMs });
    const nodes = alert.items.filter((item) => "node" in item);
    assert.equal(countOf(found), nodes.length, found);
    const isLate = sentAtMs > alert.atMs;
    assert.equal(found.endsWith(" Delivered late."), isLate, found);
  }));
});
