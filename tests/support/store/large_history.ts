/** The database of a hub that has watched many nodes for a year. */

import { Store } from "../../../hub/store/store.ts";

const SECOND_MS = 1000;
const DAY_MS = 24 * 3600 * SECOND_MS;
/** Rows in one transaction. */
const AT_ONCE = 2000;

export interface LargeHistory {
  readonly path: string;
  readonly nodes: number;
  /** Of each node, within the year. */
  readonly outages: number;
  /** In all: a store keeps some thousands. */
  readonly incidents: number;
  readonly nowMs: number;
}

/** Creates the file. Every node was up when the hub ended, 10 s ago. */
export function writeLargeHistory({ path, nodes, outages, incidents, nowMs }: LargeHistory): void {
  using store = new Store(path);
  store.transaction(() => {
    const runMs = nowMs - 365 * DAY_MS;
    store.visibility.begin(runMs, runMs);
    store.visibility.extend(nowMs - 10 * SECOND_MS);
  });
  inParts(store, nodes, (index) => saveNode(store, index, nowMs));
  inParts(store, nodes * outages, (count) => {
    const node = idOf(count % nodes);
    const diedMs = nowMs - 365 * DAY_MS + (count + 1) * 364 * DAY_MS / (nodes * outages);
    for (const change of outageOf(diedMs)) store.transitions.add({ node, ...change });
  });
  inParts(store, incidents, (count) => addIncident(store, idOf(count % nodes), nowMs - count));
  store.transaction(() => {
    const heardMs = Array.from(
      { length: nodes },
      (_, index) => [idOf(index), nowMs - 10 * SECOND_MS - index % SECOND_MS] as const,
    );
    store.pulse.hear(new Map(heardMs), nowMs - 10 * SECOND_MS);
  });
}

export function idOf(index: number): string {
  return `raspberry-pi-${index}`;
}

function inParts(store: Store, count: number, write: (index: number) => void): void {
  for (let from = 0; from < count; from += AT_ONCE) {
    store.transaction(() => {
      for (let index = from; index < Math.min(count, from + AT_ONCE); index++) write(index);
    });
  }
}

function saveNode(store: Store, index: number, nowMs: number): void {
  const id = idOf(index);
  store.nodes.save({
    id,
    name: `Raspberry Pi ${index}`,
    facts: {
      model: "Raspberry Pi 4 Model B Rev 1.5",
      serial: `10000000${index.toString(16).padStart(8, "0")}`,
      os: "Debian GNU/Linux 13 (trixie)",
      kernel: "6.12.47+rpt-rpi-v8",
      architecture: "aarch64",
      hostname: id,
      addresses: [`10.${index >> 16 & 255}.${index >> 8 & 255}.${index & 255}`, "fd00::1"],
      boot_id: crypto.randomUUID(),
      version: "0.1.0",
    },
    liveness: "alive",
    isExpected: true,
    session: `session-${index}`,
    endedSessions: [crypto.randomUUID()],
    sinceMs: nowMs - DAY_MS,
    everyMs: SECOND_MS,
    reconnectMs: 2 * SECOND_MS,
    lastHeardMs: nowMs - 10 * SECOND_MS,
    backByMs: undefined,
    leftReason: undefined,
  });
}

function outageOf(diedMs: number) {
  return [
    { from: "alive", to: "suspect", reason: "silence", atMs: diedMs - 2000 },
    { from: "suspect", to: "dead", reason: "silence", atMs: diedMs, silentMs: 5000 },
    { from: "dead", to: "alive", reason: "birth", atMs: diedMs + 300_000 },
  ] as const;
}

/** A death that people were notified of, and its end. */
function addIncident(store: Store, node: string, atMs: number): void {
  const { incidents, notifications, items, outbox } = store;
  const subject = `node ${node}`;
  const id = incidents.open({
    kind: "node",
    subject,
    node,
    name: node,
    cause: "silence",
    diedAtMs: atMs,
  });
  const item = {
    kind: "down",
    node,
    name: node,
    cause: "silence",
    lastHeardMs: atMs,
    diedAtMs: atMs,
  } as const;
  const told = items.add({
    kind: "alert",
    route: "people",
    channel: "print",
    items: [item],
    common: undefined,
    atMs,
  });
  const message = outbox.add({
    route: "people",
    channel: "print",
    recipient: "+4915112345678",
    items: told,
    incidentIds: [id],
    atMs,
  });
  outbox.freeze(message, `${node} is down.`);
  outbox.settle(message, { state: "delivered", isUncertain: false, dueAtMs: undefined });
  notifications.notify(id, "people", atMs);
  notifications.resolve(id);
  incidents.close(subject, { atMs: atMs + 1 });
}
