/** The actions of a person on one node. */

import { useSignal } from "@preact/signals";
import type { JSX } from "preact";
import type { NodeView } from "../../core/api/node_view.ts";
import { Button } from "../parts/button.tsx";
import { Dialog } from "../parts/dialog.tsx";
import { type Outcome, OutcomeLine, outcomeOf } from "../parts/outcome.tsx";
import { RouteLink } from "../parts/route_link.tsx";
import { Section } from "../parts/section.tsx";
import { t } from "../parts/t.ts";
import type { ViewProps } from "../shell/view_props.ts";
import { text } from "../texts/texts.ts";
import { shownName } from "../words/shown_name.ts";
import { MaintenanceForm } from "./maintenance_form.tsx";
import { RenameDialog } from "./rename_dialog.tsx";

/** Actions that need a confirmation or an input. */
type Question = "rename" | "forget" | "revoke";

interface NodeActionsProps extends Pick<ViewProps, "api"> {
  readonly node: NodeView;
  /** The hub's time of the last message, for dates. */
  readonly at: string;
  /** Receives the outcome where it stays visible after the node is gone. */
  readonly onOutcome: (outcome: Outcome) => void;
}

export function NodeActions({ api, node, at, onOutcome }: NodeActionsProps): JSX.Element {
  const question = useSignal<Question | undefined>(undefined);
  const outcome = useSignal<Outcome>(undefined);
  const close = (result: Outcome) => {
    question.value = undefined;
    outcome.value = result;
  };
  const props = { api, node, onNo: () => question.value = undefined };
  return (
    <Section heading={text("nodePage.actions")} class="actions">
      <Acknowledge api={api} node={node} onOutcome={(result) => outcome.value = result} />
      <MaintenanceForm
        api={api}
        node={node}
        at={at}
        onOutcome={(result) => outcome.value = result}
      />
      <div class="action">
        <Button onClick={() => question.value = "rename"}>{text("nodePage.rename")}</Button>
        <Button onClick={() => question.value = "forget"}>{text("nodePage.forget")}</Button>
        <Button look="danger" onClick={() => question.value = "revoke"}>
          {text("nodePage.revoke")}
        </Button>
      </div>
      {node.outdated && node.upgrade === null && (
        <p class="hint">
          {t("nodePage.outdatedHint", {
            add: <RouteLink to={{ kind: "add" }}>{text("nodePage.outdatedAdd")}</RouteLink>,
          })}
        </p>
      )}
      <OutcomeLine outcome={outcome.value} />
      {question.value === "rename" && <RenameDialog {...props} onDone={close} />}
      {question.value === "forget" && (
        <RemoveNodeDialog
          {...props}
          action="forget"
          onDone={(result) => onOutcome(result)}
        />
      )}
      {question.value === "revoke" && (
        <RemoveNodeDialog
          {...props}
          action="revoke"
          onDone={(result) => onOutcome(result)}
        />
      )}
    </Section>
  );
}

function Acknowledge(
  { api, node, onOutcome }: Pick<NodeActionsProps, "api" | "node" | "onOutcome">,
): JSX.Element | null {
  const busy = useSignal(false);
  if (node.liveness !== "dead" && !node.flapping) return null;
  const acknowledge = async () => {
    busy.value = true;
    const answer = await api.post<{ readonly acknowledged: readonly number[] }>("/api/v1/ack", {
      node: node.id,
    });
    busy.value = false;
    onOutcome(
      outcomeOf(
        answer,
        ({ acknowledged }) =>
          acknowledged.length > 0
            ? text("nodePage.acknowledgeDone")
            : text("nodePage.acknowledgeNothing"),
      ),
    );
  };
  return (
    <div class="action">
      {node.acknowledged ? <p class="hint">{text("nodePage.acknowledgeDone")}</p> : (
        <>
          <Button look="main" busy={busy.value} onClick={() => void acknowledge()}>
            {text("nodePage.acknowledge")}
          </Button>
          <p class="hint">{text("nodePage.acknowledgeHint")}</p>
        </>
      )}
    </div>
  );
}

interface RemoveNodeDialogProps extends Pick<ViewProps, "api"> {
  readonly node: NodeView;
  readonly action: "forget" | "revoke";
  readonly onDone: (outcome: Outcome) => void;
  readonly onNo: () => void;
}

/** Forget and revoke: the node disappears from the page afterwards. */
function RemoveNodeDialog({ api, node, action, onDone, onNo }: RemoveNodeDialogProps): JSX.Element {
  const busy = useSignal(false);
  const refusal = useSignal<Outcome>(undefined);
  const name = <bdi class="name">{shownName(node)}</bdi>;
  const yes = async () => {
    busy.value = true;
    const path = `/api/v1/nodes/${encodeURIComponent(node.id)}/${action}`;
    const answer = await api.post<{ readonly note?: string }>(path, {});
    busy.value = false;
    const outcome = outcomeOf(answer, ({ note }) => [
      t(`nodePage.${action}Done`, { name }),
      note === undefined ? "" : ` ${leftToDo(action, node.id, note)}`,
    ]);
    if (answer.kind === "good") onDone(outcome);
    else refusal.value = outcome;
  };
  return (
    <Dialog
      heading={t(`nodePage.${action}Title`, { name })}
      yes={text(`nodePage.${action}Yes`)}
      danger
      busy={busy.value}
      onYes={() => void yes()}
      onNo={onNo}
    >
      <p>{text(`nodePage.${action}Hint`)}</p>
      <OutcomeLine outcome={refusal.value} />
    </Dialog>
  );
}

/** After a revocation the note is a command; after a node is forgotten it can only be one thing. */
function leftToDo(action: RemoveNodeDialogProps["action"], id: string, note: string): string {
  return action === "forget"
    ? text("nodePage.leftInConfig", { id })
    : text("nodePage.left", { note });
}
