/** What a person can ask the tracker program for. */

import { VERSION } from "../../core/version.ts";
import { badConfigReport } from "../../io/doctor/report.ts";
import { TRACKER } from "../../io/doctor/service.ts";
import type { Program } from "../../io/program/program.ts";
import { doctor } from "../doctor/doctor.ts";
import { testHardware } from "../test_hardware.ts";

/** All but what the program does without a command. */
export const TRACKER_COMMANDS: Omit<Program, "main"> = {
  name: "tracker",
  command: "rpi-cluster-tracker",
  version: VERSION,
  description: "Shows on LED and buzzer how the other Raspberry Pis of the cluster are.",
  commands: [
    {
      usage: "test",
      description: "Plays the alarm for 5 s, or walks through the wiring, part by part.",
      options: [
        { flags: "--led", description: "the LED alone" },
        { flags: "--buzzer", description: "the buzzer alone" },
        { flags: "--lamp", description: "the lamp alone" },
        { flags: "--button", description: "the button: press it, and see" },
      ],
      main: testHardware,
    },
    {
      usage: "doctor",
      description: "Looks at all that the alarm of this Pi depends on, and says what to do.",
      options: [{ flags: "--json", description: "for a program: one JSON object" }],
      main: doctor,
      reportBadConfig: badConfigReport(TRACKER),
    },
  ],
};
