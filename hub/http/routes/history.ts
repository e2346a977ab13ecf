/** Nodes, notifications and metrics over HTTP. */

import * as v from "valibot";
import { guestNode } from "../../../core/api/guest_view.ts";
import type { Metrics } from "../../live/metrics.ts";
import { deliveryView } from "../../live/delivery_view.ts";
import type { Projection } from "../../live/projection.ts";
import type { Store } from "../../store/store.ts";
import type { Api } from "../api/api.ts";
import { DELIVERY, NODE } from "../api/examples.ts";
import { deliveries, nodes as nodesSchema, ROWS_MAX } from "../schema/answers.ts";
import { takesGzip } from "../compression.ts";
import { numberFromOne, queryOf } from "../schema/input.ts";
import { isGuest } from "./login.ts";

export interface HistoryOptions {
  readonly metrics: Metrics;
  readonly projection: Projection;
  readonly store: Store;
}

const nodesOperation = {
  id: "getNodes",
  method: "get",
  path: "/api/v1/nodes",
  tag: "Nodes",
  summary: "All nodes as they are now",
  access: "viewer",
  isCompressed: true,
  answer: {
    description: "All nodes, and whether the hub cannot trust its own view.",
    schema: nodesSchema,
    example: { blind: false, nodes: [NODE] },
  },
} as const;

const deliveriesOperation = {
  id: "getDeliveries",
  method: "get",
  path: "/api/v1/deliveries",
  tag: "History",
  summary: "Messages to people, newest first",
  description: "All, or those about one incident.",
  access: "operator",
  query: queryOf({ incident: v.optional(numberFromOne), limit: v.optional(numberFromOne) }),
  answer: {
    description: "At most 1000 messages.",
    schema: deliveries,
    example: { deliveries: [DELIVERY] },
  },
} as const;

const metricsOperation = {
  id: "getMetrics",
  method: "get",
  path: "/metrics",
  tag: "Programs",
  summary: "Figures for Prometheus",
  access: "viewer",
  answer: {
    description: "Prometheus text format.",
    contentType: "text/plain",
    example: 'rpi_cluster_nodes{liveness="dead"} 1\n',
  },
} as const;

export function historyRoutes(api: Api, { metrics, projection, store }: HistoryOptions): void {
  api.serve(nodesOperation, (context) => {
    const nodes = projection.nodes();
    const blind = projection.blind !== null;
    return context.json({ blind, nodes: isGuest(context) ? nodes.map(guestNode) : nodes });
  });
  // Only after a login, because guests must not see the recipients.
  api.ask(deliveriesOperation, (context, { incident, limit = ROWS_MAX }) => {
    const rowsMax = Math.min(limit, ROWS_MAX);
    const rows = incident === undefined
      ? store.outbox.newest(rowsMax)
      : store.outbox.newestAbout(incident, rowsMax);
    return context.json({ deliveries: rows.map(deliveryView) });
  });
  api.serve(metricsOperation, async (context) => {
    const { contentType, plain, gzip } = await metrics.render();
    const headers = { "Content-Type": contentType, Vary: "Accept-Encoding" };
    if (!takesGzip(context)) return context.body(plain, 200, headers);
    return context.body(gzip, 200, { ...headers, "Content-Encoding": "gzip" });
  });
}
