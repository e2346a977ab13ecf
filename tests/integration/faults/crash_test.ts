/** The hub is killed again and again amid deaths and recoveries: nothing is lost, and nothing told twice. */

import assert from "node:assert/strict";
import { Mosquitto } from "../../support/broker/mosquitto.ts";
import { playCrashStory } from "../../support/faults/crash_play.ts";
import type { CrashOutcome } from "../../support/faults/crash_story.ts";
import { compiledIfThere } from "../../support/program/executable.ts";
import { sized } from "../../support/program/tier.ts";
import { SeededRandom } from "../../support/time/seeded_random.ts";

/** Hubs that are killed side by side. */
const STORIES = 4;
const KILLS = sized({ test: 40, soak: 200 });
/** Of each story: half of them deaths, half of them recoveries. */
const PHASES = sized({ test: 4, soak: 8 });
/** Between a provider's yes and its own note of it, a killed hub may send once more. */
const DUPLICATES_MAX = 0.02;
/** So few are no share of anything. */
const DUPLICATES_ANY = 1;

const { compiled, name } = compiledIfThere();

Deno.test(`a hub that is killed ${KILLS} times tells each death and each return once (${name})`, async () => {
  const random = new SeededRandom();
  console.log(`TEST_SEED=${random.seed}`);
  await using broker = await Mosquitto.start();
  const stories = await Promise.allSettled(
    Array.from({ length: STORIES }, (_, index) =>
      playCrashStory({
        random: random.fork(),
        brokerPort: broker.port,
        topicRoot: `crash-${index}`,
        kills: KILLS / STORIES,
        phases: PHASES,
        compiled,
      })),
  );
  const outcomes = stories.map((story) => {
    if (story.status === "rejected") throw story.reason;
    return story.value;
  });
  const sum = (of: keyof CrashOutcome) => outcomes.reduce((total, one) => total + one[of], 0);
  const [messages, duplicates] = [sum("messages"), sum("duplicates")];
  console.log(
    `${sum("kills")} kills, ${
      sum("deaths")
    } deaths, ${messages} messages, ${duplicates} of them twice`,
  );
  assert.equal(sum("kills"), KILLS);
  const allowed = Math.max(DUPLICATES_ANY, DUPLICATES_MAX * messages);
  assert.ok(duplicates <= allowed, `${duplicates} of ${messages} went out twice`);
});
