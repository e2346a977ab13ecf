/** Pis with an older version: a button that upgrades all of them, and how far that is. */

import { useSignal } from "@preact/signals";
import type { ComponentChildren, JSX } from "preact";
import type { NodeView } from "../../core/api/node_view.ts";
import { Button } from "../parts/button.tsx";
import { Dialog } from "../parts/dialog.tsx";
import { type Outcome, OutcomeLine, refusalOf } from "../parts/outcome.tsx";
import { RouteLink } from "../parts/route_link.tsx";
import { StatusIcon } from "../parts/status_icon.tsx";
import { t } from "../parts/t.ts";
import type { ViewProps } from "../shell/view_props.ts";
import { openStep } from "../status/upgrade_step.ts";
import { text } from "../texts/texts.ts";
import { shownName } from "../words/shown_name.ts";
import { type Rollout, rolloutOf } from "./rollout.ts";

interface UpgradeNoteProps extends Pick<ViewProps, "api"> {
  readonly nodes: readonly NodeView[];
}

export function UpgradeNote({ nodes, api }: UpgradeNoteProps): JSX.Element | null {
  const rollout = rolloutOf(nodes);
  if (rollout === undefined) return null;
  return (
    <section class="remark upgrades" aria-labelledby="upgrades">
      <StatusIcon severity="asleep" kind={rollout.current === undefined ? "sent" : "waiting"} />
      <div>
        <h2 id="upgrades">{headingOf(rollout)}</h2>
        <div role="status">
          <Progress {...rollout} />
          {rollout.stoppedAt !== undefined && (
            <p class="warned">
              {t("upgrade.stoppedAt", { name: <Name node={rollout.stoppedAt} /> })}
            </p>
          )}
        </div>
        {rollout.available.length > 0 && <UpgradeAll api={api} nodes={rollout.available} />}
      </div>
    </section>
  );
}

function headingOf({ available, current, waiting }: Rollout): string {
  return current === undefined && waiting === 0
    ? text("upgrade.older", { count: available.length })
    : text("upgrade.underWay");
}

function Progress({ current, done, waiting }: Rollout): JSX.Element | null {
  const step = current && openStep(current);
  if (current === undefined || step === undefined) return null;
  return (
    <p>
      {t("upgrade.progress", {
        name: <Name node={current} />,
        step: text(`upgrade.step_${step}`),
      })}
      {done + waiting > 0 && (
        <span class="hint">
          {" "}
          {text("upgrade.counts", { done, waiting })}
        </span>
      )}
    </p>
  );
}

function UpgradeAll({ nodes, api }: UpgradeNoteProps): JSX.Element {
  const isAsked = useSignal(false);
  const busy = useSignal(false);
  const outcome = useSignal<Outcome>(undefined);
  const upgrade = async () => {
    busy.value = true;
    const answer = await api.post("/api/v1/upgrade", {});
    busy.value = false;
    isAsked.value = false;
    outcome.value = refusalOf(answer);
  };
  return (
    <>
      <p>
        <Button onClick={() => isAsked.value = true}>
          {text("upgrade.all", { count: nodes.length })}
        </Button>
      </p>
      <OutcomeLine outcome={outcome.value} />
      {isAsked.value && (
        <Dialog
          heading={text("upgrade.allTitle", { count: nodes.length })}
          yes={text("upgrade.allYes")}
          busy={busy.value}
          onYes={() => void upgrade()}
          onNo={() => isAsked.value = false}
        >
          <p>{text("upgrade.allHint")}</p>
        </Dialog>
      )}
    </>
  );
}

function Name({ node }: { readonly node: NodeView }): ComponentChildren {
  return (
    <RouteLink to={{ kind: "node", id: node.id }}>
      <bdi class="name">{shownName(node)}</bdi>
    </RouteLink>
  );
}
