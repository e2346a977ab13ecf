/** Shared by tests of messages: nodes that can be killed, and the texts that were sent. */

import type { DeliveryView } from "../../../core/api/delivery_view.ts";
import { TestClient } from "../broker/mqtt_client.ts";
import type { TwilioDouble } from "../delivery/twilio_double.ts";
import { PretendNode } from "../nodes/pretend_node.ts";
import { type Hub, type Sections, withSections } from "../program/programs.ts";
import { QUICK_DEATHS } from "../program/detection_times.ts";

/** The recipient. */
export const TO = "+4915112345678";
/** The time limit of each event. A hub that has just started waits ten seconds for its nodes. */
export const WITHIN_MS = 45_000;

/** The hub's time of day, in any time zone. */
const TIME = "\\d\\d:\\d\\d:\\d\\d(?: UTC)?";
/** The text about one death, and its name. */
export const DOWN = new RegExp(
  `^(.+) is down\\. Last heard ${TIME}, silent for (?:\\d+ min ?)?(?:\\d+ s)?\\.$`,
);
/** The text about one return, its name, and its length in minutes and seconds. */
export const UP = new RegExp(
  `^(.+) is up again after (?:(\\d+) min ?)?(?:(\\d+) s)?\\. It was down from ${TIME} to ${TIME}\\.$`,
);

/** The section by which a hub sends through the double. */
export function smsBy(double: TwilioDouble): Sections {
  const { accountSid: account_sid, authToken: auth_token, url: api_url } = double;
  return {
    sms: { provider: "twilio", account_sid, auth_token, api_url, from: "+15005550006", to: TO },
  };
}

/** A hub's configuration that sends through the double, at once by default. */
export function sendingTo(double: TwilioDouble, more: Sections = {}): Sections {
  const quick = { cluster: QUICK_DEATHS, alerts: { hold: "0s", group: "0s" } };
  return withSections(withSections(quick, smsBy(double)), more);
}

/** The texts that were sent so far. */
export function texts(double: TwilioDouble): readonly string[] {
  return double.sent.map(({ text }) => text);
}

/** Simulated nodes that can be killed, each with a connection of its own. */
export class Nodes implements AsyncDisposable {
  readonly #port: number;
  readonly #passwordOf: ((id: string) => string) | undefined;
  readonly #stacks = new Map<string, AsyncDisposableStack>();

  constructor(port: number, passwordOf?: (id: string) => string) {
    this.#port = port;
    this.#passwordOf = passwordOf;
  }

  /** Its id is its name with hyphens. */
  async start(name: string): Promise<string> {
    const id = name.toLowerCase().replaceAll(" ", "-");
    const password = this.#passwordOf?.(id);
    const login = password === undefined ? {} : { username: id, password };
    const stack = new AsyncDisposableStack();
    this.#stacks.set(id, stack);
    const client = await TestClient.connect({ port: this.#port, ...login });
    stack.defer(() => client.kill());
    stack.use(await PretendNode.start(client, { id, name }));
    return id;
  }

  /** Ends the node without a farewell or DISCONNECT. */
  async kill(...ids: readonly string[]): Promise<void> {
    await Promise.all(ids.map((id) => this.#stacks.get(id)?.disposeAsync()));
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.kill(...this.#stacks.keys());
  }
}

/** Waits until all nodes have this liveness. */
export async function allAre(
  hub: Hub,
  ids: readonly string[],
  liveness: "alive" | "dead",
): Promise<void> {
  for (const id of ids) await hub.waitForLiveness(id, liveness);
}

/** The oldest delivery, as soon as it is settled. */
export async function firstDelivery(hub: Hub): Promise<DeliveryView> {
  return await hub.process.until("the first delivery to be settled", async () => {
    const delivery = (await hub.deliveries()).at(-1);
    return delivery?.state !== "pending" && delivery;
  });
}

/** `John Snow is down` or `John Snow is up`. */
export function summaryOf(text: string): string {
  const [, down] = DOWN.exec(text) ?? [];
  const [, up] = UP.exec(text) ?? [];
  if (down !== undefined) return `${down} is down`;
  return up === undefined ? text : `${up} is up`;
}
