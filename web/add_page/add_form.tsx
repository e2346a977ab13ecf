/** Asks who the new Pi is, and has the hub make its configuration. */

import { useSignal } from "@preact/signals";
import type { JSX } from "preact";
import type { NodeView } from "../../core/feed.ts";
import { Button } from "../parts/button.tsx";
import { Dialog } from "../parts/dialog.tsx";
import { Field } from "../parts/field.tsx";
import { said } from "../parts/said.ts";
import { text } from "../texts.ts";
import type { ViewProps } from "../view_props.ts";
import { idOf, isNodeId } from "./node_id.ts";

/** As long as the hub takes it. */
const NAME_MAX = 64;
const ID_MAX = 63;

/** What the hub made; shown once. */
export interface Enrolled {
  readonly id: string;
  readonly name: string;
  readonly config: string;
  /** Writes the configuration, in a shell on the Pi. */
  readonly command: string;
  /** What is left to do for a person, such as telling Mosquitto of the new password. */
  readonly note?: string;
}

/** There is such a credential: a new one ends it. */
const CONFLICT = 409;

interface AddFormProps extends Pick<ViewProps, "api"> {
  readonly nodes: readonly NodeView[];
  readonly onEnrolled: (enrolled: Enrolled) => void;
}

export function AddForm({ api, nodes, onEnrolled }: AddFormProps): JSX.Element {
  const name = useSignal("");
  /** `undefined` as long as it follows the name. */
  const ownId = useSignal<string | undefined>(undefined);
  const busy = useSignal(false);
  const why = useSignal<string | undefined>(undefined);
  const id = ownId.value ?? idOf(name.value);
  /** Whether to end a credential that is there is a question of its own. */
  const isAsked = useSignal(false);
  const enrol = async (mayRenew: boolean) => {
    if (!isNodeId(id)) {
      why.value = text("addPage.idWrong");
      return;
    }
    busy.value = true;
    const chosen = name.value.trim() || id;
    const body = { id, name: chosen, ...(mayRenew ? { renew: true } : {}) };
    const answer = await api.post<Omit<Enrolled, "name">>("/api/v1/enrol", body);
    busy.value = false;
    isAsked.value = false;
    if (answer.kind === "good") onEnrolled({ ...answer.body, name: chosen });
    else if (answer.status === CONFLICT && !mayRenew) isAsked.value = true;
    else why.value = answer.why;
  };
  const isKnown = nodes.some((node) => node.id === id);
  return (
    <>
      <form
        class="add-form"
        onSubmit={(event) => {
          event.preventDefault();
          void enrol(false);
        }}
      >
        <Field
          label={text("addPage.name")}
          name="name"
          value={name.value}
          onInput={(value) => {
            name.value = value;
            why.value = undefined;
          }}
          hint={text("addPage.nameHint")}
          maxLength={NAME_MAX}
          autocomplete="off"
          required
        />
        <Field
          label={text("addPage.id")}
          name="id"
          value={id}
          onInput={(value) => {
            ownId.value = value;
            why.value = undefined;
          }}
          hint={text("addPage.idHint")}
          error={why.value}
          maxLength={ID_MAX}
          autocomplete="off"
          required
        />
        <p class="warned" role="status">{isKnown && text("addPage.idKnown")}</p>
        <Button type="submit" look="main" busy={busy.value}>
          {text(busy.value ? "addPage.making" : "addPage.make")}
        </Button>
      </form>
      {isAsked.value && (
        <Dialog
          heading={said("addPage.renewTitle", { id: <code>{id}</code> })}
          yes={text("addPage.renewYes")}
          no={text("nodePage.cancel")}
          danger
          busy={busy.value}
          onYes={() => void enrol(true)}
          onNo={() => isAsked.value = false}
        >
          <p>{text("addPage.renewHint")}</p>
        </Dialog>
      )}
    </>
  );
}
