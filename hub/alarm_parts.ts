/** The parts of the hub that belong to LEDs and buzzers: silences, trackers, and what they show. */

import { acknowledgedDeaths } from "../core/alerting/policy/condition.ts";
import type { MonitorInput } from "../core/alerting/policy/monitor.ts";
import type { PolicyState } from "../core/alerting/policy/policy_state.ts";
import type { Config } from "../core/config/settings.ts";
import { topicsOf } from "../core/protocol/topics.ts";
import type { Inbox } from "../io/drive.ts";
import type { Observations } from "../io/mqtt/observations.ts";
import { HubAlarm } from "./alarm/alarm.ts";
import { AlarmView } from "./alarm/alarm_view.ts";
import { OtherHub } from "./alarm/other_hub.ts";
import { Trackers } from "./alarm/trackers.ts";
import { ViewPublisher } from "./alarm/view_publisher.ts";
import type { WallClock } from "./host/wall_clock.ts";
import type { Feed } from "./live/feed.ts";
import type { Projection } from "./live/projection.ts";
import type { Store } from "./store/store.ts";

export interface AlarmPartsOptions {
  readonly config: Config;
  /** Disposes the alarm's parts. */
  readonly parts: AsyncDisposableStack;
  readonly store: Store;
  readonly clock: WallClock;
  readonly inbox: Pick<Inbox<MonitorInput>, "put">;
  readonly policy: PolicyState;
  readonly observation: Observations;
  readonly projection: Projection;
  readonly feed: Feed;
}

export interface AlarmParts {
  readonly alarm: HubAlarm;
  readonly alarmView: AlarmView;
  readonly otherHub: OtherHub;
  readonly trackers: Trackers;
  readonly trackerView: ViewPublisher;
}

/** Starts the parts, and shows their state on the page. */
export function startAlarm(options: AlarmPartsOptions): AlarmParts {
  const { config, parts, store, clock, inbox, policy, observation, projection, feed } = options;
  const topics = topicsOf(config.mqtt.topicRoot);
  const alarm = parts.use(
    new HubAlarm({
      store,
      clock,
      publish({ plan, copy }) {
        const publish = (topic: string, payload: string) =>
          void observation.publish({ topic, payload, qos: 1, retain: true });
        publish(topics.hubAlarm, plan);
        publish(topics.alarm, copy);
      },
      hasOtherHub: () => otherHub.isAlive,
      onChange() {
        alarmView.look();
        showAlarm();
      },
    }),
  );
  const trackerView = parts.use(
    new ViewPublisher({
      clock,
      session: observation.observer,
      publish: (payload) =>
        void observation.publish({ topic: topics.hubView, payload, qos: 1, retain: true }),
    }),
  );
  const otherHub = parts.use(
    new OtherHub({
      clock,
      observer: observation.observer,
      onFault: (fault) => inbox.put(fault),
    }),
  );
  const trackers = parts.use(new Trackers({ clock, onChange: () => showAlarm() }));
  const showAlarm = () => {
    const { shows } = alarmView;
    projection.showAlarm({ trackers: trackers.nodes, shows, ...alarm.inForce() });
    feed.viewChanged("alarm");
  };
  const { alerts, rpi } = config;
  const alarmView = parts.use(
    new AlarmView({
      clock,
      rules: { holdMs: rpi.buzzerHoldMs, slowsFlapping: alerts.flapDeaths > 0 },
      silence: () => alarm.asTrackersSee(),
      onChange: showAlarm,
    }),
  );
  alarm.acknowledge(acknowledgedDeaths(policy));
  showAlarm();
  return { alarm, alarmView, otherHub, trackers, trackerView };
}
