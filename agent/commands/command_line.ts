/** What a person can ask the agent program for. */

import { VERSION } from "../../core/version.ts";
import { badConfigReport } from "../../io/doctor/report.ts";
import { AGENT } from "../../io/doctor/service.ts";
import type { Program } from "../../io/program/program.ts";
import { doctor } from "../doctor/doctor.ts";

/** All but what the program does without a command. */
export const AGENT_COMMANDS: Omit<Program, "main"> = {
  name: "agent",
  command: "rpi-cluster-agent",
  version: VERSION,
  description: "Tells the cluster that this Raspberry Pi lives, and how it is.",
  commands: [
    {
      usage: "doctor",
      description: "Looks at all that this Pi's heartbeats depend on, and says what to do.",
      options: [{ flags: "--json", description: "for a program: one JSON object" }],
      main: doctor,
      reportBadConfig: badConfigReport(AGENT),
    },
  ],
};
