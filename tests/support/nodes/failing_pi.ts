/** A Pi that really fails: a machine on a network of its own, with a compiled agent. */

import type { Machine, TestNetwork } from "../network/network.ts";
import { nowMs } from "../page/observation.ts";
import type { TestCluster } from "../program/cluster.ts";
import type { TestProgram } from "../program/programs.ts";

/** `kill -9` ends the agent alone; a power cut silences the machine first, then ends the agent. */
export type Failure = "kill -9" | "power cut";

/** Where a Pi is to live. */
export interface Surroundings {
  /** Its broker listens on the network's address as well. */
  readonly cluster: TestCluster;
  readonly network: TestNetwork;
}

/** It ends with its cluster and its network. */
export class FailingPi {
  readonly id: string;
  readonly name: string;
  readonly agent: TestProgram;
  readonly #machine: Machine;

  private constructor(
    { id, name }: { readonly id: string; readonly name: string },
    agent: TestProgram,
    machine: Machine,
  ) {
    this.id = id;
    this.name = name;
    this.agent = agent;
    this.#machine = machine;
  }

  /** Resolves when the hub has heard it. Its id is its name with hyphens. */
  static async start(name: string, { cluster, network }: Surroundings): Promise<FailingPi> {
    const id = name.toLowerCase().replaceAll(" ", "-");
    const machine = await network.addMachine();
    const agent = await cluster.agent(id, { name, compiled: true, through: machine.through });
    return new FailingPi({ id, name }, agent, machine);
  }

  /** Answers the instant just before, as of `nowMs`. */
  async fail(failure: Failure): Promise<number> {
    const failedMs = nowMs();
    if (failure === "power cut") await losePower(this.#machine, this.agent);
    else await this.agent.kill();
    return failedMs;
  }

  /** It is repaired and boots, whatever it was. */
  async heal(): Promise<void> {
    await this.#machine.mend();
    await this.agent.start();
  }
}

/**
 * Takes the power from a machine with its agent. Its kernel must not send anything for the agent
 * later, when the cable works again: no heartbeat that waits, and no FIN before the cable is cut.
 */
export async function losePower(machine: Machine, agent: TestProgram): Promise<void> {
  agent.process.signal("SIGSTOP");
  await machine.cut();
  await agent.kill();
}
