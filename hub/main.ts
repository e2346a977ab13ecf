/**
 * The hub program: it watches the cluster, keeps its history, shows it in browsers, and notifies
 * people.
 */

import { runProgram } from "../io/program/program.ts";
import { HUB } from "./command_line.ts";

await runProgram(HUB);
