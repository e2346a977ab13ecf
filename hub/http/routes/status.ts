/** The status of the cluster for widgets and scripts, and of the hub itself. */

import { guestNode, guestNotification } from "../../../core/api/guest_view.ts";
import type { BackupView } from "../../../core/api/backup_view.ts";
import { statusView } from "../../../core/api/status_view.ts";
import { VERSION } from "../../../core/version.ts";
import type { Actions } from "../../actions/cluster_actions.ts";
import type { Projection } from "../../live/projection.ts";
import type { Api } from "../api/api.ts";
import { BACKUP, STATUS } from "../api/examples.ts";
import { backups, status } from "../schema/answers.ts";
import { isGuest } from "./login.ts";

export interface StatusRoutesOptions {
  readonly actions: Pick<Actions, "inForce">;
  readonly projection: Projection;
  /** `null` where the owner wants no nightly backups. */
  readonly backup: () => BackupView | null;
}

const statusOperation = {
  id: "getStatus",
  method: "get",
  path: "/api/v1/status",
  tag: "Cluster",
  summary: "How the cluster is, for a widget or a script",
  access: "viewer",
  answer: { description: "The status.", schema: status, example: STATUS },
} as const;

const backupsOperation = {
  id: "getBackups",
  method: "get",
  path: "/api/v1/backups",
  tag: "Cluster",
  summary: "The nightly backups of the hub",
  access: "operator",
  answer: {
    description: "Where they are, when the last one was made, and why there is none since.",
    schema: backups,
    example: { backup: BACKUP },
  },
} as const;

const OF_HUB = { method: "get", tag: "Programs", access: "anyone" } as const;
const TEXT = { contentType: "text/plain", example: "ok\n" } as const;

const healthOperation = {
  ...OF_HUB,
  id: "getHealth",
  path: "/healthz",
  summary: "Whether the hub runs",
  answer: { ...TEXT, description: "It runs." },
} as const;

const readyOperation = {
  ...OF_HUB,
  id: "getReadiness",
  path: "/readyz",
  summary: "Whether the hub can trust its own view",
  answer: { ...TEXT, description: "It can." },
  failures: [{ status: 503, code: undefined, description: "It cannot: since when, and why." }],
} as const;

export function statusRoutes(api: Api, options: StatusRoutesOptions): void {
  const { actions, projection, backup } = options;
  api.serve(healthOperation, (context) => context.text("ok\n"));
  api.serve(readyOperation, (context) => {
    const { blind } = projection;
    return blind === null
      ? context.text("ok\n")
      : context.text(`blind since ${blind.since}: ${blind.reason}\n`, 503);
  });
  api.serve(backupsOperation, (context) => context.json({ backup: backup() }));
  api.serve(statusOperation, (context) => {
    const guest = isGuest(context);
    const nodes = projection.nodes();
    // Guests do not see silences.
    const { silences, maintenance } = guest ? { silences: [], maintenance: [] } : actions.inForce();
    return context.json(statusView({
      at: projection.now(),
      version: VERSION,
      blind: projection.blind,
      notification: guest ? guestNotification(projection.notification) : projection.notification,
      refused: guest ? [] : projection.refused(),
      nodes: guest ? nodes.map(guestNode) : nodes,
      silences,
      maintenance,
      backup: guest ? null : backup(),
      watchdog: guest ? undefined : projection.watchdog(),
      brokers: guest ? undefined : projection.brokers(),
    }));
  });
}
