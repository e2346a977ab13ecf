/** The parts of the hub that belong to LEDs and buzzers: silences, trackers, and what they show. */

import { acknowledgedDeaths } from "../core/alerting/policy/condition.ts";
import type { PolicyState } from "../core/alerting/policy/policy_state.ts";
import type { Config } from "../core/config/settings.ts";
import { topicsOf } from "../core/protocol/topics.ts";
import type { Observation } from "../io/mqtt/observation.ts";
import { HubAlarm } from "./alarm/alarm.ts";
import { AlarmView } from "./alarm/alarm_view.ts";
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
  readonly policy: PolicyState;
  readonly observation: Observation;
  readonly projection: Projection;
  readonly feed: Feed;
}

export interface AlarmParts {
  readonly alarm: HubAlarm;
  readonly alarmView: AlarmView;
  readonly trackers: Trackers;
  readonly trackerView: ViewPublisher;
}

/** Starts the parts, and shows their state on the page. */
export function startAlarm(options: AlarmPartsOptions): AlarmParts {
  const { config, parts, store, clock, policy, observation, projection, feed } = options;
  const topics = topicsOf(config.mqtt.topicRoot);
  const alarm = parts.use(
    new HubAlarm({
      store,
      clock,
      publish({ plan, copy }) {
        const publish = (topic: string, payload: string) =>
          void observation.link.publish({ topic, payload, qos: 1, retain: true });
        publish(topics.hubAlarm, plan);
        publish(topics.alarm, copy);
      },
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
        void observation.link.publish({ topic: topics.hubView, payload, qos: 1, retain: true }),
    }),
  );
  const trackers = parts.use(new Trackers({ clock, onChange: () => showAlarm() }));
  const showAlarm = () => {
    const { shows } = alarmView;
    projection.showAlarm({ trackers: trackers.nodes, shows, ...alarm.inForce() });
    feed.alarmChanged();
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
  return { alarm, alarmView, trackers, trackerView };
}
