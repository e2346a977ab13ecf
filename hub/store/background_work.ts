/** Long work on the file in small steps, one after the other. */

import type { StepWork } from "./database/batch.ts";
import type { WriteThrough } from "./database/write_through.ts";

/** Each step is short. The work ends with the generator. */
export type BackgroundWork = Generator<void, void, void>;

/** Reads the whole file once, table by table, and notes damage. */
export function checkFile(database: WriteThrough): BackgroundWork {
  return inSteps(database, { kind: "check" });
}

/** Copies the readable vitals of a file that was set aside. Throws when it cannot be read. */
export function restoreVitals(database: WriteThrough, path: string): BackgroundWork {
  return inSteps(database, { kind: "restore_vitals", path });
}

function* inSteps(database: WriteThrough, work: StepWork): BackgroundWork {
  for (let isMore = true; isMore;) {
    const step = yield* answerOf<StepEnd>((take) => database.step(work, take));
    if (step.error !== undefined) throw new Error(step.error);
    isMore = step.isMore ?? false;
    if (isMore) yield;
  }
}

type StepEnd = Parameters<Parameters<WriteThrough["step"]>[1]>[0];

/** Waits for the answer of a worker. Without a worker the answer is there at once. */
export function* answerOf<T>(ask: (take: (answer: T) => void) => void): Generator<void, T, void> {
  const answers: T[] = [];
  ask((answer) => answers.push(answer));
  for (;;) {
    for (const answer of answers) return answer;
    yield;
  }
}
