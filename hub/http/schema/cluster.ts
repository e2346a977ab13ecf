/** The API's answers about the whole cluster, and the messages of the feed. */

import * as v from "valibot";
import type { BrokerView } from "../../../core/api/broker_view.ts";
import type { AlarmView } from "../../../core/api/alarm_view.ts";
import {
  type Change,
  type ClusterView,
  FEED_ROWS_MAX,
  type FeedMessage,
  type Snapshot,
} from "../../../core/api/feed.ts";
import {
  JOIN_FAILURES,
  JOIN_STEPS,
  JOINS_SHOWN_MAX,
  type JoinView,
} from "../../../core/api/join_view.ts";
import { type RefusalView, REFUSED_MAX } from "../../../core/api/refusal_view.ts";
import type { WatchdogView } from "../../../core/api/watchdog_view.ts";
import type { NotificationView } from "../../../core/alerting/notification.ts";
import { BLINDNESSES } from "../../../core/detection/blindness.ts";
import { REFUSAL_REASONS } from "../../../core/limits/refusal_report.ts";
import { exactly } from "./exactly.ts";
import { delivery, incident } from "./incident.ts";
import { node, nodePatch } from "./node.ts";
import { instant, nodeId, nodeIdOrNull, textOrNull, wholeNumber } from "./values.ts";

export const blind = exactly<ClusterView["blind"]>()(v.pipe(
  v.nullable(v.object({
    since: instant,
    code: v.picklist(["starting", "no_connection", "no_echo", "stalled", "no_link", "network"]),
    reason: v.pipe(v.string(), v.description("For people, in English.")),
  })),
  v.description("Since when, and why, the hub cannot trust its own view; null while it can."),
));

export const notification = exactly<NotificationView>()(v.pipe(
  v.object({
    state: v.pipe(
      v.picklist(["works", "none", "printed", "failing"]),
      v.description(
        "Anything but works means that nobody is notified when a Pi dies. none: no channel is set up; " +
          "printed: messages only go to the hub's log; failing: no channel delivers.",
      ),
    ),
    channels: v.pipe(
      v.array(v.object({
        name: v.string(),
        state: v.picklist(["works", "printed", "down", "failing"]),
      })),
      v.description("In the order of the configuration; empty for guests."),
    ),
  }),
  v.description("Whether anybody is notified when a Pi dies."),
));

export const silence = v.object({
  node: v.pipe(nodeIdOrNull, v.description("null: all.")),
  since: instant,
  until: instant,
  pressed_at: v.exactOptional(v.pipe(
    nodeId,
    v.description("The node whose button was pressed; left out where a person asked the hub."),
  )),
});
export const maintenance = v.object({
  node: v.pipe(nodeIdOrNull, v.description("null: all.")),
  until: instant,
});

export const alarm = exactly<AlarmView>()(v.pipe(
  v.object({
    trackers: v.pipe(
      v.array(nodeId),
      v.description("Ids of the Pis whose trackers are heard."),
    ),
    shows: v.pipe(
      v.picklist(["all_well", "blind", "suspect", "hub_dead", "dead", "dead_buzzing", "test"]),
      v.description("What a tracker shows that sees what the hub sees."),
    ),
    silences: v.array(silence),
    maintenance: v.array(maintenance),
  }),
  v.description("What LEDs and buzzers do, and what keeps buzzers quiet."),
));

const refusalEntries = {
  reason: v.pipe(
    v.picklist(REFUSAL_REASONS),
    v.description(
      "half_open, connections, no_files: connections to broker or page; broker_login, page_login: " +
        "a wrong password; protocol: no MQTT 3.1.1; sessions, rate, forbidden: a node's credential " +
        "beyond its limits; nodes, broker_nodes: a node beyond what hub or embedded broker serve; viewers, feed_input: the feed; slow_request: the page; join: a wrong line for a Pi.",
    ),
  ),
  from: v.pipe(
    textOrNull,
    v.description(
      "An IPv4 address, an IPv6 network of 64 bits, the node whose credential was used, or the " +
        "topic of presses; null: many together.",
    ),
  ),
  count: v.pipe(v.number(), v.integer(), v.minValue(1)),
  since: instant,
  last: instant,
};
export const refusal = exactly<RefusalView>()(v.object(refusalEntries));
export const rememberedRefusal = v.object({
  ...refusalEntries,
  active: v.pipe(v.boolean(), v.description("Again and again within the last minutes.")),
});
export const refused = v.pipe(
  v.array(refusal),
  v.maxLength(REFUSED_MAX),
  v.description("Who was refused again and again within the last minutes; none for guests."),
);

export const join = exactly<JoinView>()(v.pipe(
  v.object({
    id: v.pipe(v.string(), v.description("Names the line; it admits nobody.")),
    node: nodeId,
    name: v.string(),
    step: v.pipe(
      v.picklist(JOIN_STEPS),
      v.description(
        "made: nobody has used it; fetched: the Pi has the script; installed: the packages; " +
          "configured: its credential; started: its services; up: the hub hears it; removed: the " +
          "line was used to take the Pi out.",
      ),
    ),
    failure: v.pipe(
      v.nullable(v.picklist(JOIN_FAILURES)),
      v.description(
        "Why it does not go on; null while it does. With the step made, the line can be used again.",
      ),
    ),
    until: v.pipe(instant, v.description("Until then the line can be used.")),
    from: v.pipe(textOrNull, v.description("The address that has used it; null: nobody.")),
  }),
  v.description("One line for a Pi, without its secrets."),
));
export const joins = v.pipe(
  v.array(join),
  v.maxLength(JOINS_SHOWN_MAX),
  v.description("Lines for new Pis of this run of the hub, newest first; none for guests."),
);

const broker = exactly<BrokerView>()(v.object({
  broker: v.string(),
  sees: v.pipe(v.boolean(), v.description("The hub sees the cluster through it.")),
  since: v.pipe(v.nullable(instant), v.description("Since when it does not, if it ever did.")),
  code: v.pipe(v.nullable(v.picklist(BLINDNESSES)), v.description("Why it does not.")),
}));
export const brokers = v.pipe(
  v.array(broker),
  v.description(
    "The brokers of a hub with several, in the order of its configuration; left out where there is " +
      "one, and for guests.",
  ),
);

export const watchdog = exactly<WatchdogView>()(v.pipe(
  v.object({
    last_ping_at: v.pipe(
      v.nullable(instant),
      v.description("The last ping that was accepted; null: none since the hub started."),
    ),
    said: v.pipe(v.nullable(v.picklist(["works", "fails"])), v.description("What it said.")),
    faults: v.pipe(
      v.array(v.object({
        kind: v.picklist(["blind", "storage", "outbox", "providers", "stuck"]),
        cause: v.exactOptional(v.string()),
        since: instant,
      })),
      v.description("Why the hub does not say now that it works; empty: it says so."),
    ),
    error: v.pipe(
      v.nullable(v.object({
        code: v.picklist(["no_answer", "redirected", "unreachable", "refused"]),
        status: v.exactOptional(v.number()),
        said: v.exactOptional(v.string()),
      })),
      v.description("Why the latest ping was not accepted; null: it was."),
    ),
  }),
  v.description(
    "The watcher outside of the house that the hub pings; left out where none is configured, and " +
      "for guests.",
  ),
));

const rows = {
  incidents: v.pipe(v.array(incident), v.maxLength(FEED_ROWS_MAX)),
  deliveries: v.pipe(v.array(delivery), v.maxLength(FEED_ROWS_MAX)),
};
const steady = v.pipe(
  v.array(nodeId),
  v.description(
    "In the short form: nodes whose last heartbeat is as old as at, until they are in ages, whole " +
      "in nodes, or in patches with last_heartbeat_at.",
  ),
);
const sent = {
  seq: wholeNumber,
  at: v.pipe(instant, v.description("The hub's time when it sent this.")),
};

export const snapshot = exactly<Snapshot>()(v.pipe(
  v.object({
    kind: v.literal("snapshot"),
    ...sent,
    time_zone: v.pipe(v.string(), v.description("The hub's zone, of the IANA database.")),
    blind,
    alarm,
    notification,
    refused,
    joins: v.exactOptional(joins),
    watchdog: v.exactOptional(watchdog),
    brokers: v.exactOptional(brokers),
    nodes: v.array(node),
    ...rows,
    guest: v.exactOptional(v.pipe(
      v.boolean(),
      v.description("The viewer is not logged in."),
    )),
    steady: v.exactOptional(steady),
  }),
  v.description("Everything. The first message, and at any time one that replaces all before."),
));

export const change = exactly<Change>()(v.pipe(
  v.object({
    kind: v.literal("change"),
    ...sent,
    blind: v.exactOptional(blind),
    alarm: v.exactOptional(alarm),
    notification: v.exactOptional(notification),
    refused: v.exactOptional(refused),
    joins: v.exactOptional(joins),
    watchdog: v.exactOptional(watchdog),
    brokers: v.exactOptional(brokers),
    nodes: v.exactOptional(v.pipe(
      v.array(node),
      v.minLength(1),
      v.description("New or changed, whole."),
    )),
    removed: v.exactOptional(v.pipe(
      v.array(nodeId),
      v.minLength(1),
      v.description("Ids of nodes that are no longer watched."),
    )),
    heard: v.exactOptional(v.pipe(
      v.record(nodeId, instant),
      v.description("By id, the last heartbeat of nodes of which nothing else changed."),
    )),
    incidents: v.exactOptional(v.pipe(
      v.array(incident),
      v.minLength(1),
      v.description("To replace by id, or to add."),
    )),
    deliveries: v.exactOptional(v.pipe(
      v.array(delivery),
      v.minLength(1),
      v.description("To replace by id, or to add; none for guests."),
    )),
    patches: v.exactOptional(v.pipe(
      v.record(nodeId, nodePatch),
      v.description("In the short form, by id: what changed of nodes that the viewer knows."),
    )),
    steady: v.exactOptional(steady),
    ages: v.exactOptional(v.pipe(
      v.record(nodeId, v.pipe(v.number(), v.integer())),
      v.description(
        "In the short form, by id: how many milliseconds before at the last heartbeat came.",
      ),
    )),
  }),
  v.description(
    "What is different since the message before, whose seq is one less. An absent key means that " +
      "nothing changed there.",
  ),
));

export const feed = exactly<FeedMessage>()(v.pipe(
  v.union([snapshot, change]),
  v.description("A message of the WebSocket /ws."),
));
