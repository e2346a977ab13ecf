/** A name server whose answers take their time, as over Wi-Fi that saves power. */

import { createSocket, type Socket } from "node:dgram";
import { once } from "node:events";
import { freeLoopback } from "./free_loopback.ts";
import type { NameServer } from "./name_server.ts";

const PORT = 53;

/** Passes questions on to a real one, each after a while. */
export class SlowNameServer implements AsyncDisposable {
  readonly address = freeLoopback();
  readonly #socket: Socket = createSocket("udp4");
  readonly #sockets = new Set<Socket>([this.#socket]);
  readonly #timers = new Set<ReturnType<typeof setTimeout>>();

  private constructor(server: NameServer, delayMs: number) {
    this.#socket.on("message", (question, from) => {
      const timer = setTimeout(() => {
        const asking = createSocket("udp4");
        this.#sockets.add(asking);
        asking.on("message", (answer) => this.#socket.send(answer, from.port, from.address));
        asking.send(question, PORT, server.address);
      }, delayMs);
      this.#timers.add(timer);
    });
  }

  static async start(server: NameServer, delayMs: number): Promise<SlowNameServer> {
    const slow = new SlowNameServer(server, delayMs);
    slow.#socket.bind(PORT, slow.address);
    await once(slow.#socket, "listening");
    return slow;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    for (const timer of this.#timers) clearTimeout(timer);
    await Promise.all([...this.#sockets].map(async (socket) => {
      const closed = once(socket, "close");
      socket.close();
      await closed;
    }));
  }
}
