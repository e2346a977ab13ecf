/** What most stories are told with: one machine with systemd, on a network with a broker elsewhere. */

import type { Mosquitto } from "../support/broker/mosquitto.ts";
import { TestClient } from "../support/broker/mqtt_client.ts";
import { TestNetwork } from "../support/network/network.ts";
import { type Sections, withSections } from "../support/program/programs.ts";
import { startBrokerAt } from "./broker_elsewhere.ts";
import { machineHindrance } from "./guest.ts";
import { type MachineOptions, SystemdMachine } from "./machine.ts";

export interface Bed {
  readonly machine: SystemdMachine;
  /** On this machine, at the other end of the cable. */
  readonly broker: Mosquitto;
  /** Hears all that is said there. */
  readonly listener: TestClient;
}

/** Changes of what the machine is made with; its broker is the one elsewhere unless told. */
export type BedOptions = Partial<Omit<MachineOptions, "network">>;

/** A test with a machine that runs systemd; left out, by name, where there can be none. */
export function testWithSystemd(
  name: string,
  options: BedOptions,
  story: (bed: Bed, t: Deno.TestContext) => Promise<void>,
): void {
  const hindrance = machineHindrance();
  Deno.test({
    name: hindrance === undefined ? name : `${name} (${hindrance})`,
    ignore: hindrance !== undefined && Deno.env.get("CI") !== "true",
    async fn(t) {
      await using network = await TestNetwork.open();
      const cable = await network.addMachine();
      const { address } = network;
      await using broker = await startBrokerAt(address);
      await using listener = await TestClient.connect({ port: broker.port });
      await listener.subscribe("rpi-cluster/v1/#");
      const elsewhere: Sections = {
        mqtt: { url: `mqtt://${address}:${broker.port}` },
        node: { id: "john-snow", name: "John Snow" },
        rpi: { led: "none", buzzer: "none" },
      };
      await using machine = await SystemdMachine.boot({
        ...options,
        config: withSections(elsewhere, options.config ?? {}),
        network: cable.namespacePath,
      });
      await story({ machine, broker, listener }, t);
    },
  });
}
