/** What machines of the core put out, as lines that a person can read; instants in seconds. */

import type { Alert } from "../../core/alert.ts";
import type { ClusterOutput } from "../../core/cluster.ts";
import type { StillTold } from "../../core/policy.ts";
import type { Show } from "../../core/watch.ts";
import type { Played } from "./score.ts";

/** Whatever a machine of the core puts out. */
export type AnyOutput = ClusterOutput | Alert | StillTold | Show;

/** The lines of all outputs but echoes. */
export function linesOf(played: readonly Played<AnyOutput>[]): readonly string[] {
  return played.flatMap(({ atMs, output }) =>
    output.kind === "send_echo" ? [] : line(output, atMs)
  );
}

/** The lines of one kind of output. */
export function linesOfKind(
  played: readonly Played<AnyOutput>[],
  ...kinds: readonly AnyOutput["kind"][]
): readonly string[] {
  return linesOf(played.filter(({ output }) => kinds.includes(output.kind)));
}

/** Who is said to be dead. */
export function deathsOf(played: readonly Played<AnyOutput>[]): readonly string[] {
  return played.flatMap(({ output }) =>
    output.kind === "transition" && output.to === "dead" ? [output.node] : []
  );
}

function line(output: AnyOutput, atMs: number): string {
  switch (output.kind) {
    case "transition":
      return `${
        seconds(output.atMs)
      } ${output.node} ${output.from}->${output.to} (${output.reason})`;
    case "sight":
      return `${seconds(output.atMs)} ${output.blind ? `blind (${output.reason})` : "sees"}`;
    case "rivals":
      return `${seconds(output.atMs)} ${output.node} ${
        output.present ? `rivals: ${output.serials.join(", ")}` : "has no rival"
      }`;
    case "removed":
      return `${seconds(output.atMs)} ${output.node} removed`;
    case "nodes_full":
      return `${seconds(atMs)} ${output.node} refused`;
    case "send_echo":
      return `${seconds(atMs)} echo ${output.seq}`;
    case "still_told":
      return `${seconds(output.atMs)} ${output.node} still told`;
    case "show":
      return `${seconds(atMs)} show ${output.indication.kind}`;
    case "alert":
      return `${seconds(output.atMs)} alert${alertParts(output)}`;
  }
}

function alertParts({ down, recovered }: Alert): string {
  const downs = down.map(({ name, diedAtMs }) => `${name} since ${seconds(diedAtMs)}`);
  const ups = recovered.map(({ name, now, diedAtMs, recoveredAtMs }) =>
    `${name} ${now} after ${seconds(recoveredAtMs - diedAtMs)}`
  );
  return (downs.length > 0 ? ` down: ${downs.join(", ")}` : "") +
    (ups.length > 0 ? ` back: ${ups.join(", ")}` : "");
}

function seconds(ms: number): string {
  return `${Math.round(ms) / 1000}s`;
}
