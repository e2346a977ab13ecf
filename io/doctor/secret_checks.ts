/** Checks whether everybody can read this machine's secrets, or agent and tracker those of the hub. */

import { type Finding, warning } from "../../core/doctor/finding.ts";
import { CONFIG_FOLDER } from "../config/config_file.ts";
import { isOpenToAll, secretsIn, secretsShown } from "../config/open_secrets.ts";

/** A hub's own configuration, which the agent beside it cannot read. */
const HUB_CONFIG = `${CONFIG_FOLDER}/hub.ini`;
/** The only section with secrets that agents and trackers need. */
const OF_A_NODE = "mqtt";

/** Checks with the rights of this user, who is that of agent or tracker; nothing when all is well. */
export function checkSecrets(path: string, program: "agent" | "tracker"): readonly Finding[] {
  const secrets = secretsIn(path);
  const findings = [...checkOpenSecrets(path)];
  const hubs = secrets.filter(({ section }) => section.toLowerCase() !== OF_A_NODE);
  if (hubs.length > 0) {
    findings.push(
      warning(
        "secrets",
        `the ${program} may read ${secretsShown(hubs)} in ${path}`,
        `move the hub's sections to ${HUB_CONFIG}, which only the hub's user may read`,
      ),
    );
  }
  if (path !== HUB_CONFIG && mayRead(HUB_CONFIG)) {
    const advice = `sudo chown rpi-cluster-alert ${HUB_CONFIG} && sudo chmod 600 ${HUB_CONFIG}`;
    findings.push(warning("secrets", `the ${program} may read ${HUB_CONFIG}`, advice));
  }
  return findings;
}

/** Whether everybody can read the secrets of a configuration. */
export function checkOpenSecrets(path: string): readonly Finding[] {
  const secrets = secretsIn(path);
  if (secrets.length === 0 || !isOpenToAll(path)) return [];
  const found = `every user of this machine may read ${path}, with ${secretsShown(secrets)}`;
  return [warning("secrets", found, `sudo chmod o-r ${path}`)];
}

function mayRead(path: string): boolean {
  try {
    Deno.openSync(path).close();
    return true;
  } catch {
    return false;
  }
}
