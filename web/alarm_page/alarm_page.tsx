/** The view of the alarm: what LEDs and buzzers do and why, silence, and tests. */

import { useSignal } from "@preact/signals";
import type { JSX } from "preact";
import type { ClusterView } from "../../core/feed.ts";
import { useAsked } from "../parts/asked.ts";
import { Heading } from "../parts/heading.tsx";
import { text } from "../texts.ts";
import type { ViewProps } from "../view_props.ts";
import { type Alarm, type AlarmSight, alarmStateOf, type InForce } from "./alarm_state.ts";
import { AlarmNow } from "./alarm_now.tsx";
import { AlarmTests } from "./alarm_tests.tsx";
import { SignTable } from "./sign_table.tsx";
import { SilenceForm } from "./silence_form.tsx";

export function AlarmPage({ live, api }: ViewProps): JSX.Element {
  const round = useSignal(0);
  const isGuest = live.guest.value;
  // Of a hub that does not tell it, the question below does.
  const view: (ClusterView & { readonly alarm?: Alarm }) | undefined = live.view.value;
  const asked = useAsked<InForce>(
    api,
    live.known.value && !isGuest ? "/api/v1/alarm" : undefined,
    round.value,
  );
  const inForce = view?.alarm ?? (asked.kind === "good" ? asked.body : undefined);
  const isHeard = live.link.value === "live";
  const sight: AlarmSight | undefined = view && isHeard
    ? { blind: view.blind, nodes: view.nodes, alarm: view.alarm, inForce, at: view.at }
    : undefined;
  return (
    <>
      <Heading>{text("alarmPage.title")}</Heading>
      <div class="columns">
        <div>
          <AlarmNow state={sight && alarmStateOf(sight)} at={view?.at ?? ""} />
          {!isGuest && view && (
            <SilenceForm
              api={api}
              nodes={view.nodes}
              inForce={inForce}
              at={view.at}
              onDone={() => round.value++}
            />
          )}
        </div>
        <div>
          {!isGuest && <AlarmTests api={api} nodes={live.nodes.value} />}
          <SignTable />
        </div>
      </div>
    </>
  );
}
