/** A client that logs in to a broker hundreds of times a second, from the tests' own address. */

import { join } from "node:path";
import { PROJECT } from "../../../scripts/project.ts";

/** The bytes of a CONNECT, or others in its place. */
export type FloodLogin =
  | {
    readonly user: string;
    readonly password: string;
    readonly client_id?: string;
    /**
     * The topic of a last will, which the broker publishes because the connection always breaks.
     */
    readonly will_topic?: string;
    readonly version?: 4 | 5;
    /** Makes user name and client id of each login different. */
    readonly numbered?: true;
  }
  | { readonly bytes: string };

export interface FloodPlan {
  readonly port: number;
  readonly seconds: number;
  /** Connections per second. */
  readonly rate: number;
  readonly logins: readonly FloodLogin[];
}

export interface FloodResult {
  readonly made: number;
  readonly accepted: number;
}

/**
 * A separate process, which ends by itself. `await using flood = await BrokerKnocks.begin({...});`
 */
export class BrokerKnocks implements AsyncDisposable {
  /** The counts, when it has ended. */
  readonly result: Promise<FloodResult>;
  readonly #child: Deno.ChildProcess;

  private constructor(child: Deno.ChildProcess, result: Promise<FloodResult>) {
    this.#child = child;
    this.result = result;
  }

  static async begin(plan: FloodPlan): Promise<BrokerKnocks> {
    const child = new Deno.Command("python3", {
      args: [join(PROJECT, "tests/support/broker/broker_knocks.py"), JSON.stringify(plan)],
      stdin: "null",
      stdout: "piped",
    }).spawn();
    const began = Promise.withResolvers<void>();
    const result = resultOf(child.stdout, () => began.resolve());
    await Promise.race([began.promise, result]);
    return new BrokerKnocks(child, result);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    try {
      this.#child.kill("SIGKILL");
    } catch {
      // it has ended
    }
    await this.#child.status;
    await this.result.catch(() => {});
  }
}

async function resultOf(
  output: ReadableStream<Uint8Array>,
  onBegan: () => void,
): Promise<FloodResult> {
  let text = "";
  for await (const part of output.pipeThrough(new TextDecoderStream())) {
    text += part;
    if (text.startsWith("began\n")) onBegan();
  }
  return JSON.parse(text.split("\n")[1] || "null");
}
