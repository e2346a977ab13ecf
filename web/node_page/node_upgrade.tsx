/** The upgrade of one node from the hub: the button, how far it is, and what came of it. */

import { useSignal } from "@preact/signals";
import type { JSX } from "preact";
import type { NodeView } from "../../core/api/node_view.ts";
import type { UpgradeView } from "../../core/api/upgrade_view.ts";
import { Button } from "../parts/button.tsx";
import { type Outcome, OutcomeLine, refusalOf } from "../parts/outcome.tsx";
import { Section } from "../parts/section.tsx";
import { StatusIcon } from "../parts/status_icon.tsx";
import type { ViewProps } from "../shell/view_props.ts";
import { openStep } from "../status/upgrade_step.ts";
import { text } from "../texts/texts.ts";
import { oneLine } from "../words/shown_name.ts";

const VERSION_MAX = 64;

interface NodeUpgradeProps extends Pick<ViewProps, "api"> {
  readonly node: NodeView;
}

/** Empty for a node that takes no upgrades. */
export function NodeUpgrade({ api, node }: NodeUpgradeProps): JSX.Element | null {
  const { upgrade } = node;
  if (upgrade === null) return null;
  return (
    <Section heading={text("nodeUpgrade.heading")} class="actions">
      <div role="status">
        <Progress {...upgrade} />
      </div>
      {openStep(node) === undefined && <Ask api={api} node={node} available={upgrade.available} />}
    </Section>
  );
}

function Progress({ step, version, failure }: UpgradeView): JSX.Element | null {
  const shown = oneLine(version ?? "", VERSION_MAX);
  switch (step) {
    case null:
      return null;
    case "done":
      return (
        <p class="upgrade-state severity-well">
          <StatusIcon severity="well" />
          <span>{text("nodeUpgrade.done", { version: shown })}</span>
        </p>
      );
    case "failed":
      return (
        <p class="upgrade-state severity-down">
          <StatusIcon severity="down" />
          <span>
            <b>{text("nodeUpgrade.failed", { version: shown })}</b>{" "}
            {text(`nodeUpgrade.failure_${failure ?? "other"}`)}
          </span>
        </p>
      );
    default:
      return (
        <p class="upgrade-state">
          <StatusIcon severity="attention" kind="waiting" />
          <span>
            {text("nodeUpgrade.to", { version: shown, step: text(`upgrade.step_${step}`) })}
          </span>
        </p>
      );
  }
}

interface AskProps extends NodeUpgradeProps {
  readonly available: string | null;
}

function Ask({ api, node, available }: AskProps): JSX.Element {
  const busy = useSignal(false);
  const outcome = useSignal<Outcome>(undefined);
  if (available === null) return <p class="hint">{text("nodeUpgrade.current")}</p>;
  const ask = async () => {
    busy.value = true;
    const path = `/api/v1/nodes/${encodeURIComponent(node.id)}/upgrade`;
    const answer = await api.post(path, {});
    busy.value = false;
    outcome.value = refusalOf(answer);
  };
  return (
    <div class="action">
      <Button busy={busy.value} onClick={() => void ask()}>
        {text("nodeUpgrade.button", { version: oneLine(available, VERSION_MAX) })}
      </Button>
      <p class="hint">{text("nodeUpgrade.hint")}</p>
      <OutcomeLine outcome={outcome.value} />
    </div>
  );
}
