/** Observes the hub's verdicts on MQTT. */

import { TestClient } from "../broker/mqtt_client.ts";
import { ROOT } from "../program/cluster.ts";
import type { Observed, Observer } from "./observation.ts";

const TOPIC = `${ROOT}/hub/verdicts/`;

/** `await using verdicts = await VerdictSight.connect(port);` */
export class VerdictObserver implements Observer, AsyncDisposable {
  readonly name = "the verdict on MQTT";
  readonly #client: TestClient;

  private constructor(client: TestClient) {
    this.#client = client;
  }

  /** For a broker without passwords. The retained verdicts come first, and count as seen now. */
  static async connect(port: number): Promise<VerdictObserver> {
    const client = await TestClient.connect({ port });
    await client.subscribe(`${TOPIC}+`, 1);
    return new VerdictObserver(client);
  }

  observations(): readonly Observed[] {
    return this.#client.messages.map(({ topic, payload, atMs }) => ({
      node: topic.slice(TOPIC.length),
      liveness: JSON.parse(payload).liveness,
      atMs,
    }));
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#client[Symbol.asyncDispose]();
  }
}
