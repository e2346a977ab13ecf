/**
 * A simulated Pi: an agent that is killed from time to time, like in a power cut, and comes back.
 */

import type { LocalCluster, LocalNode } from "./local_cluster.ts";

/** The time between two deaths in the cluster, and how long a node stays dead, in milliseconds. */
export const LIVES_MS = [20_000, 60_000] as const;
export const DEAD_MS = [8_000, 25_000] as const;

/** The names of the original cluster. */
export const PRETEND_PIS: readonly LocalNode[] = [
  { id: "john-snow", name: "John Snow" },
  { id: "khal-drogo", name: "Khal Drogo" },
  { id: "arya-stark", name: "Arya Stark" },
];

export interface PretendLife {
  readonly cluster: LocalCluster;
  readonly nodes: readonly LocalNode[];
  readonly print: (line: string) => void;
  readonly stop: AbortSignal;
}

/** Starts the nodes and kills one at a time, until stopped. Throws when one ends by itself. */
export async function livePretendLife(life: PretendLife): Promise<void> {
  const { cluster, nodes, print, stop } = life;
  const configs = new Map<string, string>();
  for (const node of nodes) configs.set(node.id, await cluster.enrol(node));
  const start = async ({ id }: LocalNode) =>
    await cluster.startForNode("agent", configs.get(id) ?? "", id);

  const agents = new Map(
    await Promise.all(nodes.map(async (node) => [node, await start(node)] as const)),
  );
  for (;;) {
    const node = nodes[Math.floor(Math.random() * nodes.length)];
    const agent = node && agents.get(node);
    if (!agent) return;
    await wait(LIVES_MS, stop);
    print(`${node.name} loses its power`);
    agent.signal("SIGKILL");
    await agent.ended;
    await wait(DEAD_MS, stop);
    print(`${node.name} has power again`);
    agents.set(node, await start(node));
  }
}

async function wait([from, to]: readonly [number, number], stop: AbortSignal): Promise<void> {
  const ms = from + Math.random() * (to - from);
  await new Promise<void>((resolve, reject) => {
    stop.throwIfAborted();
    const timer = setTimeout(resolve, ms);
    stop.addEventListener("abort", () => (clearTimeout(timer), reject(stop.reason)), {
      once: true,
    });
  });
}
