/** Credentials with which the hub has heard nobody, and a button that ends each. */

import { useComputed, useSignal } from "@preact/signals";
import type { JSX } from "preact";
import type { UnheardCredential } from "../../core/api/credential_view.ts";
import { Button } from "../parts/button.tsx";
import { Dialog } from "../parts/dialog.tsx";
import { type Outcome, OutcomeLine, outcomeOf } from "../parts/outcome.tsx";
import { useQuery } from "../parts/query.ts";
import { Section } from "../parts/section.tsx";
import { t } from "../parts/t.ts";
import type { ViewProps } from "../shell/view_props.ts";
import { text } from "../texts/texts.ts";
import { oneLine } from "../words/shown_name.ts";
import { isUnfinished } from "./join_rows.ts";

const NAME_MAX = 64;

interface Unheard {
  readonly unheard: readonly UnheardCredential[];
  readonly total: number;
}

export function UnheardCredentials({ live, api }: ViewProps): JSX.Element | null {
  const round = useSignal(0);
  const outcome = useSignal<Outcome>(undefined);
  const asked = useSignal<UnheardCredential | undefined>(undefined);
  // Whoever arrives or joins changes the list.
  const since = `${round.value} ${live.nodes.value.length} ${live.joins.value.length}`;
  const query = useQuery<Unheard>(api, "/api/v1/credentials", since);
  const joining = useComputed(() =>
    new Set(live.joins.value.filter(isUnfinished).map(({ node }) => node))
  );
  const { unheard, total } = query.kind === "good" ? query.body : { unheard: [], total: 0 };
  const shown = unheard.filter(({ id }) => !joining.value.has(id));
  if (shown.length === 0 && outcome.value === undefined) return null;
  const onEnd = (result: Outcome) => {
    asked.value = undefined;
    outcome.value = result;
    round.value++;
  };
  return (
    <Section heading={text("join.unheard")}>
      <p class="hint">{text("join.unheardHint")}</p>
      <ul class="open-lines">
        {shown.map((one) => (
          <li key={one.id}>
            <b class="name">{oneLine(one.name, NAME_MAX)}</b> <code>{one.id}</code>
            <Button
              look="quiet"
              label={text("join.unheardRevoke", { name: oneLine(one.name, NAME_MAX) })}
              onClick={() => asked.value = one}
            >
              {text("nodePage.revoke")}
            </Button>
          </li>
        ))}
      </ul>
      {total > unheard.length && (
        <p class="hint">{text("join.unheardMore", { count: total - unheard.length })}</p>
      )}
      <OutcomeLine outcome={outcome.value} />
      {asked.value && (
        <RevokeDialog
          api={api}
          credential={asked.value}
          onEnd={onEnd}
          onNo={() => asked.value = undefined}
        />
      )}
    </Section>
  );
}

interface RevokeDialogProps extends Pick<ViewProps, "api"> {
  readonly credential: UnheardCredential;
  readonly onEnd: (outcome: Outcome) => void;
  readonly onNo: () => void;
}

function RevokeDialog({ api, credential, onEnd, onNo }: RevokeDialogProps): JSX.Element {
  const busy = useSignal(false);
  const name = <bdi class="name">{oneLine(credential.name, NAME_MAX)}</bdi>;
  const yes = async () => {
    busy.value = true;
    const path = `/api/v1/nodes/${encodeURIComponent(credential.id)}/revoke`;
    const answer = await api.post<{ readonly note?: string }>(path, {});
    busy.value = false;
    onEnd(outcomeOf(answer, ({ note }) => [
      t("nodePage.revokeDone", { name }),
      note === undefined ? "" : ` ${text("nodePage.left", { note })}`,
    ]));
  };
  return (
    <Dialog
      heading={t("nodePage.revokeTitle", { name })}
      yes={text("nodePage.revokeYes")}
      danger
      busy={busy.value}
      onYes={() => void yes()}
      onNo={onNo}
    >
      <p>{text("join.unheardRevokeHint")}</p>
    </Dialog>
  );
}
