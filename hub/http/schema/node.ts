/** The API's answers about one node. */

import * as v from "valibot";
import type { NodePatch } from "../../../core/api/node_patch.ts";
import type { NodeView, NodeWarning, VitalView } from "../../../core/api/node_view.ts";
import type { StatusNode } from "../../../core/api/status_view.ts";
import { STORAGE_FAULTS } from "../../../core/protocol/storage.ts";
import {
  UPGRADE_FAILURES,
  UPGRADE_STEPS,
  type UpgradeView,
} from "../../../core/api/upgrade_view.ts";
import { type Way, WAY_STATES, WAY_WARNINGS } from "../../../core/protocol/ways.ts";
import { exactly } from "./exactly.ts";
import { instant, instantOrNull, liveness, nodeId, textOrNull } from "./values.ts";

const vitalValue = v.pipe(
  v.nullable(v.union([v.number(), v.boolean()])),
  v.description("In the unit of its kind; null where it is not supported."),
);

export const vital = exactly<VitalView>()(v.pipe(
  v.object({
    value: vitalValue,
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
  version: v.pipe(textOrNull, v.description("The version of its agent, if it says so.")),
  outdated: v.pipe(v.boolean(), v.description("Its agent is older than the hub.")),
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

const way = exactly<Way>()(v.pipe(
  v.object({
    state: v.picklist(WAY_STATES),
    port: v.exactOptional(v.number()),
    host: v.exactOptional(v.string()),
    expires_at: v.exactOptional(instant),
    warning: v.exactOptional(v.picklist(WAY_WARNINGS)),
  }),
  v.description(
    "local: it listens for its own machine alone; down: it is installed but does not run, or does " +
      "not listen; unknown: the agent cannot know it.",
  ),
));

const ways = v.pipe(
  v.object({
    ssh: v.exactOptional(way),
    vnc: v.exactOptional(way),
    connect: v.exactOptional(way),
    tailscale: v.exactOptional(way),
    remoteit: v.exactOptional(way),
  }),
  v.description(
    "How it can be reached, as its agent found; a way that is not installed is absent. Empty if " +
      "the agent does not say, and for guests.",
  ),
);

const upgrade = exactly<UpgradeView | null>()(v.pipe(
  v.nullable(v.object({
    available: v.pipe(
      textOrNull,
      v.description("The newer version that the hub has for it; null: none."),
    ),
    step: v.pipe(
      v.nullable(v.picklist(UPGRADE_STEPS)),
      v.description(
        "waiting: others come first; asked, requested, running, checking: under way; null: " +
          "nobody has asked.",
      ),
    ),
    version: v.pipe(textOrNull, v.description("The version of that upgrade.")),
    failure: v.pipe(
      v.nullable(v.picklist(UPGRADE_FAILURES)),
      v.description("Why it failed; stopped: an earlier one failed."),
    ),
  })),
  v.description("Its upgrade from the hub; null: it takes none, and for guests."),
));

const nodeEntries = {
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
      "What it says of its machine. Guests get model, os, kernel, architecture, version, uptime_s.",
    ),
  ),
  group: v.pipe(textOrNull, v.description("Its group of [cluster] groups.")),
  remote: v.pipe(
    v.array(remoteLink),
    v.maxLength(8),
    v.description("Links to it; none for guests."),
  ),
  remote_names: v.pipe(
    v.array(v.pipe(v.string(), v.maxLength(24))),
    v.maxLength(8),
    v.description('What its owner calls each of these links, or ""; none if none has a name.'),
  ),
  ways,
  upgrade,
};

export const node = exactly<NodeView>()(v.pipe(
  v.object(nodeEntries),
  v.description("A node as it is now."),
));

export const nodePatch = exactly<NodePatch>()(v.pipe(
  v.object({
    name: v.exactOptional(nodeEntries.name),
    display_name: v.exactOptional(nodeEntries.display_name),
    liveness: v.exactOptional(nodeEntries.liveness),
    since: v.exactOptional(nodeEntries.since),
    session: v.exactOptional(nodeEntries.session),
    last_heartbeat_at: v.exactOptional(nodeEntries.last_heartbeat_at),
    vitals: v.exactOptional(v.pipe(
      v.record(v.string(), v.union([vital, vitalValue])),
      v.description("Changed vitals, as a value alone where the level is the same."),
    )),
    facts: v.exactOptional(nodeEntries.facts),
    warnings: v.exactOptional(nodeEntries.warnings),
    warning_codes: v.exactOptional(nodeEntries.warning_codes),
    group: v.exactOptional(nodeEntries.group),
    remote: v.exactOptional(nodeEntries.remote),
    remote_names: v.exactOptional(nodeEntries.remote_names),
    ways: v.exactOptional(nodeEntries.ways),
    upgrade: v.exactOptional(nodeEntries.upgrade),
    acknowledged: v.exactOptional(nodeEntries.acknowledged),
    maintenance_until: v.exactOptional(nodeEntries.maintenance_until),
    flapping: v.exactOptional(nodeEntries.flapping),
    agent_silent: v.exactOptional(nodeEntries.agent_silent),
    farewell: v.exactOptional(nodeEntries.farewell),
    version: v.exactOptional(nodeEntries.version),
    outdated: v.exactOptional(nodeEntries.outdated),
    storage: v.exactOptional(nodeEntries.storage),
  }),
  v.description("What changed of a node."),
));
