/** Pis that only publish: `pi-0`, `pi-1`, ... Each has one session. */

import { encodeBirth, encodeHeartbeat } from "../../../core/protocol/wire_encoding.ts";
import type { TestClient } from "./mqtt_client.ts";

const NODES = "rpi-cluster/v1/nodes";
/** Simultaneous births. */
const BIRTHS_MAX = 500;

/** Publishes a birth as long as that of a real agent. */
export async function publishBirth(client: TestClient, number: number): Promise<void> {
  const payload = encodeBirth({
    kind: "birth",
    session: sessionOf(number),
    name: `Pi ${number}`,
    everyMs: 1000,
    reconnectMs: 2000,
    facts: {
      model: "Raspberry Pi 4 Model B Rev 1.5",
      os: "Debian GNU/Linux 12 (bookworm)",
      kernel: "6.12.25+rpt-rpi-v8",
      addresses: ["192.168.1.7", "fd00::dead:beef:1234:5678"],
    },
  });
  await client.publish(`${NODES}/pi-${number}/status`, payload, { qos: 1, retain: true });
}

/** Publishes the births of the first `count` Pis. */
export async function publishBirths(client: TestClient, count: number): Promise<void> {
  for (let from = 0; from < count; from += BIRTHS_MAX) {
    const numbers = Array.from({ length: BIRTHS_MAX }, (_, index) => from + index);
    await Promise.all(
      numbers.filter((number) => number < count).map((number) => publishBirth(client, number)),
    );
  }
}

/** Publishes a round of heartbeats of the first `count` Pis, the `seq`-th of each. */
export async function publishHeartbeats(
  client: TestClient,
  { count, seq }: { readonly count: number; readonly seq: number },
): Promise<void> {
  for (let number = 0; number < count; number++) {
    const session = sessionOf(number);
    const beat = { kind: "heartbeat", session, seq, everyMs: 1000, upMs: 1000 * seq } as const;
    const payload = encodeHeartbeat(beat);
    await client.publish(`${NODES}/pi-${number}/heartbeat`, payload);
  }
}

function sessionOf(number: number): string {
  return `session-${number}`;
}
