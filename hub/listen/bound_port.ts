/** A port on which connections wait until somebody accepts them. */

import type { Endpoint } from "../../core/config/settings.ts";
import { type Listening, openEach } from "./dual_stack.ts";

export class BoundPort {
  /** The configured address with the actual port. */
  readonly address: Endpoint;
  readonly listeners: readonly Deno.TcpListener[];

  /** Port 0 means any free port; host `*` means every interface. Throws when it cannot listen. */
  constructor(listen: Endpoint) {
    const { hostname, port } = listen;
    const opened = openEach(listen, (at) => new TcpListening(at));
    this.listeners = opened.map(({ listener }) => listener);
    this.address = { hostname, port: opened[0]?.port ?? port };
  }

  close(): void {
    for (const listener of this.listeners) listener.close();
  }
}

class TcpListening implements Listening {
  readonly listener: Deno.TcpListener;

  constructor(at: Endpoint) {
    this.listener = Deno.listen({ ...at, transport: "tcp" });
  }

  get port(): number {
    return this.listener.addr.port;
  }

  close(): void {
    this.listener.close();
  }
}
