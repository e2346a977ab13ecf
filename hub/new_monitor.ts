/** The hub's monitor with the state that earlier runs left. */

import { monitorMachine } from "../core/alerting/policy/monitor.ts";
import type { MonitorState } from "../core/alerting/policy/monitor_state.ts";
import { newPolicy, type Rules } from "../core/alerting/policy/policy_state.ts";
import type { Route } from "../core/alerting/incident/route.ts";
import type { Config } from "../core/config/settings.ts";
import { newCluster } from "../core/detection/cluster_state.ts";
import { remoteNodes } from "../core/detection/network_watch.ts";
import type { NodeState } from "../core/detection/node_state.ts";
import { firstGraceMs } from "../io/mqtt/first_grace.ts";
import type { Clock } from "../io/time/clock.ts";
import { localTimeOfDayMs } from "../io/time/local_time.ts";
import type { RestoredState } from "./history/restore.ts";

export interface NewMonitorOptions {
  readonly config: Config;
  /** The number of brokers that the hub listens to. */
  readonly brokers: number;
  readonly bootId: string | undefined;
  readonly routes: readonly Route[];
  readonly restored: RestoredState;
  readonly known: readonly NodeState[];
  readonly clock: Clock;
  /** If true, reboots during the hub's absence are not reported: it may have missed farewells. */
  readonly wasEndedInOrder: boolean;
}

export interface NewMonitor {
  readonly machine: ReturnType<typeof monitorMachine>;
  readonly initial: MonitorState;
  /** A random text for each run. It identifies the hub's own echoes. */
  readonly observer: string;
  /** The known nodes that are on other machines. */
  readonly remoteNodes: () => ReturnType<typeof remoteNodes>;
}

export function newMonitor(options: NewMonitorOptions): NewMonitor {
  const { config, bootId, routes, restored, known, clock, wasEndedInOrder } = options;
  const { cluster: { nodes: _, groups: __, ...timing } } = config;
  const rebootsFromMs = wasEndedInOrder ? clock.nowMs() : -Infinity;
  const rules = { ...rulesOf(config, routes, clock), rebootsFromMs };
  const grace = firstGraceMs();
  const observer = crypto.randomUUID();
  const network = { bootId, ownNode: config.node.id };
  const machine = monitorMachine({ timing, observer, firstGraceMs: grace, network }, rules);
  const ids = new Set(known.map(({ id }) => id));
  const start = { nowMs: clock.nowMs(), firstGraceMs: grace };
  const initial = {
    cluster: newCluster(known, options.brokers),
    policy: newPolicy(rules, restored.policy(ids), start),
  };
  return {
    machine,
    initial,
    observer,
    remoteNodes: () => remoteNodes(initial.cluster, { network }),
  };
}

function rulesOf(
  { alerts, cluster }: Config,
  routes: readonly Route[],
  clock: Clock,
): Omit<Rules, "rebootsFromMs"> {
  const { groupMs, flapDeaths, flapWindowMs, blindAfterMs } = alerts;
  const timeOfDayMs = (nowMs: number) => localTimeOfDayMs(clock.wallMs(nowMs));
  const { groups } = cluster;
  return { groupMs, routes, flapDeaths, flapWindowMs, blindAfterMs, groups, timeOfDayMs };
}
