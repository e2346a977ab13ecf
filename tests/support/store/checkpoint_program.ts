/** Writes one checkpoint after the other until it is killed: `STATE_FOLDER CHECKPOINT_FOLDER`. */

import { join } from "node:path";
import { numberIn } from "../../../hub/checkpoint/checkpoint_place.ts";
import { writeDatabase } from "../../../hub/checkpoint/write_checkpoint.ts";
import { Store } from "../../../hub/store/store.ts";

const [stateDir = "", folder = ""] = Deno.args;
const place = { stateDir, folder, database: "hub.db", smallFiles: [] };
using store = new Store(join(stateDir, place.database));
for (;;) {
  store.facts.set("checkpoint of the test", String(numberIn(stateDir) + 1));
  await writeDatabase(place, () => Promise.resolve());
}
