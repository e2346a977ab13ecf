/** Counts the work of the hub's machine: how many nodes and incidents it looks at. */

import type { MonitorState } from "../../../core/alerting/policy/monitor_state.ts";
import type { Rules } from "../../../core/alerting/policy/policy_state.ts";

/** Counts every entry that somebody walks over. */
class CountedMap<Key, Value> extends Map<Key, Value> {
  readonly #onWalk: () => void;

  constructor(entries: Iterable<readonly [Key, Value]>, onWalk: () => void) {
    super();
    this.#onWalk = onWalk;
    for (const [key, value] of entries) this.set(key, value);
  }

  override keys(): MapIterator<Key> {
    return this.#counted(super.keys());
  }

  override values(): MapIterator<Value> {
    return this.#counted(super.values());
  }

  override entries(): MapIterator<[Key, Value]> {
    return this.#counted(super.entries());
  }

  override [Symbol.iterator](): MapIterator<[Key, Value]> {
    return this.entries();
  }

  #counted<Item>(items: MapIterator<Item>): MapIterator<Item> {
    return items.map((item) => {
      this.#onWalk();
      return item;
    });
  }
}

export class Work {
  /** Nodes and incidents that were walked over. */
  walked = 0;
  /** Questions whether a route is to be told of an incident. */
  asked = 0;

  /** The rules, of which each question asks the route's name. */
  rules(rules: Rules): Rules {
    const count = () => this.asked++;
    return {
      ...rules,
      routes: rules.routes.map((route) =>
        Object.defineProperty({ ...route }, "name", {
          get() {
            count();
            return route.name;
          },
        })
      ),
    };
  }

  state({ cluster, policy }: MonitorState): MonitorState {
    const count = () => this.walked++;
    return {
      cluster: { ...cluster, nodes: new CountedMap(cluster.nodes, count) },
      policy: { ...policy, incidents: new CountedMap(policy.incidents, count) },
    };
  }
}
