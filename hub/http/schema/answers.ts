/** Schemas of the answers of the API. */

import * as v from "valibot";
import { BACKUP_FAILURES, type BackupView } from "../../../core/api/backup_view.ts";
import { UNHEARD_SHOWN_MAX, type UnheardCredential } from "../../../core/api/credential_view.ts";
import { API_ERROR_CODES, type ApiErrorBody } from "../../../core/api/error.ts";
import type { SessionView } from "../../../core/api/session_view.ts";
import type { StatusView } from "../../../core/api/status_view.ts";
import {
  blind,
  brokers,
  joins as joinList,
  maintenance,
  notification,
  refused,
  rememberedRefusal,
  silence,
  watchdog,
} from "./cluster.ts";
import { exactly } from "./exactly.ts";
import { delivery, failure, incident } from "./incident.ts";
import { node, statusNode } from "./node.ts";
import { instant, nodeId, wholeNumber } from "./values.ts";

/** The maximum number of rows of history in an answer. */
export const ROWS_MAX = 1000;

export const nodes = v.object({ blind: v.boolean(), nodes: v.array(node) });

const backup = v.nullable(
  exactly<BackupView>()(v.pipe(
    v.object({
      folder: v.string(),
      last_at: v.nullable(instant),
      failure: v.nullable(v.picklist(BACKUP_FAILURES)),
      error: v.nullable(v.pipe(v.string(), v.description("The failure in English."))),
    }),
    v.description("The last nightly backup, and why the last attempt failed."),
  )),
);
export const backups = v.pipe(
  v.object({ backup }),
  v.description("null: the owner wants no nightly backups."),
);

export const status = exactly<StatusView>()(v.pipe(
  v.object({
    at: instant,
    version: v.string(),
    status: v.pipe(
      v.picklist([
        "blind",
        "none",
        "down",
        "failing",
        "late",
        "unknown",
        "up",
        "maintenance",
        "stopped",
      ]),
      v.description(
        "The worst that is true. down: one is dead that is not in maintenance; failing: one lives on " +
          "without storage; unknown: one was not heard yet; stopped: nothing runs, on purpose; " +
          "none: no Pi has reported yet.",
      ),
    ),
    blind,
    notification,
    refused,
    counts: v.object({
      dead: wholeNumber,
      suspect: wholeNumber,
      unknown: wholeNumber,
      alive: wholeNumber,
      left: wholeNumber,
    }),
    nodes: v.array(statusNode),
    silences: v.array(silence),
    maintenance: v.array(maintenance),
    backup,
    watchdog: v.exactOptional(watchdog),
    brokers: v.exactOptional(brokers),
  }),
  v.description("How the cluster is. Guests get empty lists of silences and maintenance."),
));

export const incidents = v.object({
  incidents: v.pipe(v.array(incident), v.maxLength(ROWS_MAX)),
});
export const deliveries = v.object({
  deliveries: v.pipe(v.array(delivery), v.maxLength(ROWS_MAX)),
});

const inForceEntries = { silences: v.array(silence), maintenance: v.array(maintenance) };
export const inForce = v.pipe(
  v.object(inForceEntries),
  v.description("What is in force."),
);
export const acknowledged = v.pipe(
  v.object({ ...inForceEntries, acknowledged: v.array(wholeNumber) }),
  v.description("The incidents that were acknowledged, and what is in force."),
);

const session = exactly<SessionView>()(v.object({
  id: wholeNumber,
  created_at: instant,
  last_seen_at: instant,
  address: v.string(),
  agent: v.pipe(v.string(), v.maxLength(256), v.description("What the browser calls itself.")),
  current: v.pipe(v.boolean(), v.description("The one that asks.")),
}));
export const sessions = v.object({ sessions: v.pipe(v.array(session), v.maxLength(100)) });

export const refusals = v.object({ at: instant, clients: v.array(rememberedRefusal) });

export const renamed = v.object({
  name: v.pipe(v.string(), v.description("What people read now.")),
});
export const done = v.object({});
export const upgradesAsked = v.object({
  nodes: v.pipe(v.array(nodeId), v.description("One after the other, in this order.")),
});
const note = v.exactOptional(v.pipe(
  v.string(),
  v.description("What is left for a person to do."),
));
export const noted = v.object({ note });
export const enrolled = v.pipe(
  v.object({
    id: nodeId,
    config: v.pipe(v.string(), v.description("The node's config.ini, with its password.")),
    command: v.pipe(
      v.string(),
      v.description("Writes that file, in a shell on the node."),
    ),
    note,
  }),
  v.description("A new credential. The hub shows it once and keeps it nowhere."),
);
const unheard = exactly<UnheardCredential>()(v.object({ id: nodeId, name: v.string() }));
export const credentials = v.pipe(
  v.object({
    unheard: v.pipe(v.array(unheard), v.maxLength(UNHEARD_SHOWN_MAX)),
    total: v.pipe(wholeNumber, v.description("How many there are, also beyond this list.")),
  }),
  v.description(
    "Credentials with which the hub has heard neither agent nor tracker. Another program may use one.",
  ),
);
export const joinOffer = v.pipe(
  v.object({
    id: nodeId,
    name: v.string(),
    join: v.pipe(v.string(), v.description("Names the line in the feed and in /api/v1/joins.")),
    line: v.pipe(v.string(), v.description("Does everything, in a shell on the node.")),
    commands: v.pipe(v.array(v.string()), v.description("The same, without a pipe into a shell.")),
    until: v.pipe(instant, v.description("Until then the line can be used, once.")),
    encrypted: v.pipe(
      v.boolean(),
      v.description("Whether nobody between hub and node can read or change what they say."),
    ),
    architectures: v.pipe(
      v.array(v.string()),
      v.description(
        "The processors, as dpkg names them, for which the hub has packages; all: any other one, " +
          "by the agent in shell.",
      ),
    ),
    note,
  }),
  v.description(
    "One line for a node, shown once. The node's credential begins when the line is used.",
  ),
);
export const enrolAnswer = v.pipe(
  v.union([enrolled, joinOffer]),
  v.description("With join: true a line, else a credential."),
);
export const joins = v.object({ joins: joinList });
export const testAnswer = v.object({
  outcomes: v.array(v.object({
    channel: v.string(),
    recipient: v.string(),
    state: v.picklist([
      "accepted",
      "delivered",
      "refused",
      "deferred",
      "failed",
      "unconfirmed",
      "printed",
    ]),
    detail: v.pipe(v.string(), v.description("In English.")),
    reference: v.optional(
      v.pipe(v.string(), v.description("What finds the message at the provider.")),
    ),
    failure: v.optional(failure),
  })),
});

export const openApi = v.pipe(
  v.objectWithRest({ openapi: v.pipe(v.string(), v.regex(/^3\.1\./)) }, v.unknown()),
  v.description("A document of OpenAPI 3.1."),
);

export const error = exactly<ApiErrorBody>()(v.pipe(
  v.object({
    error: v.object({
      code: v.pipe(v.picklist(API_ERROR_CODES), v.description("For programs.")),
      message: v.pipe(v.string(), v.minLength(1), v.description("For people.")),
      field: v.optional(
        v.pipe(v.string(), v.description("With bad_request: the key whose value is wrong.")),
      ),
    }),
  }),
  v.description("What every status from 400 on answers in JSON."),
));
