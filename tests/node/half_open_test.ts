/** An agent on Node.js whose connection is half open: nothing ends it, and nothing comes through. */

import { Mosquitto } from "../support/broker/mosquitto.ts";
import { configFor, isOf, listen } from "../support/nodes/agent_wire.ts";
import { startAgent } from "../support/program/programs.ts";
import { until } from "../support/time/until.ts";

/** Passes everything on, or takes everything and passes nothing on. */
class Relay implements Disposable {
  isMute = false;
  readonly #listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  readonly #open = new Set<Deno.TcpConn>();

  constructor(port: number) {
    void this.#accept(port);
  }

  get port(): number {
    return this.#listener.addr.port;
  }

  [Symbol.dispose](): void {
    this.#listener.close();
    for (const connection of this.#open) connection.close();
  }

  async #accept(port: number): Promise<void> {
    for await (const client of this.#listener) {
      const server = await Deno.connect({ hostname: "127.0.0.1", port });
      for (const [from, to] of [[client, server], [server, client]] as const) {
        this.#open.add(from);
        void this.#pass(from, to);
      }
    }
  }

  async #pass(from: Deno.TcpConn, to: Deno.TcpConn): Promise<void> {
    const buffer = new Uint8Array(4096);
    try {
      for (;;) {
        const count = await from.read(buffer);
        if (count === null) break;
        if (!this.isMute) await to.write(buffer.subarray(0, count));
      }
    } catch {
      // The test has ended, or the other side has.
    }
    for (const connection of [from, to]) if (this.#open.delete(connection)) connection.close();
  }
}

Deno.test("an agent on Node.js leaves a connection on which nothing comes, and returns", async () => {
  await using broker = await Mosquitto.start();
  await using listener = await listen(broker.port);
  using relay = new Relay(broker.port);
  await using agent = await startAgent(configFor(relay.port), { runtime: "node" });
  await agent.process.line(" connected");
  relay.isMute = true;
  await agent.process.line("disconnected", { withinMs: 60_000 });
  await agent.process.line(/cannot connect.*no greeting/);
  const from = agent.process.lines.length;
  relay.isMute = false;
  await agent.process.line(" connected", { from });
  listener.messages.length = 0;
  await until("heartbeats", () => listener.messages.filter(isOf("heartbeat")).length > 2);
  await agent.stop();
});
