/** The MQTT topics of the project. */

/** The topics below a root. */
export interface Topics {
  /**
   * The filter for all messages. All filters of a connection share one stream, so that an echo tests
   * the same path as heartbeats.
   */
  readonly all: string;
  /**
   * The filters of a tracker whose node is `self`, apart from what it hears of nodes: the hub, the
   * buttons, its own echoes.
   */
  ofTracker(self: string): readonly string[];
  /** The filters for what every node says of its life. */
  readonly everyNode: readonly string[];
  /** The filter for what one node says. */
  ofNode(node: string): string;
  /** The prefix of the nodes' topics. A node's id and a slash follow. */
  readonly nodesPrefix: string;
  status(node: string): string;
  heartbeat(node: string): string;
  vitals(node: string): string;
  echo(node: string): string;
  verdict(node: string): string;
  /** On this topic the hub asks a node's agent to upgrade. */
  update(node: string): string;
  readonly hubStatus: string;
  readonly hubEcho: string;
  /** The hub's view of all nodes, for trackers that do not hear each node. */
  readonly hubView: string;
  /** The topic of presses. Every node may write it. */
  readonly alarm: string;
  /** The hub's topic about buzzers. Only the hub may write it. */
  readonly hubAlarm: string;
  /** The topic on which the hub asks a node's tracker to test its alarm. */
  readonly alarmTest: string;
  /** A topic that nobody may write but the hub, and that nobody reads. */
  ofNobody(node: string): string;
}

export function topicsOf(root: string): Topics {
  const base = `${root}/v1`;
  return {
    all: `${base}/#`,
    ofTracker: (self) => [
      `${base}/hub/status`,
      `${base}/hub/echo`,
      `${base}/hub/view`,
      `${base}/hub/alarm`,
      `${base}/alarm`,
      `${base}/alarm/test`,
      `${base}/nodes/${self}/echo`,
    ],
    everyNode: [`${base}/nodes/+/status`, `${base}/nodes/+/heartbeat`],
    ofNode: (node) => `${base}/nodes/${node}/+`,
    nodesPrefix: `${base}/nodes/`,
    status: (node) => `${base}/nodes/${node}/status`,
    heartbeat: (node) => `${base}/nodes/${node}/heartbeat`,
    vitals: (node) => `${base}/nodes/${node}/vitals`,
    echo: (node) => `${base}/nodes/${node}/echo`,
    verdict: (node) => `${base}/hub/verdicts/${node}`,
    update: (node) => `${base}/hub/update/${node}`,
    hubStatus: `${base}/hub/status`,
    hubEcho: `${base}/hub/echo`,
    hubView: `${base}/hub/view`,
    alarm: `${base}/alarm`,
    hubAlarm: `${base}/hub/alarm`,
    alarmTest: `${base}/alarm/test`,
    ofNobody: (node) => `${base}/doctor/${node}`,
  };
}
