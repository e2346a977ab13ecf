/** A node made of a plain MQTT client: says exactly what a test wants, at the pace of a real one. */

import type { TestClient } from "../broker/mqtt_client.ts";

const EVERY_MS = 1000;
/** It runs on the hub's own machine, and says so: no network stands between the two. */
export const BOOT_ID = Deno.readTextFileSync("/proc/sys/kernel/random/boot_id").trim();

export interface PretendNodeOptions {
  readonly id: string;
  readonly name: string;
  /** What else its birth says. */
  readonly facts?: Readonly<Record<string, string | readonly string[]>>;
  readonly vitals?: Readonly<Record<string, unknown>>;
}

/** `await using node = await PretendNode.start(client, { id, name });` It beats until disposed. */
export class PretendNode implements AsyncDisposable {
  readonly #client: TestClient;
  readonly #topic: string;
  readonly #session = crypto.randomUUID();
  readonly #timer: number;
  #seq = 0;
  #storage: Readonly<Record<string, string>> = {};
  #said: Promise<void> = Promise.resolve();

  private constructor(client: TestClient, id: string) {
    this.#client = client;
    this.#topic = `rpi-cluster/v1/nodes/${id}`;
    this.#timer = setInterval(() => {
      this.#said = this.#beat();
    }, EVERY_MS);
  }

  static async start(client: TestClient, options: PretendNodeOptions): Promise<PretendNode> {
    const node = new PretendNode(client, options.id);
    const { name, facts = {}, vitals } = options;
    const pace = { every_ms: EVERY_MS, reconnect_ms: 2000 };
    const birth = { kind: "birth", name, boot_id: BOOT_ID, ...pace, ...facts };
    await node.#say("status", birth, { qos: 1, retain: true });
    await node.#beat();
    if (vitals !== undefined) await node.#say("vitals", vitals, { qos: 0 });
    return node;
  }

  /** Says its vitals, or what travels with them. */
  async sayVitals(vitals: Readonly<Record<string, unknown>>): Promise<void> {
    await this.#say("vitals", vitals, { qos: 0 });
  }

  /** How its heartbeats say from now on that its storage is. */
  setStorage(keys: { readonly storage: string; readonly storage_fault?: string }): void {
    this.#storage = keys;
  }

  /** Its last word; with no reason where that is left out of `said`. */
  async farewell(said: { readonly reason?: string } = { reason: "stop" }): Promise<void> {
    clearInterval(this.#timer);
    await this.#said;
    await this.#say("status", { kind: "farewell", ...said }, { qos: 1, retain: true });
  }

  async [Symbol.asyncDispose](): Promise<void> {
    clearInterval(this.#timer);
    await this.#said;
  }

  async #beat(): Promise<void> {
    if (this.#client.isClosed) return;
    const seq = this.#seq++;
    const beat = { seq, every_ms: EVERY_MS, up_ms: seq * EVERY_MS, ...this.#storage };
    await this.#say("heartbeat", beat, { qos: 0 });
  }

  async #say(
    topic: string,
    message: Readonly<Record<string, unknown>>,
    options: { readonly qos: 0 | 1; readonly retain?: boolean },
  ): Promise<void> {
    const payload = JSON.stringify({ ...message, session: this.#session });
    await this.#client.publish(`${this.#topic}/${topic}`, payload, options);
  }
}
