/** Pretend nodes by the dozen, quick ones: they beat from this process, all on one connection. */

import { TestClient } from "../broker/mqtt_client.ts";

/** The quickest heartbeat that may be announced. */
const EVERY_MS = 250;
const RECONNECT_MS = 500;

/** `await using nodes = await QuickNodes.connect(port, root);` On a broker that asks for no password. */
export class QuickNodes implements AsyncDisposable {
  readonly #client: TestClient;
  readonly #topicRoot: string;
  /** The timers of those that live. */
  readonly #beating = new Map<string, number>();

  private constructor(client: TestClient, topicRoot: string) {
    this.#client = client;
    this.#topicRoot = topicRoot;
  }

  static async connect(port: number, topicRoot: string): Promise<QuickNodes> {
    return new QuickNodes(await TestClient.connect({ port }), topicRoot);
  }

  /** Whether the node beats. */
  lives(name: string): boolean {
    return this.#beating.has(name);
  }

  /** Begins a session. The node's id is its name in small letters. */
  async start(name: string): Promise<void> {
    const session = crypto.randomUUID();
    const topic = `${this.#topicRoot}/v1/nodes/${name.toLowerCase()}`;
    const birth = { kind: "birth", session, name, every_ms: EVERY_MS, reconnect_ms: RECONNECT_MS };
    await this.#client.publish(`${topic}/status`, JSON.stringify(birth), { qos: 1, retain: true });
    let seq = 0;
    const beat = () => {
      const heartbeat = { session, seq, every_ms: EVERY_MS, up_ms: seq * EVERY_MS };
      this.#client.send(`${topic}/heartbeat`, JSON.stringify(heartbeat));
      seq++;
    };
    beat();
    this.#beating.set(name, setInterval(beat, EVERY_MS));
  }

  /** Without a word: its power is cut. */
  cut(name: string): void {
    clearInterval(this.#beating.get(name));
    this.#beating.delete(name);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    for (const name of [...this.#beating.keys()]) this.cut(name);
    await this.#client[Symbol.asyncDispose]();
  }
}
