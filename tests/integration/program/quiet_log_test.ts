/** A broker that fails in many different ways does not fill an SD card with log lines. */

import assert from "node:assert/strict";
import { startAgent, startHub, startTracker } from "../../support/program/programs.ts";

/** More than a minute's attempts at the default reconnect time. */
const ATTEMPTS = 60;

/** Accepts connections in place of a broker, and ends each one in a different way. */
class NoBroker implements AsyncDisposable {
  attempts = 0;
  readonly #listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  readonly #accepting = this.#accept();

  get url(): string {
    return `mqtt://127.0.0.1:${this.#listener.addr.port}`;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#listener.close();
    await this.#accepting;
  }

  async #accept(): Promise<void> {
    for await (const connection of this.#listener) {
      using open = connection;
      // Closed in order, or with bytes that are not MQTT.
      if (this.attempts++ % 2 === 0) continue;
      await open.write(new Uint8Array([0xff, 0xff, 0xff, 0xff, 0xff])).catch(() => {});
    }
  }
}

Deno.test("agent, tracker and hub log each reason once, however often it alternates", async () => {
  await using broker = new NoBroker();
  const config = {
    mqtt: { url: broker.url, reconnect: "500ms" },
    node: { id: "arya" },
    hub: { broker: "none" },
  };
  const { hub: _, ...ofNode } = config;
  await using agent = await startAgent(ofNode);
  await using tracker = await startTracker(ofNode);
  await using hub = await startHub(config);
  const attempts = () => broker.attempts >= 3 * ATTEMPTS;
  await hub.process.until("many attempts", attempts, { withinMs: 120_000 });
  for (const { process } of [agent, tracker, hub]) {
    const lines = process.lines.filter((line) => line.includes("cannot connect"));
    assert.equal(lines.length, 2, lines.join("\n"));
    assert.match(
      lines.join("\n"),
      /reason="the broker closed the connection" advice="is it an MQTT/,
    );
  }
});
