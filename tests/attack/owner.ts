/** The owner, who wants to see how his cluster is while it is attacked. */

import { session } from "../support/page/hub_http.ts";
import type { Hub } from "../support/program/programs.ts";
import { until } from "../support/time/until.ts";

/** Longer than he waits. */
const PATIENCE = { withinMs: 20_000 };

/** How long until he sees his cluster; Infinity: not at all. */
export interface OwnersWait {
  readonly pageMs: number;
  readonly commandMs: number;
}

export async function ownersWait(hub: Hub): Promise<OwnersWait> {
  return {
    pageMs: await msUntil("the owner to log in", () => seesPage(hub)),
    commandMs: await msUntil("hub status to answer", () => seesStatus(hub)),
  };
}

/** Whoever is not let in tries again, as a person does. */
async function msUntil(what: string, attempt: () => Promise<boolean>): Promise<number> {
  const startedMs = performance.now();
  try {
    await until(what, () => attempt().catch(() => false), PATIENCE);
    return performance.now() - startedMs;
  } catch {
    return Infinity;
  }
}

async function seesPage(hub: Hub): Promise<boolean> {
  const cookie = await session(hub);
  const answer = await hub.fetch("/api/v1/nodes", { headers: { Cookie: cookie } });
  await answer.body?.cancel();
  return answer.ok;
}

async function seesStatus(hub: Hub): Promise<boolean> {
  const { text } = await hub.run("status", "--json");
  return "status" in JSON.parse(text);
}
