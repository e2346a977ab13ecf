/** Incidents over HTTP, as JSON and as a CSV table. */

import type { Context } from "hono";
import * as v from "valibot";
import { guestIncident } from "../../../core/api/guest_view.ts";
import { INCIDENT_KINDS } from "../../../core/api/incident_view.ts";
import { incidentView } from "../../live/incident_view.ts";
import { INCIDENTS_MAX } from "../../store/incident_rows.ts";
import type { Store } from "../../store/store.ts";
import type { Api } from "../api/api.ts";
import { INCIDENT } from "../api/examples.ts";
import { csvOf } from "../csv.ts";
import { incidents as incidentsSchema, ROWS_MAX } from "../schema/answers.ts";
import { choiceOf, flag, instantMs, nodeInQuery, numberFromOne, queryOf } from "../schema/input.ts";
import { isGuest } from "./login.ts";

/** The columns of the table, with the names of the JSON keys. */
const COLUMNS = [
  "id",
  "kind",
  "node",
  "name",
  "cause",
  "died_at",
  "recovered_at",
  "told_at",
  "acknowledged_at",
  "changes",
  "parent",
  "last_heard_at",
] as const;

const query = queryOf({
  node: v.optional(nodeInQuery),
  kind: v.optional(choiceOf(INCIDENT_KINDS)),
  from: v.optional(instantMs),
  to: v.optional(instantMs),
  open: v.optional(flag),
  limit: v.optional(numberFromOne),
});

const incidentsOperation = {
  id: "getIncidents",
  method: "get",
  path: "/api/v1/incidents",
  tag: "History",
  summary: "What was wrong and when, newest first",
  access: "viewer",
  query,
  isCompressed: true,
  answer: {
    description: "At most 1000 incidents.",
    schema: incidentsSchema,
    example: { incidents: [INCIDENT] },
  },
} as const;

const tableOperation = {
  id: "getIncidentsTable",
  method: "get",
  path: "/api/v1/incidents.csv",
  tag: "History",
  summary: "The same incidents as a table (RFC 4180)",
  access: "viewer",
  query,
  isCompressed: true,
  answer: {
    description: "A header and at most 10,000 rows.",
    contentType: "text/csv",
    example: `${COLUMNS.join(",")}\r\n`,
  },
} as const;

export function incidentRoutes(api: Api, { store }: { readonly store: Store }): void {
  const found = (
    context: Context,
    { node, kind, from, to, open, limit }: v.InferOutput<typeof query>,
    rowsMax: number,
  ) => {
    const filter = { node, kind, fromMs: from, toMs: to, isOpen: open };
    const incidents = store.incidents.newest(Math.min(limit ?? rowsMax, rowsMax), filter)
      .map(incidentView);
    return isGuest(context) ? incidents.map(guestIncident) : incidents;
  };
  api.ask(incidentsOperation, (context, asked) => {
    return context.json({ incidents: found(context, asked, ROWS_MAX) });
  });
  // A table is complete by default.
  api.ask(tableOperation, (context, asked) => {
    const rows = found(context, asked, INCIDENTS_MAX).map((one) =>
      COLUMNS.map((column) => one[column])
    );
    return context.body(csvOf([COLUMNS, ...rows]), 200, {
      "Content-Type": "text/csv; charset=utf-8; header=present",
      "Content-Disposition": 'attachment; filename="incidents.csv"',
    });
  });
}
