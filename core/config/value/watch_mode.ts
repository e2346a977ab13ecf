/** `[cluster] watch`: from whom a tracker learns how the nodes are. */

/**
 * `all`: it hears every node. `hub`: it hears the hub's verdicts. `auto` chooses by the size of the
 * cluster.
 */
export const WATCH_MODES = ["auto", "all", "hub"] as const;

export type WatchMode = typeof WATCH_MODES[number];

/** With at least this many nodes, `auto` chooses the hub. */
export const HUB_FROM_NODES = 200;
/** With fewer than this many, `auto` returns to `all`. The gap prevents frequent changes. */
export const ALL_BELOW_NODES = 150;
