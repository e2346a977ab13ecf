/**
 * How late the last verdicts are when all nodes die at once and return at once. Mosquitto has the
 * configuration that we distribute.
 */

import { Crowd, enrolCrowd } from "../tests/support/broker/crowd.ts";
import { TestClient } from "../tests/support/broker/mqtt_client.ts";
import { startSample } from "../tests/support/broker/sample_mosquitto.ts";
import { TemporaryFolder } from "../tests/support/program/temporary_folder.ts";
import { until } from "../tests/support/time/until.ts";
import { buildHubs, EARLIER, LoadedHub, type Version, VERSIONS } from "./load/hub.ts";
import { cpuSecondsOf } from "./process_figures.ts";

/** A cluster grows slowly, but it returns at once. */
const GROW_PER_SECOND = 500;
const RETURN_PER_SECOND = 5000;
/** A node counts as dead this long after its last will. */
const WILL_AFTER_MS = 3000;
const SETTLE_MS = 20_000;
const SLOW = { withinMs: 240_000 };
const VERDICTS = "rpi-cluster/v1/hub/verdicts/";
/** The maximum of nodes in the earlier version. */
const NODES_BEFORE = 5000;

export async function benchMassDeath(sizes: readonly number[]): Promise<readonly string[]> {
  using folder = new TemporaryFolder();
  await buildHubs(folder);
  const lines: string[] = [];
  for (const nodes of sizes) {
    for (const version of nodes > NODES_BEFORE ? ["now"] as const : VERSIONS) {
      lines.push(await died(folder, version, nodes));
    }
  }
  return lines;
}

async function died(folder: TemporaryFolder, version: Version, nodes: number): Promise<string> {
  await using parts = new AsyncDisposableStack();
  const broker = parts.use(await startSample());
  const { port, hubPassword } = broker;
  const password = enrolCrowd({ path: broker.credentials.path, nodes });
  broker.apply();
  const login = { username: "hub", password: hubPassword };
  const hub = parts.use(
    await LoadedHub.start(folder, version, {
      mqtt: { url: `mqtt://127.0.0.1:${port}`, ...login },
      hub: { broker: "none" },
    }),
  );
  const verdicts = new Verdicts(parts.use(await TestClient.connect({ port, ...login })));
  await verdicts.listen();
  const crowd = parts.use(Crowd.begin({ port, nodes, password, perSecond: GROW_PER_SECOND }));
  await crowd.born(SLOW.withinMs);
  await verdicts.all("alive", nodes);
  await pause(SETTLE_MS);

  const cpuBefore = cpuSecondsOf(hub.pid);
  const killedMs = wallMs();
  await crowd.kill();
  const dead = await verdicts.all("dead", nodes, killedMs);
  const lastDeadMs = Math.max(...dead.values()) - killedMs;
  const again = parts.use(Crowd.begin({ port, nodes, password, perSecond: RETURN_PER_SECOND }));
  const births = await again.born(SLOW.withinMs);
  const alive = await verdicts.all("alive", nodes, killedMs);
  const lags = [...alive].map(([id, ms]) => ms - (births.get(id) ?? NaN));
  const cpuS = cpuSecondsOf(hub.pid) - cpuBefore;
  const name = version === "before" ? EARLIER : version;
  return `mass death of ${nodes} nodes, ${name}: last down ${seconds(lastDeadMs)} after all died ` +
    `(ideal ${seconds(WILL_AFTER_MS)}), up at most ${
      seconds(Math.max(...lags))
    } after the birth, ` +
    `blind ${hub.blindTimes} times, ${cpuS.toFixed(1)} s of CPU`;
}

/** The verdicts that the hub publishes, with the wall-clock ms of their arrival. */
class Verdicts {
  readonly #client: TestClient;

  constructor(client: TestClient) {
    this.#client = client;
  }

  async listen(): Promise<void> {
    await this.#client.subscribe(`${VERDICTS}#`);
  }

  /** Waits until all nodes have this verdict. Returns when each first had it since `sinceMs`. */
  async all(liveness: string, nodes: number, sinceMs = 0): Promise<ReadonlyMap<string, number>> {
    const found = new Map<string, number>();
    let seen = 0;
    return await until(`${nodes} nodes to be ${liveness}`, () => {
      const { messages } = this.#client;
      for (; seen < messages.length; seen++) {
        const message = messages[seen];
        if (message === undefined || message.atMs < sinceMs) continue;
        const id = message.topic.slice(VERDICTS.length);
        const verdict: { readonly liveness: string } = JSON.parse(message.payload);
        if (verdict.liveness === liveness && !found.has(id)) found.set(id, message.atMs);
      }
      return found.size === nodes && found;
    }, SLOW);
  }
}

function wallMs(): number {
  return performance.timeOrigin + performance.now();
}

function seconds(ms: number): string {
  return `${(ms / 1000).toFixed(2)} s`;
}

function pause(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}
