/** The form for the name and id of a new Pi. */

import type { JSX } from "preact";
import type { NodeView } from "../../core/api/node_view.ts";
import { Button } from "../parts/button.tsx";
import { Dialog } from "../parts/dialog.tsx";
import { Field } from "../parts/field.tsx";
import { t } from "../parts/t.ts";
import type { ViewProps } from "../shell/view_props.ts";
import { text } from "../texts/texts.ts";
import { type Enrolled, type Enrolment, useEnrolment } from "./enrolment.ts";

/** The hub's limit. */
const NAME_MAX = 64;
const ID_MAX = 63;

interface AddFormProps extends Pick<ViewProps, "api"> {
  readonly nodes: readonly NodeView[];
  readonly onEnrolled: (enrolled: Enrolled) => void;
}

export function AddForm({ api, nodes, onEnrolled }: AddFormProps): JSX.Element {
  const enrolment = useEnrolment(api, onEnrolled);
  const { id, busy, isAsked, enrol } = enrolment;
  const isKnown = nodes.some((node) => node.id === id.value);
  return (
    <>
      <form
        class="add-form"
        onSubmit={(event) => {
          event.preventDefault();
          void enrol(false);
        }}
      >
        <Fields enrolment={enrolment} />
        <p class="warned" role="status">{isKnown && text("addPage.idKnown")}</p>
        <Button type="submit" look="main" busy={busy.value}>
          {text(busy.value ? "addPage.making" : "addPage.make")}
        </Button>
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

/** Asks whether a new password may end the Pi's present one. */
function Renewal({ enrolment }: { readonly enrolment: Enrolment }): JSX.Element {
  const { id, busy, isAsked, enrol } = enrolment;
  return (
    <Dialog
      heading={t("addPage.renewTitle", { id: <code>{id}</code> })}
      yes={text("addPage.renewYes")}
      no={text("nodePage.cancel")}
      danger
      busy={busy.value}
      onYes={() => void enrol(true)}
      onNo={() => isAsked.value = false}
    >
      <p>{text("addPage.renewHint")}</p>
    </Dialog>
  );
}
