/** An agent on the wire: its configuration, and what a listener hears of it. */

import { type HeardMessage, TestClient } from "../broker/mqtt_client.ts";
import { ROOT } from "../program/cluster.ts";
import type { Sections } from "../program/programs.ts";

/** A program that is asked to end is gone by then. */
export const END_MS = 2000;

/** Of the agent of `john-snow`. */
export function configFor(port: number): Sections {
  return {
    mqtt: { url: `mqtt://127.0.0.1:${port}` },
    node: { id: "john-snow", name: "John Snow" },
  };
}

/** A client that hears everything. */
export async function listen(port: number): Promise<TestClient> {
  const client = await TestClient.connect({ port });
  await client.subscribe(`${ROOT}/#`, 1);
  return client;
}

/** Whether a message of `john-snow` has that leaf as its topic. */
export function isOf(leaf: string): (message: HeardMessage) => boolean {
  return ({ topic }) => topic === `${ROOT}/nodes/john-snow/${leaf}`;
}

export function jsonOf({ payload }: HeardMessage) {
  return JSON.parse(payload);
}
