/** The view of the alarm: what LEDs and buzzers do and why, silence, and tests. */

import type { JSX } from "preact";
import type { NodeView } from "../../core/api/node_view.ts";
import { Heading } from "../parts/heading.tsx";
import type { ViewProps } from "../shell/view_props.ts";
import { text } from "../texts/texts.ts";
import { shownName } from "../words/shown_name.ts";
import { AlarmNow } from "./alarm_now.tsx";
import { type AlarmFacts, alarmStateOf } from "./alarm_state.ts";
import { AlarmTests } from "./alarm_tests.tsx";
import { BrokersNow } from "./brokers_now.tsx";
import { MessagesNow } from "./messages_now.tsx";
import { SignTable } from "./sign_table.tsx";
import { SilenceForm } from "./silence_form.tsx";
import { WatchdogNow } from "./watchdog_now.tsx";

/** For a Pi with a tracker but no agent only the id is known. */
function trackerNames(
  nodes: readonly NodeView[],
  trackers: readonly string[],
): readonly string[] {
  const names = new Map(nodes.map((node) => [node.id, shownName(node)]));
  return trackers.map((id) => names.get(id) ?? id);
}

export function AlarmPage({ live, api }: ViewProps): JSX.Element {
  const isGuest = live.guest.value;
  const view = live.view.value;
  const facts: AlarmFacts | undefined = view && live.link.value === "live"
    ? { blind: view.blind, nodes: view.nodes, alarm: view.alarm, isGuest, at: view.at }
    : undefined;
  const messages = !isGuest && view && <MessagesNow notification={view.notification} />;
  const trackers = live.alarm.value?.trackers ?? [];
  // A person who came here to set up messages sees the instructions first.
  const isWorking = view?.notification.state === "works";
  return (
    <>
      <Heading>{text("alarmPage.title")}</Heading>
      <div class="columns">
        <div>
          {!isWorking && messages}
          <AlarmNow
            state={facts && alarmStateOf(facts)}
            trackers={trackerNames(live.nodes.value, trackers)}
            at={view?.at ?? ""}
          />
          {!isGuest && view && (
            <SilenceForm
              api={api}
              nodes={view.nodes}
              inForce={view.alarm}
              hasBuzzers={trackers.length > 0}
              at={view.at}
            />
          )}
        </div>
        <div>
          {isWorking && messages}
          {view?.brokers !== undefined && <BrokersNow brokers={view.brokers} at={view.at} />}
          {view?.watchdog !== undefined && <WatchdogNow watchdog={view.watchdog} at={view.at} />}
          {!isGuest && <AlarmTests api={api} nodes={live.nodes.value} trackers={trackers} />}
          {trackers.length > 0 && <SignTable />}
        </div>
      </div>
    </>
  );
}
