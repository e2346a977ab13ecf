/** Stories that mostly wait, told at the same time: each is a step of one test, with its own outcome. */

import { type BrokerKind, BROKERS } from "../program/cluster.ts";

export interface TogetherOptions {
  readonly ignore?: boolean;
}

/** Registers one test; all its stories are told to their ends, whatever becomes of the others. */
export function testTogether(
  name: string,
  stories: Readonly<Record<string, () => Promise<void>>>,
  { ignore = false }: TogetherOptions = {},
): void {
  Deno.test({
    name,
    ignore,
    async fn(test) {
      const told = await Promise.allSettled(Object.values(stories).map((tell) => tell()));
      for (const [index, story] of Object.keys(stories).entries()) {
        await test.step(story, () => {
          const outcome = told[index];
          if (outcome?.status === "rejected") throw outcome.reason;
        });
      }
    },
  });
}

/** Registers one test that tells the same story with each broker. */
export function testWithBrokers(
  name: string,
  tell: (broker: BrokerKind) => Promise<void>,
  options: TogetherOptions = {},
): void {
  const stories = BROKERS.map((broker) => [`with ${broker.name}`, () => tell(broker)] as const);
  testTogether(name, Object.fromEntries(stories), options);
}
