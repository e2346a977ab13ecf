/** A broker with the project's rules, and the ways to connect to it. */

import type { Credentials } from "../../../hub/credentials/credentials.ts";
import { type Hub, type Sections, startHub, withSections } from "../program/programs.ts";
import { until } from "../time/until.ts";
import { ConnectRefused, TestClient, type TestClientOptions } from "./mqtt_client.ts";

/** A running broker with the project's rules and the topic root `rpi-cluster`. */
export interface BrokerUnderTest extends AsyncDisposable {
  readonly port: number;
  readonly credentials: Credentials;
  readonly hubPassword: string;
  readonly tls?: TestClientOptions["tls"];
  /** Makes a broker apply changed credentials if it does not do so by itself. */
  apply(): void;
}

/** Logs in as the hub. */
export function asHub(broker: BrokerUnderTest): Promise<TestClient> {
  return connect(broker, { username: "hub", password: broker.hubPassword });
}

/** Starts a hub that uses the broker, with these sections besides. */
export async function startHubOn(
  { port, hubPassword: password }: BrokerUnderTest,
  more: Sections = {},
): Promise<Hub> {
  const mqtt = { url: `mqtt://127.0.0.1:${port}`, username: "hub", password };
  return await startHub(withSections({ mqtt, hub: { broker: "none" } }, more));
}

/** Enrols a node and logs in as it. */
export async function asNode(
  broker: BrokerUnderTest,
  id: string,
  options: Partial<TestClientOptions> = {},
): Promise<TestClient> {
  const password = broker.credentials.enrol(id);
  broker.apply();
  return await untilAdmitted(broker, { username: id, password, ...options });
}

/** Mosquitto reads its files some time after the signal; until then it uses the old passwords. */
export async function untilAdmitted(
  broker: BrokerUnderTest,
  options: Partial<TestClientOptions>,
): Promise<TestClient> {
  return await until(`the broker to admit ${options.username}`, async () => {
    try {
      return await connect(broker, options);
    } catch (error) {
      if (error instanceof ConnectRefused) return undefined;
      throw error;
    }
  });
}

export function connect(
  { port, tls }: BrokerUnderTest,
  options: Partial<TestClientOptions>,
): Promise<TestClient> {
  return TestClient.connect({ port, ...(tls === undefined ? {} : { tls }), ...options });
}
