/** The facts about a node's machine. */

import type { ComponentChildren, JSX } from "preact";
import type { NodeView } from "../../core/api/node_view.ts";
import { text } from "../texts/texts.ts";
import { oneLine } from "../words/shown_name.ts";

/** The maximum number of characters shown of a fact. */
const FACT_MAX = 200;
/** A limit, because a hostile node can invent facts. */
const FACTS_MAX = 40;

/** In this order; other facts follow under their own names. */
const KNOWN = [
  "model",
  "serial",
  "os",
  "kernel",
  "architecture",
  "hostname",
  "addresses",
  "version",
  "package",
] as const;
/** For programs, or shown elsewhere. */
const UNSHOWN = ["boot_id", "uptime_s", "remote"];

export function FactList({ node }: { readonly node: NodeView }): JSX.Element {
  const known = KNOWN.filter((key) => Object.hasOwn(node.facts, key));
  const others = Object.keys(node.facts)
    .filter((key) => !UNSHOWN.includes(key) && !known.some((one) => one === key))
    .slice(0, FACTS_MAX);
  return (
    <dl class="fact-list">
      <Fact label={text("nodePage.id")}>{node.id}</Fact>
      {node.group !== null && (
        <Fact label={text("nodePage.group")}>{oneLine(node.group, FACT_MAX)}</Fact>
      )}
      {known.map((key) => (
        <Fact key={key} label={text(`nodePage.${key}`)}>{factText(node.facts[key])}</Fact>
      ))}
      {others.map((key) => (
        <Fact key={key} label={oneLine(key, FACT_MAX)}>{factText(node.facts[key])}</Fact>
      ))}
    </dl>
  );
}

function Fact(
  { label, children }: { readonly label: string; readonly children: ComponentChildren },
): JSX.Element {
  return (
    <div>
      <dt>{label}</dt>
      <dd>
        <bdi>{children}</bdi>
      </dd>
    </div>
  );
}

function factText(fact: NodeView["facts"][string] | undefined): string {
  return oneLine(Array.isArray(fact) ? fact.join(", ") : String(fact ?? ""), FACT_MAX);
}
