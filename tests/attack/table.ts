/** What all attacks brought about, one a line. */

import type { Outcome } from "./trial.ts";

export interface Row {
  readonly attack: string;
  readonly outcome: Outcome;
}

const HEAD = [
  ...["attack", "told s", "page s", "status s", "peak MB", "disk MB", "log", "late ms"],
  ...["refused", "attacker"],
];

export function tableOf(broker: string, rows: readonly Row[]): string {
  const lines = [HEAD, ...rows.map(cells)];
  const widths = HEAD.map((_, index) => Math.max(...lines.map((line) => line[index]?.length ?? 0)));
  const text = lines.map((line) =>
    line.map((cell, index) => cell.padEnd(widths[index] ?? 0)).join("  ").trimEnd()
  );
  return [`\n${broker}`, ...text].join("\n");
}

function cells({ attack, outcome }: Row): readonly string[] {
  const { toldMs, owner, costs, queueDelayMs, refusedAndCounted } = {
    ...outcome,
    refusedAndCounted: [outcome.costs.refused, outcome.attacker],
  };
  return [
    attack,
    seconds(Math.max(...toldMs)),
    seconds(owner.pageMs),
    seconds(owner.commandMs),
    costs.peakMb.toFixed(0),
    costs.diskMb.toFixed(1),
    String(costs.logLines),
    queueDelayMs.toFixed(0),
    ...refusedAndCounted.map(listed),
  ];
}

function seconds(ms: number): string {
  return Number.isFinite(ms) ? (ms / 1000).toFixed(1) : "never";
}

function listed(counts: Readonly<Record<string, number>>): string {
  const entries = Object.entries(counts);
  if (entries.length === 0) return "-";
  return entries.map(([what, count]) => `${what} ${Math.round(count)}`).join(", ");
}
