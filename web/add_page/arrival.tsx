/** Waits until a new Pi publishes, and says what to check when it does not. */

import { type ReadonlySignal, useComputed } from "@preact/signals";
import type { ComponentChildren, JSX } from "preact";
import { useMemo } from "preact/hooks";
import type { NodeView } from "../../core/api/node_view.ts";
import type { Live } from "../live/live.ts";
import { RouteLink } from "../parts/route_link.tsx";
import { Section } from "../parts/section.tsx";
import { StatusIcon } from "../parts/status_icon.tsx";
import { t } from "../parts/t.ts";
import { text } from "../texts/texts.ts";
import { lengthText } from "../words/age.ts";
import { oneLine, shownName } from "../words/shown_name.ts";
import type { Enrolled } from "./enrolment.ts";
import { brokerOf, reloadOf } from "./install_commands.ts";

/** After this time without the Pi, the person probably needs help. */
const PATIENCE_MS = 120_000;
const NAME_MAX = 64;

interface ArrivalProps {
  readonly live: Live;
  readonly enrolled: Enrolled;
  /** The session of an earlier Pi with this id, which is not the new one. */
  readonly sessionBefore: string | null;
}

export function Arrival({ live, enrolled, sessionBefore }: ArrivalProps): JSX.Element {
  const startMs = useMemo(() => live.hubNowMs.peek(), [enrolled]);
  const node = live.each.node(enrolled.id).value;
  const isThere = hasArrived(node, sessionBefore);
  return (
    <Section heading={text("addPage.watch")} class="arrival">
      <div role="status">
        {isThere && node
          ? (
            <p class="arrived severity-well">
              <StatusIcon severity="well" />
              <b>{t("addPage.appeared", { name: bdi(shownName(node)) })}</b>
            </p>
          )
          : (
            <p class="arriving severity-unsure">
              <StatusIcon severity="unsure" kind="waiting" />
              <span>
                {t("addPage.waiting", { name: bdi(oneLine(enrolled.name, NAME_MAX)) })}
              </span>
            </p>
          )}
      </div>
      {isThere
        ? (
          <p>
            <RouteLink to={{ kind: "node", id: enrolled.id }}>
              {t("addPage.open", { name: bdi(shownName(node ?? enrolled)) })}
            </RouteLink>
          </p>
        )
        : <Waiting hubNowMs={live.hubNowMs} startMs={startMs} enrolled={enrolled} />}
    </Section>
  );
}

/** Whether the hub hears the new Pi, and not an earlier one with its id. */
export function hasArrived(node: NodeView | undefined, sessionBefore: string | null): boolean {
  return node !== undefined && node.liveness === "alive" && node.session !== sessionBefore;
}

interface WaitingProps {
  readonly hubNowMs: ReadonlySignal<number>;
  readonly startMs: number;
  readonly enrolled: Enrolled;
}

function Waiting({ hubNowMs, startMs, enrolled }: WaitingProps): JSX.Element {
  const length = useComputed(() =>
    text("addPage.waitingSince", { length: lengthText(hubNowMs.value - startMs) })
  );
  const isLate = useComputed(() => hubNowMs.value - startMs >= PATIENCE_MS);
  return (
    <>
      <p class="hint">{length}</p>
      <details open={isLate.value}>
        <summary>{text("addPage.late")}</summary>
        <Checks enrolled={enrolled} />
      </details>
    </>
  );
}

function Checks({ enrolled }: { readonly enrolled: Enrolled }): JSX.Element {
  const broker = brokerOf(enrolled.config);
  const reload = reloadOf(enrolled.config);
  const command = (line: string) => ({ command: <code>{line}</code> });
  return (
    <ul class="checks">
      <li>{t("addPage.check_power", command(`ping ${enrolled.id}.local`))}</li>
      <li>{t("addPage.check_agent", command("journalctl -u agent -e"))}</li>
      <li>{t("addPage.check_config", command("sudo rpi-cluster-agent --check-config"))}</li>
      {broker !== undefined && (
        <li>{t("addPage.check_broker", { address: <code>{broker}</code> })}</li>
      )}
      {reload !== undefined && <li>{t("addPage.check_reload", command(reload))}</li>}
    </ul>
  );
}

function bdi(name: string): ComponentChildren {
  return <bdi class="name">{name}</bdi>;
}
