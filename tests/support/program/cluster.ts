/**
 * A whole cluster for integration tests: a broker, a hub, and any number of agents and trackers.
 */

import type { Liveness } from "../../../core/detection/liveness.ts";
import { Mosquitto, type MosquittoOptions } from "../broker/mosquitto.ts";
import { TestClient, type TestClientOptions } from "../broker/mqtt_client.ts";
import { freePort } from "../network/free_port.ts";
import {
  type Hub,
  type Sections,
  startAgent,
  startHub,
  type StartOptions,
  startTracker,
  type TestProgram,
  withSections,
} from "./programs.ts";

/** The topics of the default topic root. */
export const ROOT = "rpi-cluster/v1";

export interface ClusterSettings {
  /** Sections of the hub's configuration. */
  readonly hub?: Sections;
  /** Settings of Mosquitto, if that is the broker. */
  readonly mosquitto?: MosquittoOptions;
  /** An additional address of this machine at which the broker listens. */
  readonly address?: string;
  /** Runs hub, agents and trackers from `dist/` instead of the sources. */
  readonly compiled?: boolean;
}

/** Settings of one node's programs. */
export interface NodeSettings extends StartOptions {
  readonly name?: string;
  readonly config?: Sections;
}

/** A kind of broker for tests. */
export interface BrokerKind {
  readonly name: string;
  start(settings?: ClusterSettings): Promise<TestCluster>;
}

/** Without access rules: only the hub itself limits hostile clients. */
export const MOSQUITTO: BrokerKind = {
  name: "Mosquitto",
  async start(settings = {}) {
    const { address = "127.0.0.1" } = settings;
    const listeners = [...new Set(["127.0.0.1", address])];
    const broker = await Mosquitto.start({
      config: ({ port }) =>
        listeners.map((listener) => `listener ${port} ${listener}\n`).join("") +
        "allow_anonymous true\n",
      ...settings.mosquitto,
    });
    return await started({ port: broker.port, broker }, settings, {
      mqtt: { url: `mqtt://127.0.0.1:${broker.port}` },
      hub: { broker: "none" },
    });
  },
};

export const EMBEDDED: BrokerKind = {
  name: "the embedded broker",
  async start(settings = {}) {
    const { address } = settings;
    const port = freePort();
    const listen = `${address === undefined ? "127.0.0.1" : "0.0.0.0"}:${port}`;
    return await started({ port, broker: undefined }, settings, { hub: { broker_listen: listen } });
  },
};

export const BROKERS: readonly BrokerKind[] = [MOSQUITTO, EMBEDDED];

interface StartedBroker {
  readonly port: number;
  /** `undefined` when the broker is the hub's own. */
  readonly broker: Mosquitto | undefined;
}

async function started(
  { port, broker }: StartedBroker,
  { hub: wanted = {}, address = "127.0.0.1", compiled = false }: ClusterSettings,
  own: Sections,
): Promise<TestCluster> {
  const parts = new AsyncDisposableStack();
  try {
    if (broker !== undefined) parts.use(broker);
    const quick = { alerts: { hold: "1s", group: "0s" }, sms: { provider: "print" } };
    const config = withSections(withSections(quick, own), wanted);
    const hub = parts.use(await startHub(config, { compiled }));
    await hub.untilSeeing();
    return new TestCluster({ hub, port, broker, parts, address, compiled });
  } catch (error) {
    await parts.disposeAsync();
    throw error;
  }
}

interface ClusterParts extends StartedBroker {
  readonly hub: Hub;
  readonly parts: AsyncDisposableStack;
  readonly address: string;
  readonly compiled: boolean;
}

/** `await using cluster = await kind.start();` Ends everything that it started. */
export class TestCluster implements AsyncDisposable {
  readonly hub: Hub;
  /** The port of the broker, of either kind. */
  readonly port: number;
  readonly #broker: Mosquitto | undefined;
  readonly #parts: AsyncDisposableStack;
  readonly #address: string;
  readonly #compiled: boolean;
  /** One password for each node, because a new one would disconnect its other programs. */
  readonly #passwords = new Map<string, string>();

  constructor({ hub, port, broker, parts, address, compiled }: ClusterParts) {
    this.hub = hub;
    this.port = port;
    this.#broker = broker;
    this.#parts = parts;
    this.#address = address;
    this.#compiled = compiled;
  }

  get mosquitto(): Mosquitto {
    if (this.#broker === undefined) throw new Error("the broker is the hub's own");
    return this.#broker;
  }

  /** Starts a node's agent, and waits until the hub has heard it. */
  async agent(id: string, settings: NodeSettings = {}): Promise<TestProgram> {
    const { name = id, config = {}, ...options } = settings;
    const own = await this.configOf(id, name);
    const how = { compiled: this.#compiled, ...options };
    const agent = this.#parts.use(await startAgent(withSections(own, config), how));
    await this.hub.waitForLiveness(id, "alive");
    return agent;
  }

  /** Starts a node's tracker, and waits until it sees the cluster. */
  async tracker(id: string, settings: NodeSettings = {}): Promise<TestProgram> {
    const { name = id, config = {}, ...options } = settings;
    const own = await this.configOf(id, name);
    const how = { compiled: this.#compiled, ...options };
    const tracker = this.#parts.use(await startTracker(withSections(own, config), how));
    await tracker.process.line("sees the cluster");
    return tracker;
  }

  /** Returns the node's `config.ini`, with a password if the broker needs one. */
  configOf(id: string, name = id): Sections {
    const login = this.#login(id);
    return {
      mqtt: { url: `mqtt://${this.#address}:${this.port}`, ...login },
      node: { id, name },
    };
  }

  /** Connects a plain MQTT client with a node's rights. */
  async client(id: string, options: Partial<TestClientOptions> = {}): Promise<TestClient> {
    return this.#parts.use(
      await TestClient.connect({ port: this.port, ...this.#login(id), ...options }),
    );
  }

  /** Connects a plain MQTT client that receives everything. */
  async listener(): Promise<TestClient> {
    const client = await this.client("listener");
    await client.subscribe(`${ROOT}/#`, 1);
    return client;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#parts.disposeAsync();
  }

  #login(id: string): { readonly username?: string; readonly password?: string } {
    if (this.#broker !== undefined) return {};
    const password = this.#passwords.get(id) ?? this.hub.credential(id);
    this.#passwords.set(id, password);
    return { username: id, password };
  }
}

/**
 * Returns the changes of a node's liveness that a hub or tracker logged: `up late`, `late down`,
 * ...
 */
export function changesOf(program: TestProgram, node: string): readonly string[] {
  const pattern = new RegExp(`a node (?:changed|died) node=${node} from=(\\w+) to=(\\w+)`);
  return program.process.lines.flatMap((line) => {
    const [, from, to] = pattern.exec(line) ?? [];
    return from === undefined ? [] : [`${from} ${to}`];
  });
}

/** Returns the deaths that a hub or tracker logged in its present run. */
export function deathsIn(program: TestProgram): readonly string[] {
  return program.process.lines.filter((line) => line.includes("a node died"));
}

/** Returns the hub's retained verdicts on a node, from the messages so far. */
export function verdictsOf(listener: TestClient, node: string): readonly Liveness[] {
  return listener.messages
    .filter(({ topic }) => topic === `${ROOT}/hub/verdicts/${node}`)
    .map(({ payload }) => JSON.parse(payload).liveness);
}
