/** Messages about the hub, its network, providers and storage: the texts that people receive. */

import assert from "node:assert/strict";
import type { Cause } from "../../../core/alerting/cause.ts";
import { down, HEARD_MS, textOf } from "../../support/alerting/alert_items.ts";

const FIVE_MIN_3_S = 303_000;

const LATER = { kind: "other", text: "later" } as const;

function said(why: string): Cause {
  return { kind: "provider", code: "other", why };
}

Deno.test("a hub that cannot see the broker says that nobody is watched", () => {
  const cause = "no_connection";
  assert.equal(
    textOf([{ kind: "blind", sinceMs: HEARD_MS, cause }]),
    "The hub has not seen the broker since 14:02:11 (it has no connection to the broker): " +
      "no Pi is watched.",
  );
  const sees = { kind: "sees", sinceMs: HEARD_MS, endedAtMs: HEARD_MS + FIVE_MIN_3_S } as const;
  assert.equal(
    textOf([{ ...sees, wasTold: true }]),
    "The hub sees the broker again after 5 min 3 s: Pis are watched again.",
  );
  assert.equal(
    textOf([{ ...sees, wasTold: false }]),
    "The hub could not see the broker from 14:02:11 to 14:07:14.",
  );
});

Deno.test("the hub's own network that is out is told with what follows from it", () => {
  const network = { subject: { kind: "network" }, name: "", sinceMs: HEARD_MS } as const;
  const fault = { kind: "fault", cause: "no_link", ...network } as const;
  assert.equal(
    textOf([fault]),
    "The hub's cable or Wi-Fi has been disconnected since 14:02:11: it cannot know how the Pis are.",
  );
  const over = {
    kind: "fault_over",
    cause: "network",
    ...network,
    endedAtMs: HEARD_MS + 180_000,
  } as const;
  assert.equal(
    textOf([{ ...over, wasTold: true }]),
    "The hub's own network works again after 3 min.",
  );
  assert.equal(
    textOf([{ ...over, wasTold: false }]),
    "The hub's own network works again. It was out from 14:02:11 to 14:05:11.",
  );
});

Deno.test("storage that fails under a node that beats is told in its own words", () => {
  const subject = { kind: "vital", node: "khal-drogo", vital: "storage" } as const;
  const about = { subject, name: "Khal Drogo", sinceMs: HEARD_MS } as const;
  const fault = (cause: Cause) => textOf([{ kind: "fault", cause, ...about }]);
  assert.equal(
    fault("no_answer"),
    "Khal Drogo's card has not answered since 14:02:11: it still runs, but it may not start again.",
  );
  assert.match(
    fault("errors"),
    /^Khal Drogo's card has given errors since 14:02:11: it still runs/,
  );
  assert.match(fault("read_only"), /^Khal Drogo's card has been read-only since 14:02:11/);
  assert.match(fault("lost_write"), /^Khal Drogo's card has lost what was written since/);
  assert.match(fault("no_process"), /^Khal Drogo has not been able to start programs since/);
  const over = { kind: "fault_over", ...about, endedAtMs: HEARD_MS + 180_000 } as const;
  assert.equal(
    textOf([{ ...over, cause: "no_answer", wasTold: true }]),
    "Khal Drogo's card answers again after 3 min.",
  );
});

Deno.test("a fault that this version does not know is told by its code", () => {
  const subject = { kind: "hub", fault: "tomorrow" } as const;
  assert.equal(
    textOf([{ kind: "fault", subject, name: "", cause: LATER, sinceMs: HEARD_MS }]),
    "Something has been wrong (hub tomorrow, later) since 14:02:11.",
  );
});

Deno.test("a provider that cannot be reached is named as people know it", () => {
  const gone = {
    kind: "uplink_down",
    sinceMs: HEARD_MS,
    cause: said("Connection refused.\n"),
  } as const;
  assert.equal(
    textOf([{ ...gone, channel: "twilio" }]),
    "Twilio has taken no messages since 14:02:11 (Connection refused): they go another way or wait.",
  );
  assert.match(
    textOf([{ ...gone, channel: "webhook" }]),
    /^The webhook has taken no messages since/,
  );
  assert.match(textOf([{ ...gone, channel: "print" }]), /^The log has taken no messages since/);
  const endedAtMs = HEARD_MS + 720_000;
  assert.equal(
    textOf([{ kind: "uplink_back", channel: "twilio", sinceMs: HEARD_MS, endedAtMs }]),
    "Twilio takes messages again after 12 min.",
  );
});

Deno.test("a provider's long-winded reason is cut, and none needs no brackets", () => {
  const gone = { kind: "uplink_down", channel: "twilio", sinceMs: HEARD_MS } as const;
  const found = textOf([{ ...gone, cause: said("x".repeat(5000)) }]);
  assert.match(
    found,
    /^Twilio has taken no messages since 14:02:11 \(x+\.\.\.x+\): they go another way or wait\.$/,
  );
  assert.equal(
    textOf([{ ...gone, cause: said(" ") }]),
    "Twilio has taken no messages since 14:02:11: they go another way or wait.",
  );
});

Deno.test("a machine that answers has a silent agent, and the message says what to try", () => {
  const silent = { ...down("John Snow"), cause: "agent_silent" } as const;
  assert.equal(
    textOf([silent]),
    "John Snow answers, but its agent is silent. Last heard 14:02:11, silent for 14 s. " +
      "Try there: systemctl status agent",
  );
  assert.match(
    textOf([silent, { ...down("Arya"), cause: "agent_silent" } as const]),
    /^2 Pis answer, but/,
  );
});

Deno.test("all Pis of another network cannot be reached: that they are down would be a guess", () => {
  const away = ["John Snow", "Khal Drogo"].map((name) => ({ ...down(name), isElsewhere: true }));
  const common = { nodes: away.map(({ node }) => node), of: 2, isElsewhere: true } as const;
  assert.equal(
    textOf(away, { common: { ...common, group: "home" } }),
    "home cannot be reached (2 Pis): John Snow, Khal Drogo. Last heard 14:02:11.",
  );
  assert.match(textOf(away, { common: { ...common, group: undefined } }), /^Your Pis cannot be/);
});
