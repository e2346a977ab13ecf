/** Faults of a Pi's card under an agent that beats on. */

import { cardAnswersAgain, cardDoesNotAnswer } from "../../support/alerting/expected_texts.ts";
import type { FaultRow } from "../../support/faults/fault_row.ts";
import { FailingDisk } from "../../support/store/failing_disk.ts";
import { throughFastClock } from "../../support/time/faketime.ts";

export const CARD_ROWS: readonly FaultRow[] = [
  {
    fault: "the card of a Pi stops answering for some minutes; its agent beats on",
    inEveryRun: true,
    lastsMs: 55_000,
    told: [cardDoesNotAnswer("Khal Drogo"), cardAnswersAgain("Khal Drogo", [20, 90])],
    deaths: [],
    async play(stage) {
      await using disk = await FailingDisk.mount();
      const through = throughFastClock({ STATE_DIRECTORY: disk.path });
      const agent = await stage.agent("Khal Drogo", { through });
      await agent.process.line("storage answers", { withinMs: 30_000 });
      await disk.turn("mute");
      await stage.untilTold(cardDoesNotAnswer("Khal Drogo"));
      await disk.turn("well");
      await stage.untilTold(cardAnswersAgain("Khal Drogo", [20, 90]));
    },
  },
];
