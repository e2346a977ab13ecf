/** The hub's worker, which alone uses the database while the hub runs. */

import { KEEP_VITALS, READ_VITALS } from "./history/vitals_tasks.ts";
import { serveFile } from "./store/worker/serve_file.ts";
import {
  NEWEST_TRANSITIONS,
  REMOVE_OLD_TRANSITIONS,
  TRANSITIONS_SINCE,
} from "./store/history_tasks.ts";

serveFile([
  KEEP_VITALS,
  READ_VITALS,
  NEWEST_TRANSITIONS,
  REMOVE_OLD_TRANSITIONS,
  TRANSITIONS_SINCE,
]);
