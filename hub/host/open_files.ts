/** Checks at the start whether the hub may open enough files for its connections. */

import { isLowOnFiles, OPEN_FILES_WANTED } from "../../core/limits/connection_budget.ts";
import { getLog } from "../../io/log/log.ts";
import { readOpenFilesMax } from "../../vitals/open_files.ts";

const log = getLog("hub");

/** Returns the soft limit and warns when it is low; `undefined` when it cannot be read. */
export async function checkOpenFiles(): Promise<number | undefined> {
  const max = await readOpenFilesMax();
  if (isLowOnFiles(max)) {
    log.warning(
      "the hub may open few files, so that strangers can use up its connections: " +
        "set LimitNOFILE in its systemd unit, or ulimit -n before it starts",
      { now: max, better: OPEN_FILES_WANTED },
    );
  }
  return max;
}
