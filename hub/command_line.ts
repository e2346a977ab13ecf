/** What a person can ask the hub program for. */

import { VERSION } from "../core/version.ts";
import type { Program } from "../io/program/program.ts";
import { acknowledge, maintenance, silence } from "./commands/actions.ts";
import { backup } from "./commands/backup.ts";
import { enrolNode, revokeNode } from "./commands/enrol.ts";
import { nodes } from "./commands/nodes.ts";
import { restore } from "./commands/restore.ts";
import { status } from "./commands/status.ts";
import { testAlert } from "./commands/test_alert.ts";
import { uninstall } from "./commands/uninstall.ts";
import { upgrade } from "./commands/upgrade.ts";
import { doctor } from "./doctor/doctor.ts";
import { runHub } from "./hub.ts";
import { RECEIVERS } from "./notify/receivers.ts";

export const HUB: Program = {
  name: "hub",
  command: "rpi-cluster-hub",
  description: "Hears the cluster, shows it in the browser, tells people when a Pi dies.",
  version: VERSION,
  channelKinds: RECEIVERS,
  main: runHub,
  commands: [
    status,
    nodes,
    enrolNode,
    revokeNode,
    upgrade,
    silence,
    maintenance,
    acknowledge,
    testAlert,
    backup,
    restore,
    doctor,
    uninstall,
  ],
};
