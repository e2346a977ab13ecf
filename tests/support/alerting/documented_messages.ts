/** Every kind of message, in the order and with the texts of `docs/messages.md`. */

import type {
  AlertItem,
  CommonCause,
  FaultItem,
  FaultSubject,
} from "../../../core/alerting/alert.ts";
import type { Cause } from "../../../core/alerting/cause.ts";
import { alertText } from "../../../core/alerting/message/message.ts";
import { selfTestText } from "../../../core/alerting/message/self_test.ts";
import type { Liveness } from "../../../core/detection/liveness.ts";
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
} from "./alert_items.ts";

const SECOND_MS = 1_000;
const MINUTE_MS = 60_000;
const HOUR_MS = 3_600_000;
/** The time of sending of most messages: a little more than `hold` after the last sign of life. */
const SENT_MS = 20 * SECOND_MS;
const BACK_MS = 8 * MINUTE_MS + 19 * SECOND_MS;
const BEGAN_MS = HEARD_MS + 5 * SECOND_MS;
const ENDED_MS = BEGAN_MS + 8 * MINUTE_MS;

const WHO = "John Snow";
const NAMES = [WHO, "Khal Drogo", "Arya Stark"];
const THREE = NAMES.map((name) => down(name));
const NO_HISTORY: readonly Cause[] = [
  ...["full", "read_only", "io_error", "no_answer", "locked", "no_access"] as const,
];
const NO_CHECKPOINT: readonly Cause[] = ["io_error", "full", "deleted", "replaced"];
const NO_STORAGE: readonly Cause[] = [
  ...["no_answer", "errors", "read_only", "lost_write", "no_process"] as const,
];

function text(item: AlertItem | readonly AlertItem[], facts: Facts = {}): string {
  const { afterMs = SENT_MS, lateMs = 0, isUnsaved = false, common } = facts;
  const atMs = HEARD_MS + afterMs;
  const alert = alertOf(Array.isArray(item) ? item : [item], { atMs, common });
  return alertText(alert, clock, { sentAtMs: atMs + lateMs, isUnsaved });
}

interface Facts {
  readonly afterMs?: number;
  readonly lateMs?: number;
  readonly isUnsaved?: boolean;
  readonly common?: CommonCause;
}

function together(facts: Partial<CommonCause>): string {
  const nodes = THREE.map(({ node }) => node);
  return text(THREE, { common: { group: undefined, nodes, of: 5, ...facts } });
}

function fault(subject: FaultSubject, cause: Cause): FaultItem {
  return { kind: "fault", subject, name: WHO, cause, sinceMs: BEGAN_MS };
}

function faultOver(subject: FaultSubject, cause: Cause): string {
  const item = { kind: "fault_over", subject, name: WHO, cause, sinceMs: BEGAN_MS } as const;
  return text({ ...item, endedAtMs: ENDED_MS, wasTold: true });
}

const STORAGE = { kind: "vital", node: "john-snow", vital: "storage" } as const;
const ACCESS = { kind: "vital", node: "john-snow", vital: "access" } as const;
const HISTORY = { kind: "hub", fault: "history_not_written" } as const;
const DAMAGED = { kind: "hub", fault: "history_damaged" } as const;
const UNSAVED = { kind: "hub", fault: "checkpoint_not_written" } as const;
const UNSEEN = { kind: "hub", fault: "nodes_unseen" } as const;
const SECOND = { kind: "hub", fault: "second_hub" } as const;
const DROPPED = { kind: "hub", fault: "messages_dropped" } as const;
const LIMIT = {
  kind: "other",
  text: "the daily limit is used up: wait, or ask Twilio for a higher one (63038)",
} as const;

export const DOCUMENTED_MESSAGES: readonly string[] = [
  text(down(WHO)),
  text({ ...down(WHO), lastHeardMs: undefined }),
  text(THREE),
  together({ group: "attic", of: 3 }),
  together({}),
  together({ group: "attic", of: 3, isElsewhere: true }),
  text({ ...down(WHO), cause: "agent_silent" }),
  text({ ...down(WHO), cause: "not_started" }),
  text({ ...down(WHO), cause: "not_back" }, { afterMs: 200 * SECOND_MS }),
  text({ ...down(WHO), cause: "not_returned" }, { afterMs: 200 * SECOND_MS }),
  text(stillDown(WHO), { afterMs: 6 * HOUR_MS }),
  text(back(WHO, BACK_MS)),
  text(back(WHO, BACK_MS, { now: "left" })),
  text(back(WHO, BACK_MS, { rebooted: true })),
  text(back(WHO, BACK_MS, { wasTold: false })),
  text(rebooted(WHO, 41 * SECOND_MS)),
  text(flapping(WHO, 5)),
  text(stable(WHO)),
  text(stable(WHO, "dead")),
  text({ kind: "blind", sinceMs: BEGAN_MS, cause: "no_connection" }),
  text({ kind: "sees", sinceMs: BEGAN_MS, endedAtMs: ENDED_MS, wasTold: true }),
  text(fault({ kind: "network" }, "network")),
  text(fault({ kind: "network" }, "no_link")),
  faultOver({ kind: "network" }, "network"),
  text({ kind: "uplink_down", channel: "twilio", sinceMs: BEGAN_MS, cause: LIMIT }),
  text({ kind: "uplink_back", channel: "twilio", sinceMs: BEGAN_MS, endedAtMs: ENDED_MS }),
  ...NO_STORAGE.map((cause) => text(fault(STORAGE, cause))),
  faultOver(STORAGE, "no_answer"),
  text(fault(ACCESS, "key_expires")),
  text(fault(ACCESS, "key_expired")),
  faultOver(ACCESS, "key_expires"),
  ...NO_HISTORY.map((cause) => text(fault(HISTORY, cause))),
  faultOver(HISTORY, "full"),
  text(fault(DAMAGED, "damaged")),
  ...NO_CHECKPOINT.map((cause) => text(fault(UNSAVED, cause))),
  faultOver(UNSAVED, "full"),
  text(fault(UNSEEN, "broker_away")),
  faultOver(UNSEEN, "broker_away"),
  text(fault(SECOND, "same_broker")),
  faultOver(SECOND, "same_broker"),
  text(fault(DROPPED, "dropped_by_broker")),
  text(fault(DROPPED, "heartbeats_missing")),
  faultOver(DROPPED, "dropped_by_broker"),
  text(down(WHO), { lateMs: 2 * MINUTE_MS }),
  text(down(WHO), { isUnsaved: true }),
  selfTestText([node("Arya Stark", "alive"), node("Bran", "alive"), node(WHO, "dead")], false),
];

function node(name: string, liveness: Liveness) {
  return { id: name.toLowerCase().replace(" ", "-"), name, liveness };
}
