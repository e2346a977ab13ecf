/**
 * Where the installed hub keeps its state. systemd tells the service, and the commands that a person
 * types must use the same folder.
 */

import { dirname, resolve } from "node:path";

/** The paths of the hub's unit: installed by hand, or else by a package. */
const UNITS = ["/etc/systemd/system/hub.service", "/usr/lib/systemd/system/hub.service"];
/** systemd's folder for `StateDirectory=`. */
const STATE_FOLDER = "/var/lib";

/**
 * Returns the state folder of the unit for a configuration in the folder that the unit reads, and
 * `undefined` where the hub is not installed, or the configuration is another one.
 */
export function installedStateFolder(
  configPath: string,
  configFolder: string,
  units: readonly string[] = UNITS,
): string | undefined {
  if (dirname(resolve(configPath)) !== configFolder) return undefined;
  for (const unit of units) {
    const name = stateDirectoryOf(unit);
    if (name !== undefined) return `${STATE_FOLDER}/${name}`;
  }
  return undefined;
}

function stateDirectoryOf(unit: string): string | undefined {
  try {
    return /^StateDirectory=([\w.-]+)$/m.exec(Deno.readTextFileSync(unit))?.[1];
  } catch {
    return undefined;
  }
}
