/** Starts a maintenance: no messages about a node until a chosen time. */

import { useSignal } from "@preact/signals";
import type { JSX } from "preact";
import type { NodeView } from "../../core/api/node_view.ts";
import { Button } from "../parts/button.tsx";
import { type Outcome, outcomeOf } from "../parts/outcome.tsx";
import { Select } from "../parts/select.tsx";
import type { ViewProps } from "../shell/view_props.ts";
import { text } from "../texts/texts.ts";
import { sinceText } from "../words/instant.ts";

/** In the hub's format; it allows a week at most. */
const DURATIONS = ["30m", "2h", "8h", "24h", "168h"] as const;
type Duration = typeof DURATIONS[number];

interface MaintenanceFormProps extends Pick<ViewProps, "api"> {
  readonly node: NodeView;
  readonly at: string;
  readonly onOutcome: (outcome: Outcome) => void;
}

interface InForce {
  readonly maintenance: readonly { readonly node: string | null; readonly until: string }[];
}

export function MaintenanceForm({ api, node, at, onOutcome }: MaintenanceFormProps): JSX.Element {
  const duration = useSignal<Duration>("2h");
  const busy = useSignal(false);
  const maintain = async (length: Duration | "0s") => {
    busy.value = true;
    const body = { node: node.id, for: length };
    const answer = await api.post<InForce>("/api/v1/maintenance", body);
    busy.value = false;
    onOutcome(outcomeOf(answer, ({ maintenance }) => {
      const until = maintenance.find((one) => one.node === node.id)?.until;
      return until === undefined
        ? text("nodePage.maintenanceOver")
        : text("nodePage.maintenanceDone", { when: sinceText(until, at) });
    }));
  };
  const isOn = node.maintenance_until !== null && node.maintenance_until > at;
  return (
    <div class="action">
      <Select
        label={text("nodePage.maintenanceFor")}
        value={duration.value}
        choices={DURATIONS.map((value) => ({ value, text: text(`nodePage.for_${value}`) }))}
        onChoice={(value) => duration.value = value}
      />
      <Button busy={busy.value} onClick={() => void maintain(duration.value)}>
        {text(isOn ? "nodePage.maintenanceAnew" : "nodePage.maintenanceStart")}
      </Button>
      {isOn && (
        <Button busy={busy.value} onClick={() => void maintain("0s")}>
          {text("nodePage.maintenanceEnd")}
        </Button>
      )}
      <p class="hint">{text("nodePage.maintenanceHint")}</p>
    </div>
  );
}
