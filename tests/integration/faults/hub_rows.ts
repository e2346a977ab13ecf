/** Faults of the hub itself: restarts at bad moments, a full disk, a calendar that leaps. */

import assert from "node:assert/strict";
import { join } from "node:path";
import {
  databaseDamaged,
  diskFull,
  down,
  upAgain,
  writesAgain,
} from "../../support/alerting/expected_texts.ts";
import type { FaultRow } from "../../support/faults/fault_row.ts";
import { leafPage, overwritePage } from "../../support/store/database_damage.ts";
import { pass } from "../../support/time/pass.ts";

const HOUR_MS = 3_600_000;
const OUTAGE = { kind: "raw", status: 503, body: "" } as const;

function leapRow(fault: string, leapMs: number): FaultRow {
  return {
    fault,
    ownCalendar: true,
    lastsMs: 60_000,
    told: [down("John Snow", [3, 30]), upAgain("John Snow", [3, 40])],
    deaths: ["John Snow"],
    async play(stage) {
      const agent = await stage.agent("John Snow");
      stage.phone.otherwise(OUTAGE);
      await agent.kill();
      // The message is promised, and waits for its next attempt, when the calendar leaps.
      await stage.hub.process.line("state=pending attempts=2", { withinMs: 30_000 });
      stage.calendar.set(leapMs);
      stage.phone.otherwise({ kind: "created" });
      await stage.untilTold(down("John Snow"));
      stage.calendar.set(0);
      await agent.start();
    },
  };
}

function restartRow(fault: string, end: "stop" | "kill"): FaultRow {
  return {
    fault,
    lastsMs: 45_000,
    told: [down("John Snow", [5, 40])],
    deaths: ["John Snow"],
    async play(stage) {
      await stage.agent("Arya");
      const agent = await stage.agent("John Snow");
      await stage.hub[end]();
      await agent.kill();
      await pass(5000);
      await stage.hub.start();
    },
  };
}

export const HUB_ROWS: readonly FaultRow[] = [
  restartRow("the hub is stopped, a Pi dies, the hub is started 5 s later", "stop"),
  {
    ...restartRow("the hub is killed, a Pi dies, the hub is started 5 s later", "kill"),
    inEveryRun: true,
  },
  {
    fault: "the hub is killed while it holds a death, and started again",
    inEveryRun: true,
    hub: { alerts: { hold: "5s" } },
    lastsMs: 45_000,
    told: [down("John Snow", [5, 40])],
    deaths: ["John Snow"],
    async play(stage) {
      await stage.agent("Arya");
      const agent = await stage.agent("John Snow");
      await agent.kill();
      await stage.hub.process.line("a node died node=john-snow");
      await stage.hub.kill();
      await stage.hub.start();
    },
  },
  {
    fault: "the hub is killed with its broker, and started 10 s later",
    broker: "embedded",
    lastsMs: 40_000,
    told: [],
    deaths: [],
    async play(stage) {
      await stage.agent("John Snow");
      await stage.hub.kill();
      await pass(10_000);
      await stage.hub.start();
    },
  },
  {
    fault: "the hub's disk is full for 20 s: a message is promised before, a Pi dies meanwhile",
    inEveryRun: true,
    ownDisk: true,
    lastsMs: 70_000,
    told: [down("Bran", [3, 60]), down("John Snow"), diskFull(), writesAgain([15, 40])],
    deaths: ["Bran", "John Snow"],
    async play(stage) {
      await stage.agent("Arya");
      const [promised, meanwhile] = [await stage.agent("Bran"), await stage.agent("John Snow")];
      stage.phone.otherwise(OUTAGE);
      await promised.kill();
      await stage.phone.waitFor("requests", 1, 30_000);
      await stage.disk.fill();
      stage.phone.otherwise({ kind: "created" });
      const { process } = stage.hub;
      await meanwhile.kill();
      await pass(20_000);
      await stage.disk.free();
      await stage.untilTold(writesAgain([15, 40]));
      assert.ok(!process.hasEnded, "the hub has ended");
      assert.ok(process.lines.some((line) => /full/.test(line)), "it never said what is wrong");
    },
  },
  {
    fault: "the hub's database is damaged while it does not run, and a Pi dies meanwhile",
    inEveryRun: true,
    lastsMs: 60_000,
    told: [down("Bran", [3, 60]), databaseDamaged(), down("John Snow", [3, 40])],
    deaths: ["Bran", "John Snow"],
    async play(stage) {
      await stage.agent("Arya");
      const [before, meanwhile] = [await stage.agent("Bran"), await stage.agent("John Snow")];
      await before.kill();
      await stage.untilTold(down("Bran", [3, 60]));
      await stage.hub.stop();
      const database = join(stage.hub.statePath, "hub.db");
      overwritePage(database, leafPage(database, "facts"), 0xa5);
      await meanwhile.kill();
      await stage.hub.start();
      await stage.untilTold(databaseDamaged());
    },
  },
  {
    fault: "the hub's database is deleted while it runs; it is killed later, and started again",
    lastsMs: 60_000,
    told: [down("Bran", [3, 60]), upAgain("Bran", [3, 60])],
    deaths: ["Bran"],
    async play(stage) {
      await stage.agent("Arya");
      const agent = await stage.agent("Bran");
      await agent.kill();
      await stage.untilTold(down("Bran", [3, 60]));
      Deno.removeSync(join(stage.hub.statePath, "hub.db"));
      await stage.hub.process.line("the database was deleted", { withinMs: 30_000 });
      await stage.hub.kill();
      await stage.hub.start();
      await agent.start();
    },
  },
  {
    fault: "a second hub is started on the same state folder, and a Pi dies",
    lastsMs: 45_000,
    told: [down("John Snow", [3, 40])],
    deaths: ["John Snow"],
    async play(stage) {
      const agent = await stage.agent("John Snow");
      const { code, text } = await stage.hub.run();
      assert.equal(code, 1);
      assert.match(text, /Another hub uses/);
      await agent.kill();
    },
  },
  { ...leapRow("the hub's clock is set an hour forth, and back again", HOUR_MS), inEveryRun: true },
  leapRow("the hub's clock is set an hour back, and forth again", -HOUR_MS),
];
