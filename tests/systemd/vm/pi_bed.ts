/** A Pi on a whole Debian that has nothing installed yet, with a broker and packages elsewhere. */

import { TestClient } from "../../support/broker/mqtt_client.ts";
import { TestNetwork } from "../../support/network/network.ts";
import { startBrokerAt } from "../broker_elsewhere.ts";
import { DebianMachine } from "./debian_machine.ts";
import { type ReleaseOptions, ReleaseServer } from "./release_server.ts";

/** `await using bed = await PiBed.open({ version, targets });` */
export class PiBed implements AsyncDisposable {
  readonly pi: DebianMachine;
  readonly brokerUrl: string;
  /** Hears all that is said of `john-snow`. */
  readonly client: TestClient;
  readonly releases: ReleaseServer;
  readonly #parts: AsyncDisposableStack;

  private constructor(
    parts: AsyncDisposableStack,
    { pi, brokerUrl, client, releases }: Pick<PiBed, "pi" | "brokerUrl" | "client" | "releases">,
  ) {
    this.#parts = parts;
    this.pi = pi;
    this.brokerUrl = brokerUrl;
    this.client = client;
    this.releases = releases;
  }

  /** The Pi has the host name `john-snow`. */
  static async open(release: ReleaseOptions): Promise<PiBed> {
    await using parts = new AsyncDisposableStack();
    const network = parts.use(await TestNetwork.open());
    const cable = await network.addMachine();
    const { address } = network;
    const { port } = parts.use(await startBrokerAt(address));
    const client = parts.use(await TestClient.connect({ port }));
    await client.subscribe("rpi-cluster/v1/nodes/john-snow/#");
    const releases = parts.use(ReleaseServer.start(address));
    await releases.publish(release);
    const pi = parts.use(
      await DebianMachine.boot({
        release: "this machine",
        hostname: "john-snow",
        network: cable.namespacePath,
      }),
    );
    const brokerUrl = `mqtt://${address}:${port}`;
    return new PiBed(parts.move(), { pi, brokerUrl, client, releases });
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#parts[Symbol.asyncDispose]();
  }
}
