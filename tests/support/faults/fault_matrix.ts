/** Plays the rows of the fault matrix side by side, judges each, and prints what was told. */

import assert from "node:assert/strict";
import { down, isTold, type Told } from "../alerting/expected_texts.ts";
import { networkHindrance } from "../network/network.ts";
import type { FaultRow } from "./fault_row.ts";
import { type Channel, idOf } from "./fault_settings.ts";
import { Stage } from "./fault_stage.ts";

/** Rows at the same time: they mostly wait, but each has a broker, a hub and some agents. */
const AT_ONCE = 8;
/** Lines of the hub's log that a failure shows. */
const LINES_SHOWN = 60;
/** Who dies at the end of each row: its death proves that the hub still tells, and comes last. */
const MARKER = "Marker";
const MARKER_IS_DOWN = down(MARKER, [3, 60]);

interface Outcome {
  readonly row: FaultRow;
  readonly tookMs: number;
  /** All texts of the row, by SMS and by webhook. */
  readonly told: readonly string[];
  readonly posted: readonly string[];
  readonly failure: unknown;
}

/** Registers one test with a step for each row. */
export function testFaults(name: string, rows: readonly FaultRow[]): void {
  const hindrance = networkHindrance();
  Deno.test({
    name: hindrance === undefined ? name : `${name} (${hindrance})`,
    // In CI it fails, for a matrix without rows proves nothing.
    ignore: hindrance !== undefined && Deno.env.get("CI") !== "true",
    async fn(test) {
      const outcomes = await playAll(rows);
      console.log(matrixOf(outcomes));
      for (const { row, failure } of outcomes) {
        await test.step(nameOf(row), () => {
          if (failure !== undefined) throw failure;
        });
      }
    },
  });
}

/** In the order of `rows`. */
async function playAll(rows: readonly FaultRow[]): Promise<readonly Outcome[]> {
  const waiting = rows.toSorted((a, b) => b.lastsMs - a.lastsMs);
  const outcomes = new Map<FaultRow, Outcome>();
  const player = async () => {
    for (let row = waiting.shift(); row !== undefined; row = waiting.shift()) {
      outcomes.set(row, await playRow(row));
    }
  };
  await Promise.all(Array.from({ length: AT_ONCE }, player));
  return rows.flatMap((row) => outcomes.get(row) ?? []);
}

/** Never throws: what goes wrong is the row's outcome. */
async function playRow(row: FaultRow): Promise<Outcome> {
  const startedMs = performance.now();
  let outcome: Omit<Outcome, "row" | "tookMs"> = { told: [], posted: [], failure: undefined };
  try {
    await using stage = await Stage.open(row);
    try {
      await row.play(stage);
      await untilMarkerIsTold(row, stage);
      await judge(row, stage);
      outcome = { ...withoutMarker(stage), failure: undefined };
    } catch (error) {
      outcome = { ...withoutMarker(stage), failure: new Error(storyOf(stage, error)) };
    }
  } catch (error) {
    outcome = { ...outcome, failure: outcome.failure ?? error };
  }
  return { row, ...outcome, tookMs: performance.now() - startedMs };
}

/** A last death, which is certain: any message still under way comes before it. */
async function untilMarkerIsTold(row: FaultRow, stage: Stage): Promise<void> {
  for (const channel of channelsOf(row)) {
    const last = row[channel]?.at(-1);
    if (last !== undefined) await stage.untilTold(last, channel);
  }
  await stage.untilWell();
  const marker = await stage.agent(MARKER);
  await marker.kill();
  for (const channel of channelsOf(row)) {
    if (isToldMarker(row, channel)) await stage.untilTold(MARKER_IS_DOWN, channel);
  }
}

async function judge(row: FaultRow, stage: Stage): Promise<void> {
  for (const channel of channelsOf(row)) {
    const marker = isToldMarker(row, channel) ? [MARKER_IS_DOWN] : [];
    const expected = [...row[channel] ?? [], ...marker];
    const found = stage[channel];
    const fits = found.length === expected.length &&
      expected.every((one, index) => isTold(one, found[index] ?? ""));
    assert.ok(fits, `${channel}:\n${listOf(found)}\nexpected:\n${listOf(expected.map(inWords))}`);
  }
  if (row.deaths === undefined) return;
  const deaths = (await stage.hub.incidents()).filter(({ kind }) => kind === "node").toReversed();
  assert.deepEqual(
    deaths.map(({ node }) => node),
    [...row.deaths.map(idOf), idOf(MARKER)],
    "taken for dead",
  );
}

/** Once all is well again, the first channel in order does alone. */
function isToldMarker({ hub, outlasts = false }: FaultRow, channel: Channel): boolean {
  if (outlasts) return channel === "posted";
  return channel === "told" || hub?.["alerts"]?.["send"] !== "in_order";
}

function channelsOf({ webhook = false }: FaultRow): readonly Channel[] {
  return webhook ? ["told", "posted"] : ["told"];
}

function withoutMarker(stage: Stage): Pick<Outcome, Channel> {
  const isOfRow = (text: string) => !MARKER_IS_DOWN.text.test(text);
  return { told: stage.told.filter(isOfRow), posted: stage.posted.filter(isOfRow) };
}

function storyOf(stage: Stage, error: unknown): string {
  const reason = error instanceof Error ? error.message : String(error);
  const lines = stage.hub.process.lines.slice(-LINES_SHOWN);
  const posted = stage.posted.length === 0 ? "" : `\nposted so far:\n${listOf(stage.posted)}`;
  return `${reason}\ntold so far:\n${listOf(stage.told)}${posted}\nthe hub said:\n${listOf(lines)}`;
}

function inWords({ what, seconds }: Told): string {
  return seconds === undefined ? what : `${what} (${seconds.join(" to ")} s)`;
}

function listOf(lines: readonly string[]): string {
  return lines.length === 0 ? "  (nothing)" : lines.map((line) => `  ${line}`).join("\n");
}

function nameOf({ fault, broker = "Mosquitto" }: FaultRow): string {
  return broker === "embedded" ? `${fault} (embedded broker)` : fault;
}

/** The matrix as a table that a person can read, in Markdown. */
function matrixOf(outcomes: readonly Outcome[]): string {
  const lines = outcomes.map(({ row, told, posted, failure, tookMs }) => {
    const texts = [...told, ...posted.map((text) => `by webhook: ${text}`)];
    const messages = texts.length === 0 ? "nothing" : texts.join("<br>");
    const verdict = failure === undefined ? "ok" : "FAILED";
    return `| ${nameOf(row)} | ${messages} | ${verdict} | ${Math.round(tookMs / 1000)} s |`;
  });
  return ["| fault | the person is told | | took |", "|---|---|---|---|", ...lines].join("\n");
}
