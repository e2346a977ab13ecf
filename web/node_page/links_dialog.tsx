/** Asks how people reach a node. */

import { useSignal } from "@preact/signals";
import type { JSX } from "preact";
import type { NodeView } from "../../core/api/node_view.ts";
import { Dialog } from "../parts/dialog.tsx";
import { Field } from "../parts/field.tsx";
import { t } from "../parts/t.ts";
import type { ViewProps } from "../shell/view_props.ts";
import { text } from "../texts/texts.ts";
import { shownName } from "../words/shown_name.ts";

/** Eight links of 256 characters with their names. */
const LENGTH_MAX = 2300;

interface LinksDialogProps extends Pick<ViewProps, "api"> {
  readonly node: NodeView;
  readonly onEnd: () => void;
}

export function LinksDialog({ api, node, onEnd }: LinksDialogProps): JSX.Element {
  const links = useSignal(linksText(node));
  const busy = useSignal(false);
  const why = useSignal<string | undefined>(undefined);
  const save = async () => {
    const given = links.value.trim();
    busy.value = true;
    const path = `/api/v1/nodes/${encodeURIComponent(node.id)}/links`;
    const answer = await api.post(path, { links: given === "" ? null : given });
    busy.value = false;
    if (answer.kind === "refused") why.value = text("nodePage.linksWrong");
    else onEnd();
  };
  return (
    <Dialog
      heading={t("nodePage.linksTitle", { name: <bdi class="name">{shownName(node)}</bdi> })}
      yes={text("nodePage.linksYes")}
      busy={busy.value}
      onYes={() => void save()}
      onNo={onEnd}
    >
      <Field
        label={text("nodePage.linksLabel")}
        name="links"
        value={links.value}
        onInput={(value) => links.value = value}
        hint={text("nodePage.linksHint")}
        error={why.value}
        charactersMax={LENGTH_MAX}
        autocomplete="off"
      />
    </Dialog>
  );
}

/** As in the node's `config.ini`. */
function linksText({ remote, remote_names: names }: NodeView): string {
  return remote.map((url, index) => names[index] ? `${names[index]}: ${url}` : url).join(", ");
}
