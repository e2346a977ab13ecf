/** Storms make thousands of incidents: what is looked for at the end of each is found by an index. */

import assert from "node:assert/strict";
import { DatabaseSync } from "node:sqlite";
import type { Database, Row } from "../../../hub/store/database/database.ts";
import { SCHEMA_STEPS } from "../../../hub/store/database/schema.ts";
import { IncidentRows, INCIDENTS_MAX } from "../../../hub/store/incident_rows.ts";
import { Store } from "../../../hub/store/store.ts";

const NOW_MS = 1_764_000_000_000;
const DEATH = { kind: "node", name: "Arya", cause: "silence", diedAtMs: NOW_MS } as const;

function deathOf(node: string): Parameters<IncidentRows["open"]>[0] {
  return { ...DEATH, node, subject: `node ${node}` };
}

/** Notes how SQLite finds the rows of each statement. */
class Explained implements Database {
  readonly plans: string[] = [];
  readonly #file = new DatabaseSync(":memory:");

  constructor() {
    for (const step of SCHEMA_STEPS) this.#file.exec(step);
  }

  run(sql: string, values: Row): void {
    this.all(sql, values);
  }

  get(sql: string, values: Row): Row | undefined {
    return this.all(sql, values)[0];
  }

  all(sql: string, values: Row): Row[] {
    const plan = this.#file.prepare(`EXPLAIN QUERY PLAN ${sql}`).all(values);
    this.plans.push(...plan.map(({ detail }) => String(detail)));
    return this.#file.prepare(sql).all(values);
  }
}

Deno.test("the beginning and the end of an incident, and of its common cause, walk over no table", () => {
  const database = new Explained();
  const incidents = new IncidentRows(database);
  // The limit of incidents is reached.
  incidents.open({ ...deathOf("ned"), id: INCIDENTS_MAX });
  database.plans.length = 0;
  const parts = ["arya", "bran"].map((node) => incidents.open(deathOf(node)));
  const common = { ...DEATH, kind: "common", node: "", subject: "common sms 1" } as const;
  const parent = incidents.open(common);
  incidents.adopt(parent, parts);
  assert.deepEqual(incidents.close("node arya", { atMs: NOW_MS }), [parts[0]]);
  assert.deepEqual(incidents.close("node bran", { atMs: NOW_MS }), [parts[1], parent]);
  // The ids that the caller lists are no table.
  assert.deepEqual(database.plans.filter((plan) => /^SCAN (?!json_each)/.test(plan)), []);
  assert(
    database.plans.some((plan) => plan.includes("INDEX open_parts")),
    database.plans.join("\n"),
  );
});

Deno.test("an incident of whose end people are to be notified stays, however many follow it", () => {
  using store = new Store(":memory:");
  const { incidents, notifications } = store;
  const [told, untold] = store.transaction(() => {
    const ids = ["arya", "bran"].map((node) => incidents.open(deathOf(node)));
    notifications.notify(ids[0] ?? 0, "sms", NOW_MS);
    for (const node of ["arya", "bran"]) incidents.close(`node ${node}`, { atMs: NOW_MS });
    for (let more = 0; more < INCIDENTS_MAX + 200; more++) incidents.open(deathOf(`pi-${more}`));
    return ids;
  });
  assert.deepEqual(incidents.owed().map(({ id }) => id).filter((id) => id === told), [told]);
  assert.equal(incidents.get(untold ?? 0), undefined);
});
