/** The files of a running hub. */

import type { Config } from "../../core/config/settings.ts";
import { IP_PATHS } from "../../core/network/view.ts";
import { USERS_FILE } from "../../io/files/file_access.ts";
import { type FileReach, serviceReach } from "../../io/files/file_reach.ts";
import { SHUTDOWN_FILE } from "../../vitals/leave.ts";
import { TEMPORARY_FOLDER } from "../store/database/database_file.ts";

/** `pageFolder` holds the page. */
export function hubReach(config: Config, pageFolder: string): FileReach {
  const { read, write } = serviceReach(config);
  const { stateDir, checkpointDir, packagesDir } = config.hub;
  const checkpoint = checkpointDir === undefined ? [] : [checkpointDir];
  return {
    read: [
      ...read,
      ...mailAuthorities(config),
      pageFolder,
      packagesDir,
      USERS_FILE,
      SHUTDOWN_FILE,
      ...IP_PATHS,
    ],
    write: [...write, stateDir, ...checkpoint, TEMPORARY_FOLDER],
  };
}

/** The files that tell which mail servers to trust. */
function mailAuthorities({ channels }: Config): readonly string[] {
  return channels.flatMap(({ values }) => values.ca_file ?? []);
}
