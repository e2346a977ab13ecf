/** Chooses which incidents are shown; each change applies at once. */

import type { JSX } from "preact";
import { INCIDENT_KINDS } from "../../core/api/incident_view.ts";
import type { NodeView } from "../../core/api/node_view.ts";
import { Button } from "../parts/button.tsx";
import { Select } from "../parts/select.tsx";
import { text } from "../texts/texts.ts";
import { shownName } from "../words/shown_name.ts";
import { FILTER_DAYS, type IncidentFilter, NO_FILTER, searchOf } from "./incident_filter.ts";

interface IncidentFilterFormProps {
  readonly filter: IncidentFilter;
  readonly nodes: readonly NodeView[];
  readonly onFilter: (filter: IncidentFilter) => void;
}

export function IncidentFilterForm(
  { filter, nodes, onFilter }: IncidentFilterFormProps,
): JSX.Element {
  const kinds = INCIDENT_KINDS.map((value) => ({
    value,
    text: text(`incidentsPage.kind_${value}`),
  }));
  return (
    <form
      class="incident-filter"
      aria-label={text("incidentsPage.filter")}
      onSubmit={preventDefault}
    >
      <Select
        label={text("incidentsPage.node")}
        value={filter.node}
        choices={nodeChoices(nodes, filter.node)}
        onChoice={(node) => onFilter({ ...filter, node })}
      />
      <Select
        label={text("incidentsPage.kind")}
        value={filter.kind}
        choices={[{ value: "", text: text("incidentsPage.allKinds") }, ...kinds]}
        onChoice={(kind) => onFilter({ ...filter, kind })}
      />
      <Select
        label={text("incidentsPage.days")}
        value={filter.days}
        choices={FILTER_DAYS.map((value) => ({ value, text: text(`incidentsPage.days_${value}`) }))}
        onChoice={(days) => onFilter({ ...filter, days })}
      />
      <label class="check">
        <input
          type="checkbox"
          checked={filter.open}
          onChange={(event) => onFilter({ ...filter, open: event.currentTarget.checked })}
        />
        {text("incidentsPage.open")}
      </label>
      {searchOf(filter) !== "" && (
        <Button look="quiet" onClick={() => onFilter(NO_FILTER)}>
          {text("incidentsPage.reset")}
        </Button>
      )}
    </form>
  );
}

/** By name; a node that is no longer watched can still be selected by the address. */
function nodeChoices(
  nodes: readonly NodeView[],
  chosen: string,
): readonly { readonly value: string; readonly text: string }[] {
  const named = nodes.map((node) => ({ value: node.id, text: shownName(node) }));
  named.sort((a, b) => a.text.localeCompare(b.text, undefined, { numeric: true }));
  const isKnown = chosen === "" || nodes.some((node) => node.id === chosen);
  const absent = isKnown ? [] : [{ value: chosen, text: chosen.slice(0, 80) }];
  return [{ value: "", text: text("incidentsPage.allNodes") }, ...absent, ...named];
}

function preventDefault(event: Event): void {
  event.preventDefault();
}
