/** Lists repeatedly refused clients for readers who can act on it; empty if there are none. */

import type { ReadonlySignal } from "@preact/signals";
import type { ComponentChildren, JSX } from "preact";
import type { NodeView } from "../../core/api/node_view.ts";
import type { RefusalView } from "../../core/api/refusal_view.ts";
import { Age, Moment } from "../parts/moment.tsx";
import { RouteLink } from "../parts/route_link.tsx";
import { StatusIcon } from "../parts/status_icon.tsx";
import { t } from "../parts/t.ts";
import { spokenLanguage, text } from "../texts/texts.ts";
import { sinceText } from "../words/instant.ts";
import { oneLine, shownName } from "../words/shown_name.ts";
import { arePresses, refusedAdvice, refusedNode } from "./refused.ts";

/** Further clients are counted. */
const ROWS_MAX = 3;
/** The maximum number of characters of an address. */
const FROM_MAX = 80;

interface RefusedNoteProps {
  /** Most frequent first. */
  readonly refused: readonly RefusalView[];
  readonly nodes: readonly NodeView[];
  readonly hubNowMs: ReadonlySignal<number>;
  /** The hub's time, in steps of a minute. */
  readonly now: string;
}

export function RefusedNote({ refused, ...props }: RefusedNoteProps): JSX.Element | null {
  if (refused.length === 0) return null;
  const shown = refused.slice(0, ROWS_MAX);
  const more = refused.length - shown.length;
  return (
    <section class="remark refused severity-attention" aria-labelledby="refused">
      <StatusIcon severity="attention" />
      <div>
        <h2 id="refused">{text("refused.heading")}</h2>
        <ul>
          {shown.map((refusal) => <Row key={keyOf(refusal)} refusal={refusal} {...props} />)}
        </ul>
        {more > 0 && <p>{text("refused.more", { count: more })}</p>}
        <details>
          <summary>{text("refused.helps")}</summary>
          <ul>
            {shown.map((refusal) => (
              <li key={keyOf(refusal)}>
                {t("refused.who", {
                  who: <Who refusal={refusal} {...props} />,
                  what: <span>{adviceWords(refusal)}</span>,
                })}
              </li>
            ))}
          </ul>
        </details>
      </div>
    </section>
  );
}

function keyOf({ reason, from }: RefusalView): string {
  return `${reason} ${from}`;
}

type RowProps = Omit<RefusedNoteProps, "refused"> & { readonly refusal: RefusalView };

function Row({ refusal, nodes, hubNowMs, now }: RowProps): JSX.Element {
  const { reason, from, count, since, last } = refusal;
  const times = t("refused.times", {
    count: count.toLocaleString(spokenLanguage()),
    since: <Moment at={since}>{sinceText(since, now)}</Moment>,
    age: <Age at={last} hubNowMs={hubNowMs} />,
  });
  return (
    <li data-refused={reason} data-from={from}>
      {t("refused.who", {
        who: <Who refusal={refusal} nodes={nodes} />,
        what: text(`refused.reason_${reason}`),
      })}
      <span class="how-often">, {times}</span>
    </li>
  );
}

function Who({ refusal, nodes }: Pick<RowProps, "refusal" | "nodes">): JSX.Element {
  const node = nodes.find(({ id }) => id === refusedNode(refusal));
  if (node !== undefined) {
    return (
      <RouteLink to={{ kind: "node", id: node.id }}>
        <bdi class="name">{shownName(node)}</bdi>
      </RouteLink>
    );
  }
  return <bdi class="name">{oneLine(nameOf(refusal), FROM_MAX)}</bdi>;
}

function nameOf(refusal: RefusalView): string {
  if (arePresses(refusal)) return text("refused.presses");
  return refusal.from ?? text("refused.many");
}

function adviceWords(refusal: RefusalView): ComponentChildren {
  const advice = refusedAdvice(refusal);
  switch (advice) {
    case "revoke": {
      const command = <code>rpi-cluster-hub revoke {oneLine(refusal.from ?? "", FROM_MAX)}</code>;
      return t("refused.advice_revoke", { command });
    }
    case "enrol":
      return t("refused.advice_enrol", { command: <code>rpi-cluster-hub enrol ID --renew</code> });
    case "proxy":
      return t("refused.advice_proxy", { setting: <code>[hub] trusted_proxies</code> });
    case "presses":
    case "second_hub":
    case "mosquitto":
    case "firewall":
    case "local":
    case "many":
      return text(`refused.advice_${advice}`);
  }
}
