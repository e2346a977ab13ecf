/** `[cluster] watch`: from whom a tracker learns how the nodes are. */

/**
 * `all`: it hears every node. `hub`: it hears the hub's verdicts. `auto` chooses by the size of the
 * cluster.
 */
export const WATCH_MODES = ["auto", "all", "hub"] as const;

export type WatchMode = typeof WATCH_MODES[number];

/** With so many nodes a tracker chooses the hub by itself ... */
export const HUB_FROM_NODES = 200;
/** ... and with fewer than this many it hears all again, so that it does not change to and fro. */
export const ALL_BELOW_NODES = 150;
