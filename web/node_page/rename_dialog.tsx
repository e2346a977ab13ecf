/** Asks for a new name of a node. */

import { useSignal } from "@preact/signals";
import type { ComponentChildren, JSX } from "preact";
import type { NodeView } from "../../core/api/node_view.ts";
import { Dialog } from "../parts/dialog.tsx";
import { Field } from "../parts/field.tsx";
import type { Outcome } from "../parts/outcome.tsx";
import { t } from "../parts/t.ts";
import type { ViewProps } from "../shell/view_props.ts";
import { text } from "../texts/texts.ts";
import { oneLine, shownName } from "../words/shown_name.ts";

/** The hub's limit. */
const NAME_MAX = 64;

interface RenameDialogProps extends Pick<ViewProps, "api"> {
  readonly node: NodeView;
  readonly onDone: (outcome: Outcome) => void;
  readonly onNo: () => void;
}

export function RenameDialog({ api, node, onDone, onNo }: RenameDialogProps): JSX.Element {
  const name = useSignal(oneLine(node.name, NAME_MAX));
  const busy = useSignal(false);
  const why = useSignal<string | undefined>(undefined);
  const rename = async () => {
    const chosen = name.value.trim() === "" ? null : name.value.trim();
    busy.value = true;
    const path = `/api/v1/nodes/${encodeURIComponent(node.id)}/rename`;
    const answer = await api.post(path, { name: chosen });
    busy.value = false;
    if (answer.kind === "refused") why.value = answer.why;
    else onDone({ kind: "good", words: doneWords(chosen) });
  };
  return (
    <Dialog
      heading={t("nodePage.renameTitle", {
        name: <bdi class="name">{shownName(node)}</bdi>,
      })}
      yes={text("nodePage.renameYes")}
      busy={busy.value}
      onYes={() => void rename()}
      onNo={onNo}
    >
      <Field
        label={text("nodePage.renameLabel")}
        name="name"
        value={name.value}
        onInput={(value) => name.value = value}
        hint={text("nodePage.renameHint")}
        error={why.value}
        charactersMax={NAME_MAX}
        autocomplete="off"
      />
    </Dialog>
  );
}

function doneWords(name: string | null): ComponentChildren {
  if (name === null) return text("nodePage.renameOwn");
  return t("nodePage.renameDone", {
    name: <bdi class="name">{oneLine(name, NAME_MAX)}</bdi>,
  });
}
