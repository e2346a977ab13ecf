/** What the API answers of one node. */

import * as v from "valibot";
import type { NodeView, NodeWarning, VitalView } from "../../../core/api/node_view.ts";
import type { StatusNode } from "../../../core/api/status_view.ts";
import { STORAGE_FAULTS } from "../../../core/protocol/storage.ts";
import { exactly } from "./exactly.ts";
import { instant, instantOrNull, liveness, nodeId, textOrNull } from "./values.ts";

export const vital = exactly<VitalView>()(v.pipe(
  v.object({
    value: v.pipe(
      v.nullable(v.union([v.number(), v.boolean()])),
      v.description("In the unit of its kind; null where it is not supported."),
    ),
    level: v.picklist(["ok", "warning", "critical", "not_supported"]),
  }),
  v.description("One measurement, and how bad it is."),
));

const storage = v.pipe(
  v.nullable(v.object({ fault: v.picklist(STORAGE_FAULTS), since: instant })),
  v.description("What is wrong with its storage, as it reports itself; null: nothing known."),
);

const warning = exactly<NodeWarning>()(v.pipe(
  v.object({
    kind: v.literal("duplicate_id"),
    serials: v.pipe(
      v.array(v.string()),
      v.description("Serial numbers, as far as they are known; none for guests."),
    ),
  }),
  v.description("Two machines claim the node's id."),
));

const statusEntries = {
  id: nodeId,
  name: v.pipe(
    v.string(),
    v.description("What people call it: as the owner said, else as it says itself, else its id."),
  ),
  display_name: v.pipe(
    v.string(),
    v.description("The name for people: the id stands beside a name that is taken or unsafe."),
  ),
  liveness,
  since: v.pipe(instant, v.description("When the liveness changed last.")),
  last_heartbeat_at: instantOrNull,
  acknowledged: v.pipe(
    v.boolean(),
    v.description("Somebody takes care of what is wrong with it."),
  ),
  maintenance_until: v.pipe(
    instantOrNull,
    v.description("Until when nobody is notified of it; over when that is past."),
  ),
  flapping: v.pipe(v.boolean(), v.description("It dies and comes back again and again.")),
  agent_silent: v.pipe(
    v.boolean(),
    v.description("It is down, but its machine answers on the network: only its agent is silent."),
  ),
  farewell: v.pipe(
    v.nullable(v.picklist(["stop", "restart", "reboot", "poweroff", "unknown"])),
    v.description("Why it said farewell, of a node that is stopped or did not come back."),
  ),
  warnings: v.pipe(
    v.array(v.string()),
    v.description("What a person should know beside its state, in English."),
  ),
  warning_codes: v.pipe(v.array(warning), v.description("The same as codes.")),
  storage,
};

export const statusNode = exactly<StatusNode>()(v.pipe(
  v.object(statusEntries),
  v.description("A node without what it measured and what it is made of."),
));

const fact = v.union([v.string(), v.number(), v.array(v.string())]);
const remoteLink = v.pipe(
  v.string(),
  v.maxLength(256),
  v.regex(/^(ssh|sftp|https?|vnc|rdp):\/\//),
);

export const node = exactly<NodeView>()(v.pipe(
  v.object({
    ...statusEntries,
    session: v.pipe(
      textOrNull,
      v.description("One run of its agent; null before it was heard."),
    ),
    vitals: v.pipe(
      v.record(v.string(), vital),
      v.description("By name: temperature, cpu, memory, disk, under_voltage, and others."),
    ),
    facts: v.pipe(
      v.record(v.string(), fact),
      v.description(
        "What it says of its machine. Guests are told model, os, kernel, architecture, version, uptime_s.",
      ),
    ),
    group: v.pipe(textOrNull, v.description("Its group of [cluster] groups.")),
    remote: v.pipe(
      v.array(remoteLink),
      v.maxLength(8),
      v.description("Links to it; none for guests."),
    ),
  }),
  v.description("A node as it is now."),
));
