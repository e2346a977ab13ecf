/** The files of a running hub. */

import type { Config } from "../../core/config/settings.ts";
import { IP_PATHS } from "../../core/network/view.ts";
import { USERS_FILE } from "../../io/files/file_access.ts";
import { type FileReach, serviceReach } from "../../io/files/file_reach.ts";
import { SHUTDOWN_FILE } from "../../vitals/leave.ts";
import { TEMPORARY_FOLDER } from "../store/database/database_file.ts";

export interface HubFiles {
  /** Holds the page. */
  readonly pageFolder: string;
  /** Goes into each backup. */
  readonly configPath: string;
  /** `undefined` where there are no nightly backups. */
  readonly backupsFolder: string | undefined;
}

export function hubReach(
  config: Config,
  { pageFolder, configPath, backupsFolder }: HubFiles,
): FileReach {
  const { read, write } = serviceReach(config);
  const { stateDir, checkpointDir, packagesDir, certificate } = config.hub;
  const folders = [checkpointDir, backupsFolder].filter((folder) => folder !== undefined);
  return {
    read: [
      ...read,
      ...mailAuthorities(config),
      ...Object.values(certificate ?? {}),
      pageFolder,
      configPath,
      packagesDir,
      USERS_FILE,
      SHUTDOWN_FILE,
      ...IP_PATHS,
    ],
    write: [...write, stateDir, ...folders, TEMPORARY_FOLDER],
  };
}

/** The files that tell which mail servers to trust. */
function mailAuthorities({ channels }: Config): readonly string[] {
  return channels.flatMap(({ values }) => values.ca_file ?? []);
}
