/**
 * Simulates a storm and prints the CPU seconds of its phases: the deaths of all nodes, the message
 * about them, and the returns. It runs in this tree and in a copy of an earlier one.
 */

import { Storm } from "../../tests/support/alerting/storm.ts";
import { cpuSecondsOf } from "../process_figures.ts";

const [nodes = "1000"] = Deno.args;
const storm = new Storm(Number(nodes));
storm.begin();
const phases = [() => storm.die(10_000), () => storm.wait(20_000), () => storm.comeBack(20_000)];
const seconds = phases.map((play) => {
  const before = cpuSecondsOf(Deno.pid);
  play();
  return cpuSecondsOf(Deno.pid) - before;
});
console.log(seconds.join(" "));
