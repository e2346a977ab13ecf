/** The services as the machine knows them: their units, users and groups. */

/** A program that systemd runs. */
export interface Service {
  readonly program: "agent" | "tracker" | "hub";
  /** The user in the present unit, and those in the units of earlier builds. */
  readonly users: readonly [string, ...(readonly string[])];
  /** The commands that let its user read a configuration; `FILE` stands for the path. */
  readonly lettingRead: string;
}

const NODE_READS = "sudo chgrp rpi-cluster-node FILE && sudo chmod g+r FILE";

export const AGENT: Service = {
  program: "agent",
  users: ["rpi-cluster-agent", "rpi-cluster-alert"],
  lettingRead: NODE_READS,
};

export const TRACKER: Service = {
  program: "tracker",
  users: ["rpi-cluster-tracker", "rpi-cluster-alert"],
  lettingRead: NODE_READS,
};

export const HUB: Service = {
  program: "hub",
  users: ["rpi-cluster-alert"],
  lettingRead: "sudo chown rpi-cluster-alert FILE && sudo chmod u+r FILE",
};

/** The paths of a program's unit: installed by hand, or else by a package. */
export function unitPaths(program: Service["program"]): readonly string[] {
  return [`/etc/systemd/system/${program}.service`, `/usr/lib/systemd/system/${program}.service`];
}
