/** The first view: the verdict, the nodes, and the latest history. */

import type { JSX } from "preact";
import { DeviceSwitches } from "../device/device_switches.tsx";
import { IncidentList } from "../history/incident_list.tsx";
import { MessageList } from "../history/message_list.tsx";
import { NodeList } from "../list/node_list.tsx";
import { RefusedNote } from "../refused/refused_note.tsx";
import type { ViewProps } from "../shell/view_props.ts";
import { UpgradeNote } from "../upgrade/upgrade_note.tsx";
import { VerdictLine } from "../verdict/verdict_line.tsx";

/** The rows of each history; the view of all incidents has the rest. */
const ROWS_MAX = 10;

export function Home(props: ViewProps): JSX.Element {
  const { live, attention, api } = props;
  const deliveries = live.guest.value ? undefined : live.deliveries.value.slice(0, ROWS_MAX);
  return (
    <>
      <VerdictLine
        verdict={live.verdict.value}
        nodes={live.nodes.value}
        alarm={live.alarm.value}
        notification={live.notification.value}
        isGuest={live.guest.value}
        incidents={live.incidents.value}
        hubNowMs={live.hubNowMs}
        now={live.minute.value}
        api={api}
      />
      {live.known.value && (
        <>
          <RefusedNote
            refused={live.refused.value}
            nodes={live.nodes.value}
            hubNowMs={live.hubNowMs}
            now={live.minute.value}
          />
          {!live.guest.value && <UpgradeNote nodes={live.nodes.value} api={api} />}
          <NodeList {...props} />
          <div class="histories">
            <IncidentList
              incidents={live.incidents.value}
              rowsMax={ROWS_MAX}
              at={live.minute.value}
              hubNowMs={live.hubNowMs}
            />
            <MessageList deliveries={deliveries} at={live.minute.value} />
          </div>
          <DeviceSwitches attention={attention} />
        </>
      )}
    </>
  );
}
