/** One credential that floods a broker on 30 connections, from a separate process. */

import { join } from "node:path";
import { PROJECT } from "../../../scripts/project.ts";

export const FLOODS = [
  "heartbeats",
  "pings",
  "big",
  "half_done",
  "subscriptions",
  "deaf",
] as const;
export type FloodKind = typeof FLOODS[number];

export interface FloodOptions {
  readonly port: number;
  readonly user: string;
  readonly password: string;
  readonly kind: FloodKind;
  /** The flood ends by itself after this time. */
  readonly seconds: number;
}

/** `await using flood = await BrokerFlood.start({...});` It ends when it is disposed. */
export class BrokerFlood implements AsyncDisposable {
  /** The number of bytes that the broker accepted. */
  readonly sent: Promise<number>;
  readonly #child: Deno.ChildProcess;
  #text = "";

  private constructor(child: Deno.ChildProcess, begun: () => void) {
    this.#child = child;
    this.sent = this.#read(begun);
  }

  /** Resolves when all its connections are logged in. */
  static async start({ port, user, password, kind, seconds }: FloodOptions): Promise<BrokerFlood> {
    const script = join(PROJECT, "tests/support/broker/broker_flood.py");
    const child = new Deno.Command("python3", {
      args: [script, String(port), user, password, kind, String(seconds)],
      stdin: "piped",
      stdout: "piped",
    }).spawn();
    const begun = Promise.withResolvers<void>();
    const flood = new BrokerFlood(child, () => begun.resolve());
    await Promise.race([begun.promise, flood.sent]);
    return flood;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#child.stdin.close();
    await this.#child.status;
  }

  async #read(begun: () => void): Promise<number> {
    for await (const part of this.#child.stdout.pipeThrough(new TextDecoderStream())) {
      this.#text += part;
      if (this.#text.includes("begun\n")) begun();
    }
    return Number(/^sent (\d+)$/m.exec(this.#text)?.[1]);
  }
}
