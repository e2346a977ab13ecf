/** The form for the name and id of a new Pi. */

import type { JSX } from "preact";
import type { NodeView } from "../../core/api/node_view.ts";
import { Button } from "../parts/button.tsx";
import { Dialog } from "../parts/dialog.tsx";
import { Field } from "../parts/field.tsx";
import { t } from "../parts/t.ts";
import { text } from "../texts/texts.ts";
import type { Enrolment } from "./enrolment.ts";

/** The hub's limit. */
const NAME_MAX = 64;
const ID_MAX = 63;

interface AddFormProps {
  readonly enrolment: Enrolment;
  readonly nodes: readonly NodeView[];
}

export function AddForm({ enrolment, nodes }: AddFormProps): JSX.Element {
  const { id, busy, isAsked, enrol } = enrolment;
  const isKnown = nodes.some((node) => node.id === id.value);
  return (
    <>
      <form
        class="add-form"
        onSubmit={(event) => {
          event.preventDefault();
          void enrol("line");
        }}
      >
        <Fields enrolment={enrolment} />
        <Updates updates={enrolment.updates} />
        <p class="warned" role="status">{isKnown && text("addPage.idKnown")}</p>
        <p class="add-buttons">
          <Button type="submit" look="main" busy={busy.value}>
            {text(busy.value ? "addPage.making" : "join.make")}
          </Button>
          <Button busy={busy.value} onClick={() => void enrol("config")}>
            {text("addPage.make")}
          </Button>
        </p>
      </form>
      {isAsked.value && <Renewal enrolment={enrolment} />}
    </>
  );
}

function Fields({ enrolment }: { readonly enrolment: Enrolment }): JSX.Element {
  const { name, id, ownId, why } = enrolment;
  return (
    <>
      <Field
        label={text("addPage.name")}
        name="name"
        value={name.value}
        onInput={(value) => {
          name.value = value;
          why.value = undefined;
        }}
        hint={text("addPage.nameHint")}
        charactersMax={NAME_MAX}
        autocomplete="off"
        required
      />
      <Field
        label={text("addPage.id")}
        name="id"
        value={id.value}
        onInput={(value) => {
          ownId.value = value;
          why.value = undefined;
        }}
        hint={text("addPage.idHint")}
        error={why.value}
        charactersMax={ID_MAX}
        autocomplete="off"
        required
      />
    </>
  );
}

function Updates({ updates }: Pick<Enrolment, "updates">): JSX.Element {
  return (
    <div>
      <label class="check">
        <input
          type="checkbox"
          name="updates"
          checked={updates.value}
          aria-describedby="updates-hint"
          onChange={(event) => updates.value = event.currentTarget.checked}
        />
        {text("addPage.updates")}
      </label>
      <p id="updates-hint" class="hint">{text("addPage.updatesHint")}</p>
    </div>
  );
}

/** Asks whether a new password may end the Pi's present one. */
function Renewal({ enrolment }: { readonly enrolment: Enrolment }): JSX.Element {
  const { id, busy, isAsked, again } = enrolment;
  return (
    <Dialog
      heading={t("addPage.renewTitle", { id: <code>{id}</code> })}
      yes={text("addPage.renewYes")}
      danger
      busy={busy.value}
      onYes={() => void again()}
      onNo={() => isAsked.value = false}
    >
      <p>{text("addPage.renewHint")}</p>
    </Dialog>
  );
}
