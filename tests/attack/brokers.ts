/** The brokers that are attacked: the hub's own, and Mosquitto as we configure it. */

import { makeCertificates, startSample } from "../support/broker/sample_mosquitto.ts";
import { freePort } from "../support/network/free_port.ts";
import type { Hub, Sections } from "../support/program/programs.ts";
import { TemporaryFolder } from "../support/program/temporary_folder.ts";

export interface AttackedBroker extends AsyncDisposable {
  readonly port: number;
  readonly tlsPort: number | null;
  /** Absent where it is the hub. */
  readonly pid: number | undefined;
  /** What the hub must know of it. */
  readonly config: Sections;
  /** A node's password, good from `apply` on. */
  enrol(hub: Hub, id: string): string;
  /** One at a time: Mosquitto may miss a second SIGHUP while it obeys the first. */
  apply(): void;
}

export interface AttackedBrokerKind {
  readonly name: string;
  start(): Promise<AttackedBroker>;
}

export const EMBEDDED: AttackedBrokerKind = {
  name: "embedded broker",
  start() {
    const port = freePort();
    return Promise.resolve({
      port,
      tlsPort: null,
      pid: undefined,
      config: { hub: { broker_listen: `127.0.0.1:${port}` } },
      enrol: (hub, id) => hub.credential(id),
      apply: () => {},
      [Symbol.asyncDispose]: () => Promise.resolve(),
    });
  },
};

export const MOSQUITTO: AttackedBrokerKind = {
  name: "Mosquitto",
  async start() {
    const folder = new TemporaryFolder();
    const broker = await startSample({ tls: await makeCertificates(folder.path) });
    const url = `mqtt://127.0.0.1:${broker.port}`;
    return {
      port: broker.port,
      tlsPort: broker.tlsPort,
      pid: broker.pid,
      config: {
        mqtt: { url, username: "hub", password: broker.hubPassword },
        hub: { broker: "none" },
      },
      enrol: (_hub, id) => broker.credentials.enrol(id),
      apply: () => broker.apply(),
      async [Symbol.asyncDispose]() {
        await broker[Symbol.asyncDispose]();
        folder[Symbol.dispose]();
      },
    };
  },
};
