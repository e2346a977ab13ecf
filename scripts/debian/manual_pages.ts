/** The manual pages of the packages, made of the command lines of the programs. */

import { AGENT_COMMANDS } from "../../agent/commands/command_line.ts";
import { HUB } from "../../hub/command_line.ts";
import { manualPage } from "../../io/program/manual_page.ts";
import { TRACKER_COMMANDS } from "../../tracker/commands/command_line.ts";
import type { Program } from "../permissions.ts";
import { HOMEPAGE } from "../homepage.ts";
import type { PackagedFile } from "./deb.ts";

const LINES = { agent: AGENT_COMMANDS, tracker: TRACKER_COMMANDS, hub: HUB };
const OF_NODE = "/etc/rpi-cluster-alert/config.ini";
const FILES: Readonly<Record<Program, Readonly<Record<string, string>>>> = {
  agent: { [OF_NODE]: "The configuration, which the tracker of this Pi reads, too." },
  tracker: { [OF_NODE]: "The configuration, which the agent of this Pi reads, too." },
  hub: {
    "/etc/rpi-cluster-alert/hub.ini": "The configuration.",
    "/var/lib/rpi-cluster-alert": "The state: database, credentials, certificates, backups.",
  },
};

/** The page of a program, by its path in a package. */
export function manualFile(program: Program): Readonly<Record<string, PackagedFile>> {
  const others = (["agent", "hub", "tracker"] as const).filter((other) => other !== program);
  const page = manualPage(LINES[program], {
    files: FILES[program],
    seeAlso: others.map((other) => `rpi-cluster-${other}`),
    homepage: HOMEPAGE,
  });
  return { [`/usr/share/man/man1/rpi-cluster-${program}.1.gz`]: { long: page } };
}
