/** The programs as `start` and `demo` run them: one hub and any number of nodes on this machine. */

import { join, resolve } from "node:path";
import type { Endpoint } from "../core/config/settings.ts";
import { isAddress, reachedLocally } from "../core/network/host.ts";
import { assertFree, endpointOf, localAddress } from "./endpoint.ts";
import {
  ENTRY,
  ownArchitecture,
  permissionFlags,
  type Program,
  type Scope,
} from "./permissions.ts";
import { PROJECT } from "./project.ts";
import type { Child, Supervisor } from "./supervisor.ts";

/** The time limit for the hub's first answer. */
const HUB_READY_MS_MAX = 30_000;

/** The interval between two requests. */
const HUB_POLL_MS = 100;

const LISTEN = "RPI_CLUSTER_HUB_LISTEN";
const BROKER_LISTEN = "RPI_CLUSTER_HUB_BROKER_LISTEN";
const STATE = "RPI_CLUSTER_HUB_STATE";
const MQTT_URL = "RPI_CLUSTER_MQTT_URL";
/** All of it is on this machine, and ports of TLS may be taken by a hub that is installed. */
const WITHOUT_TLS = {
  RPI_CLUSTER_HUB_HTTPS_LISTEN: "none",
  RPI_CLUSTER_HUB_MQTTS_LISTEN: "none",
};

/** A node of the cluster, as a person enrols it. */
export interface LocalNode {
  readonly id: string;
  readonly name: string;
}

export interface LocalClusterSettings {
  /** The programs' environment, including `RPI_CLUSTER_*` overrides. */
  readonly env: Readonly<Record<string, string>>;
  /** The default state folder, relative to the project's folder. */
  readonly stateDirectory: string;
  /** The content of a new configuration file of the hub. */
  readonly hubConfig: string;
}

/**
 * Manages the addresses, files and command lines of one cluster, and runs its programs as children.
 */
export class LocalCluster {
  readonly pageUrl: string;
  readonly stateDirectory: string;
  readonly #supervisor: Supervisor;
  readonly #env: Readonly<Record<string, string>>;
  readonly #hubConfig: string;
  readonly #listen: Endpoint;
  readonly #brokerListen: Endpoint;

  /** Throws an `Error` that names the variable when an address in the environment is invalid. */
  constructor(settings: LocalClusterSettings, supervisor: Supervisor) {
    const { env } = settings;
    this.#supervisor = supervisor;
    this.#hubConfig = settings.hubConfig;
    this.#listen = endpointOf(env[LISTEN] ?? "*:8080", LISTEN);
    this.#brokerListen = endpointOf(env[BROKER_LISTEN] ?? "*:1883", BROKER_LISTEN);
    this.stateDirectory = resolve(PROJECT, env[STATE] ?? settings.stateDirectory);
    this.#env = { ...WITHOUT_TLS, ...env, [STATE]: this.stateDirectory };
    this.pageUrl = `http://${localAddress(this.#listen)}/`;
  }

  /** Starts the hub and waits until it answers. Throws when it does not, or its ports are taken. */
  async startHub(): Promise<Child> {
    assertFree(this.#listen, "the page", LISTEN);
    assertFree(this.#brokerListen, "the MQTT broker", BROKER_LISTEN);
    await Deno.mkdir(this.stateDirectory, { recursive: true, mode: 0o700 });
    await writeUnlessThere(this.#hubConfigFile(), this.#hubConfig);
    const hub = await this.#supervisor.start({
      name: "hub",
      ...this.#command("hub", ["--config", this.#hubConfigFile()], this.#env),
    });
    await this.#untilReady(hub);
    return hub;
  }

  /** Creates or renews the node's credential; returns the path of its configuration. */
  async enrol(node: LocalNode): Promise<string> {
    const name = ["--name", node.name];
    const args = ["enrol", node.id, ...name, "--renew", "--config", this.#hubConfigFile()];
    const { command, args: all, env } = this.#command("hub", args, this.#env);
    const { code, stdout, stderr } = await new Deno.Command(command, {
      args: all,
      env,
      clearEnv: true,
      stdin: "null",
    }).output();
    if (code !== 0) {
      throw new Error(`Cannot enrol ${node.id}: ${new TextDecoder().decode(stderr).trim()}`);
    }
    const file = join(this.stateDirectory, `${node.id}.ini`);
    await Deno.remove(file).catch(ignoreAbsence);
    await Deno.writeFile(file, stdout, { mode: 0o600, createNew: true });
    return file;
  }

  /** Starts an agent or a tracker with a node's configuration; `name` marks its output lines. */
  async startForNode(program: "agent" | "tracker", config: string, name: string): Promise<Child> {
    const env = Object.fromEntries(
      // The file has the node's own settings, which the environment would override.
      Object.entries(this.#env).filter(([key]) => !key.startsWith("RPI_CLUSTER_NODE_")),
    );
    env[MQTT_URL] = `mqtt://${localAddress(this.#brokerListen)}`;
    return await this.#supervisor.start({
      name,
      ...this.#command(program, ["--config", config], env),
    });
  }

  #hubConfigFile(): string {
    return join(this.stateDirectory, "hub.ini");
  }

  #command(program: Program, args: readonly string[], env: Readonly<Record<string, string>>) {
    const flags = permissionFlags(program, ownArchitecture(), this.#scope(program));
    return {
      command: Deno.execPath(),
      args: ["run", "--quiet", "--no-check", ...flags, join(PROJECT, ENTRY[program]), ...args],
      env,
    };
  }

  /** The hub may reach an SMS provider anywhere; a node's programs only reach the broker. */
  #scope(program: Program): Scope {
    if (program === "hub") return { write: [this.stateDirectory] };
    // A host name's addresses are not known here.
    if (!isAddress(reachedLocally(this.#brokerListen.hostname))) return {};
    return { net: [localAddress(this.#brokerListen)] };
  }

  async #untilReady(hub: Child): Promise<void> {
    let status: Deno.CommandStatus | undefined;
    hub.ended.then((ended) => status = ended);
    const giveUpAt = performance.now() + HUB_READY_MS_MAX;
    while (!await answers(`${this.pageUrl}healthz`)) {
      if (status) throw new Error(`The hub ended at its start with status ${status.code}`);
      if (performance.now() > giveUpAt) throw new Error("The hub does not answer");
      await new Promise((resolve) => setTimeout(resolve, HUB_POLL_MS));
    }
  }
}

async function answers(url: string): Promise<boolean> {
  try {
    const response = await fetch(url, { signal: AbortSignal.timeout(HUB_READY_MS_MAX) });
    await response.body?.cancel();
    return response.ok;
  } catch {
    return false;
  }
}

async function writeUnlessThere(file: string, text: string): Promise<void> {
  try {
    await Deno.writeTextFile(file, text, { createNew: true, mode: 0o600 });
  } catch (error) {
    if (!(error instanceof Deno.errors.AlreadyExists)) throw error;
  }
}

function ignoreAbsence(error: unknown): void {
  if (!(error instanceof Deno.errors.NotFound)) throw error;
}
