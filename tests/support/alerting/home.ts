/** A hub, the Pis that it hears at its own broker, and the phone that gets its messages. */

import { TwilioDouble } from "../delivery/twilio_double.ts";
import { Hub, type Sections, type StartOptions } from "../program/programs.ts";
import { until } from "../time/until.ts";
import { Nodes, sendingTo, texts, WITHIN_MS } from "./told.ts";

export class Home implements AsyncDisposable {
  readonly phone = new TwilioDouble();
  readonly hub: Hub;
  readonly #parts = new AsyncDisposableStack();
  readonly #passwords = new Map<string, string>();
  #nodes: Nodes | undefined;

  /** `config` is added to the hub's. `beneath` is disposed of after the hub has ended. */
  constructor(config: Sections, options: StartOptions = {}, beneath?: Disposable) {
    this.#parts.use(beneath);
    this.#parts.use(this.phone);
    this.hub = this.#parts.use(new Hub(sendingTo(this.phone, config), options));
  }

  async start(): Promise<void> {
    await this.hub.start();
    this.#nodes ??= this.#parts.use(
      new Nodes(this.hub.brokerPort, (id) => this.#credential(id)),
    );
    // This node stays up, so that the network is beyond doubt.
    await this.hear("Witness");
  }

  /** Starts a Pi; resolves when the hub has heard it. */
  async hear(name: string): Promise<void> {
    await this.kill(name);
    const id = await this.#nodes?.start(name);
    await this.hub.waitForLiveness(id ?? "", "alive", WITHIN_MS);
  }

  async kill(name: string): Promise<void> {
    await this.#nodes?.kill(name.toLowerCase());
  }

  /** Waits for a message that matches; returns how many there are. */
  async untilTold(text: RegExp): Promise<number> {
    return await until(`the message ${text}; told: ${texts(this.phone).join(" | ")}`, () => {
      return this.count(text) || undefined;
    }, { withinMs: WITHIN_MS });
  }

  count(text: RegExp): number {
    return texts(this.phone).filter((one) => text.test(one)).length;
  }

  use<T extends AsyncDisposable | Disposable>(part: T): T {
    return this.#parts.use(part);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#parts.disposeAsync();
  }

  /** Made once: a full disk accepts no new one, and a Pi that returns must know its own. */
  #credential(id: string): string {
    const password = this.#passwords.get(id) ?? this.hub.credential(id);
    this.#passwords.set(id, password);
    return password;
  }
}
