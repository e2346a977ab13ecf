/** The panel that says how a person reaches a node, and whether each way works. */

import { useSignal } from "@preact/signals";
import type { JSX } from "preact";
import type { NodeView } from "../../core/api/node_view.ts";
import { Button } from "../parts/button.tsx";
import { Copy } from "../parts/copy.tsx";
import { Moment } from "../parts/moment.tsx";
import { Section } from "../parts/section.tsx";
import { t } from "../parts/t.ts";
import type { ViewProps } from "../shell/view_props.ts";
import { areVitalsFresh } from "../status/trouble.ts";
import { spokenLanguage, text } from "../texts/texts.ts";
import { sinceText } from "../words/instant.ts";
import { wayWarning } from "../words/way_text.ts";
import { LinksDialog } from "./links_dialog.tsx";
import { type ReachRow, reachRows, waysUp } from "./reach.ts";

interface ReachPanelProps extends Pick<ViewProps, "api"> {
  readonly node: NodeView;
  /** The hub's time, for dates. */
  readonly at: string;
}

export function ReachPanel({ api, node, at }: ReachPanelProps): JSX.Element {
  const isChanging = useSignal(false);
  const rows = reachRows(node);
  const isFresh = areVitalsFresh(node);
  const up = waysUp(rows);
  const heardAt = node.last_heartbeat_at;
  return (
    <Section heading={text("nodePage.reach")} class="reach">
      {!isFresh && up.length > 0 && heardAt !== null && (
        <p class="reach-until">
          {t("nodePage.reachUntil", {
            ways: new Intl.ListFormat(spokenLanguage()).format(up),
            when: <Moment at={heardAt}>{sinceText(heardAt, at)}</Moment>,
          })}
        </p>
      )}
      {rows.length > 0 && (
        <ul class="reach-ways">
          {rows.map((row) => <Row key={row.key} row={row} node={node} at={at} isFresh={isFresh} />)}
        </ul>
      )}
      <p class="reach-change">
        <Button onClick={() => isChanging.value = true}>{text("nodePage.linksChange")}</Button>
      </p>
      {isChanging.value && (
        <LinksDialog
          api={api}
          node={node}
          onEnd={() => isChanging.value = false}
        />
      )}
    </Section>
  );
}

interface RowProps extends Omit<ReachPanelProps, "api"> {
  readonly row: ReachRow;
  readonly isFresh: boolean;
}

function Row({ row, node, at, isFresh }: RowProps): JSX.Element {
  const { words, way, open, command } = row;
  const warning = way && wayWarning(node, way.name, at);
  return (
    <li data-way={way?.name}>
      <p class="reach-way">
        <bdi class="name">{words}</bdi>
        {way !== undefined && <State way={way} isFresh={isFresh} />}
        {open !== undefined && (
          <a
            class="remote"
            href={open.address}
            title={open.address}
            target={open.isWeb ? "_blank" : undefined}
            rel="noopener noreferrer"
            aria-label={text("nodePage.reachOpenWay", { what: words })}
          >
            {text("nodePage.reachOpen")}
          </a>
        )}
      </p>
      {warning !== undefined && <p class="reach-warning">{warning}</p>}
      {way?.warning !== undefined && (
        <p class="hint">{text(`nodePage.reachAdvice_${way.warning}`)}</p>
      )}
      {way?.name === "connect" && way.state === "up" && isFresh && (
        <p class="hint">{text("nodePage.reachSignedIn")}</p>
      )}
      {command !== undefined && (
        <Copy
          content={command}
          label={text("nodePage.reachCommand", { what: words })}
          action={text("nodePage.reachCopy", { what: words })}
        />
      )}
    </li>
  );
}

function State(
  { way, isFresh }: { readonly way: NonNullable<ReachRow["way"]>; readonly isFresh: boolean },
): JSX.Element {
  const words = text(`nodePage.reach_${way.state}`);
  return (
    <span class={`reach-state reach-${isFresh ? way.state : "before"}`}>
      {isFresh ? words : text("nodePage.reach_was", { state: words })}
    </span>
  );
}
