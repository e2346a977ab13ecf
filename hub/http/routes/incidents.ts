/** What was wrong and when, as JSON and as a table for whoever wants to calculate. */

import { type Context, Hono, type MiddlewareHandler } from "hono";
import type { IncidentKind, IncidentView } from "../../../core/api/feed.ts";
import { guestIncident } from "../../../core/api/guest_view.ts";
import { incidentView } from "../../live/projection.ts";
import { INCIDENTS_MAX } from "../../store/incident_rows.ts";
import type { Store } from "../../store/store.ts";
import { csvOf } from "../csv.ts";
import { badQuery, Query, ROWS_MAX } from "../query.ts";
import { isGuest } from "./login.ts";

const KINDS: readonly IncidentKind[] = [
  "node",
  "flapping",
  "reboot",
  "broker",
  "uplink",
  "network",
  "vital",
  "hub",
  "common",
];

/** The columns of the table, called as in JSON. */
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

export interface IncidentRoutesOptions {
  readonly store: Store;
  readonly viewer: MiddlewareHandler;
}

/** The routes, with their whole paths. */
export function incidentRoutes({ store, viewer }: IncidentRoutesOptions): Hono {
  const routes = new Hono();
  const get = (path: string, rowsMax: number, answer: Answer) =>
    routes.get(path, viewer, (context) => {
      const query = new Query(context, ["node", "kind", "from", "to", "open", "limit"]);
      const limit = Math.min(query.number("limit") ?? rowsMax, rowsMax);
      const filter = {
        node: query.node("node"),
        kind: query.choice("kind", KINDS),
        fromMs: query.instant("from"),
        toMs: query.instant("to"),
        isOpen: query.flag("open"),
      };
      if (query.problem !== undefined) return badQuery(context, query.problem);
      const incidents = store.incidents.newest(limit, filter).map(incidentView);
      return answer(context, isGuest(context) ? incidents.map(guestIncident) : incidents);
    });
  get("/api/v1/incidents", ROWS_MAX, (context, incidents) => {
    return context.json({ incidents });
  });
  // Of a table nobody reads a part.
  get("/api/v1/incidents.csv", INCIDENTS_MAX, (context, incidents) => {
    const rows = incidents.map((one) => COLUMNS.map((column) => one[column]));
    return context.body(csvOf([COLUMNS, ...rows]), 200, {
      "Content-Type": "text/csv; charset=utf-8; header=present",
      "Content-Disposition": 'attachment; filename="incidents.csv"',
    });
  });
  return routes;
}

type Answer = (context: Context, incidents: readonly IncidentView[]) => Response;
