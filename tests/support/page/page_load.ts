/** A thousand nodes and more on one connection, with evenly spread heartbeats. */

import { TestClient } from "../broker/mqtt_client.ts";

const EVERY_MS = 1000;
/** The interval at which a part of them sends heartbeats. */
const STEP_MS = 20;
/** Simultaneous births. */
const BIRTHS_MAX = 100;

/** `await using load = await NodeLoad.start(port, 1000);` They are `pi-0001` and so on. */
export class NodeLoad implements AsyncDisposable {
  readonly #client: TestClient;
  readonly #session = crypto.randomUUID();
  readonly #beganMs = performance.now();
  #count = 0;
  #beats = 0;
  #timer: number | undefined;
  readonly #cut = new Set<string>();

  private constructor(client: TestClient) {
    this.#client = client;
  }

  static async start(port: number, count: number): Promise<NodeLoad> {
    const load = new NodeLoad(await TestClient.connect({ port }));
    for (let from = 0; from < count; from += BIRTHS_MAX) {
      const ids = Array.from(
        { length: Math.min(BIRTHS_MAX, count - from) },
        (_, index) => idOf(from + index),
      );
      await Promise.all(ids.map((id) => load.#bear(id)));
    }
    load.#count = count;
    load.#timer = setInterval(() => load.#beat(), STEP_MS);
    return load;
  }

  /** Cuts the power of a node. */
  cut(id: string): void {
    this.#cut.add(id);
  }

  /** Restores the node. */
  heal(id: string): void {
    this.#cut.delete(id);
  }

  async #bear(id: string): Promise<void> {
    const birth = { kind: "birth", name: `Node ${id}`, every_ms: EVERY_MS, reconnect_ms: 2000 };
    await this.#say(id, "status", birth, true);
    this.#send(id, "vitals", {
      temperature: { value: 48.2, level: "ok" },
      cpu: { value: 12, level: "ok" },
      memory: { value: 40, level: "ok" },
      disk: { value: 61, level: "ok" },
      under_voltage: { value: null, level: "not_supported" },
    });
  }

  /** Sends the heartbeats that are due. */
  #beat(): void {
    const due = Math.floor((performance.now() - this.#beganMs) * this.#count / EVERY_MS);
    // Late heartbeats are skipped, because an old heartbeat has no value.
    this.#beats = Math.max(this.#beats, due - this.#count);
    for (; this.#beats < due; this.#beats++) {
      const id = idOf(this.#beats % this.#count);
      if (this.#cut.has(id)) continue;
      const seq = Math.floor(this.#beats / this.#count);
      this.#send(id, "heartbeat", { seq, every_ms: EVERY_MS, up_ms: seq * EVERY_MS });
    }
  }

  async #say(id: string, leaf: string, message: object, retain: boolean): Promise<void> {
    const payload = JSON.stringify({ ...message, session: this.#session });
    await this.#client.publish(`rpi-cluster/v1/nodes/${id}/${leaf}`, payload, { qos: 1, retain });
  }

  #send(id: string, leaf: string, message: object): void {
    const payload = JSON.stringify({ ...message, session: this.#session });
    this.#client.send(`rpi-cluster/v1/nodes/${id}/${leaf}`, payload);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    clearInterval(this.#timer);
    await this.#client[Symbol.asyncDispose]();
  }
}

function idOf(index: number): string {
  return `pi-${String(index + 1).padStart(4, "0")}`;
}
