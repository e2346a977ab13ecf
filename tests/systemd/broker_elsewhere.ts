/** A broker of this machine for the machines at the other end of a cable. */

import { Mosquitto } from "../support/broker/mosquitto.ts";

/** It listens at that address of this machine, and for the test itself on loopback. */
export function startBrokerAt(address: string): Promise<Mosquitto> {
  return Mosquitto.start({
    address,
    config: ({ port }) =>
      [address, "127.0.0.1"].map((one) => `listener ${port} ${one}\n`).join("") +
      "allow_anonymous true\n",
  });
}
