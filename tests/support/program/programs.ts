/**
 * Agent, tracker and hub for tests: configured by sections, started as real processes, restarted.
 */

import assert from "node:assert/strict";
import { join } from "node:path";
import type { DeliveryView } from "../../../core/api/delivery_view.ts";
import type { IncidentView } from "../../../core/api/incident_view.ts";
import type { NodeView } from "../../../core/api/node_view.ts";
import type { Liveness } from "../../../core/detection/liveness.ts";
import { Credentials } from "../../../hub/credentials/credentials.ts";
import { parseConfigText } from "../../../io/config/config_text.ts";
import type { Program, Scope } from "../../../scripts/permissions.ts";
import { freePort } from "../network/free_port.ts";
import { patience } from "../time/patience.ts";
import type { Deadline } from "../time/until.ts";
import { ProgramProcess } from "./program_process.ts";
import type { Runtime } from "./runtimes.ts";
import { TemporaryFolder } from "./temporary_folder.ts";

/** A node that was never heard has 10 s, and a gateway that drops packets adds 12 s. */
const LIVENESS_MS = 40_000;

/** The time limit for a program's start. */
const START: Deadline = { withinMs: 30_000 };
/** The time limit for a hub's answer. */
const ANSWER_MS = 10_000;
/** The password for page and API of a hub under test. */
const HUB_PASSWORD = "password-of-the-hub-under-test";

/** A `config.ini`: sections to keys to values. */
export type Sections = Readonly<Record<string, Readonly<Record<string, string | number>>>>;

export interface StartOptions {
  /** Runs `dist/NAME-ARCHITECTURE` instead of the sources. */
  readonly compiled?: boolean;
  /** What an agent or a tracker is started on. Default: that of this run. */
  readonly runtime?: Runtime;
  /** A command that becomes the program: `["ip", "netns", "exec", NAME]`. */
  readonly through?: readonly string[];
  /** Additional paths that a program from source may write to. */
  readonly write?: readonly string[];
  /** The folder of another version of the project, whose program runs. */
  readonly tree?: string;
  /** The address of a hub's page. Default: loopback. */
  readonly address?: string;
}

/** Merges the sections of `more` into those of `base`, key by key. */
export function withSections(base: Sections, more: Sections): Sections {
  const names = new Set([...Object.keys(base), ...Object.keys(more)]);
  return Object.fromEntries([...names].map((name) => [name, { ...base[name], ...more[name] }]));
}

/** `await using agent = await startAgent(await hub.enrol("john-snow", "John Snow"));` It may not be connected yet. */
export async function startAgent(
  config: Sections,
  options: StartOptions = {},
): Promise<TestProgram> {
  return await started(new TestProgram("agent", config, options));
}

/** Like `startAgent`. It drives neither LED nor buzzer unless the configuration says so. */
export async function startTracker(
  config: Sections,
  options: StartOptions = {},
): Promise<TestProgram> {
  const without = { rpi: { led: "none", buzzer: "none" } };
  return await started(new TestProgram("tracker", withSections(without, config), options));
}

/**
 * Starts a hub with an embedded broker, a fresh state folder and free ports, on loopback. Resolves
 * when it answers and, with its own broker, sees the cluster.
 */
export async function startHub(config: Sections = {}, options: StartOptions = {}): Promise<Hub> {
  return await started(new Hub(config, options));
}

async function started<P extends TestProgram>(program: P): Promise<P> {
  try {
    await program.start();
    return program;
  } catch (error) {
    await program[Symbol.asyncDispose]();
    throw error;
  }
}

/** A program with its folder and configuration, which outlive its single runs. */
export class TestProgram implements AsyncDisposable {
  readonly folder = new TemporaryFolder();
  readonly #program: Program;
  readonly #options: StartOptions;
  #config: Sections;
  #process: ProgramProcess | undefined;

  constructor(program: Program, config: Sections, options: StartOptions = {}) {
    this.#program = program;
    this.#options = options;
    this.#config = config;
  }

  /** The present or last run. Tests use its `lines`, `line()`, `pid` and `signal()`. */
  get process(): ProgramProcess {
    if (this.#process === undefined) throw new Error(`the ${this.#program} was never started`);
    return this.#process;
  }

  /** Changes the configuration for the next run. */
  configure(config: Sections): void {
    this.#config = config;
  }

  /** Starts it (again), and waits until it is ready. */
  async start(): Promise<void> {
    if (this.#process?.hasEnded === false) throw new Error(`the ${this.#program} runs already`);
    this.#process = this.spawn([]);
    await this.untilReady(this.#process);
  }

  /** SIGTERM: it sends a farewell. Asserts that it ends by itself, with status 0. */
  async stop(): Promise<void> {
    assert.equal((await this.process.end("SIGTERM")).code, 0);
  }

  /** SIGKILL: it can send nothing more. */
  async kill(): Promise<void> {
    await this.process.end("SIGKILL");
  }

  /** Runs a subcommand to its end, beside the program itself. */
  async run(...args: readonly string[]): Promise<{ readonly code: number; readonly text: string }> {
    await using run = this.spawn(args);
    const { code } = await run.until(
      "the subcommand's end",
      () => run.hasEnded && run.ended,
      START,
    );
    return { code, text: run.lines.join("\n") };
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#process?.[Symbol.asyncDispose]();
    this.folder[Symbol.dispose]();
  }

  protected complete(config: Sections): Sections {
    return config;
  }

  protected async untilReady(process: ProgramProcess): Promise<void> {
    // A tracker logs nothing before the broker answers; an agent logs its start.
    if (this.#program === "agent") await process.line("started", START);
    else await process.line(/ info (tracker|alarm)\b/, START);
  }

  protected spawn(args: readonly string[]): ProgramProcess {
    const config = this.folder.write("config.ini", iniOf(this.complete(this.#config)));
    return new ProgramProcess({
      program: this.#program,
      args: [...args, "--config", config],
      ...this.#scope(),
      ...this.#options,
    });
  }

  #scope(): { readonly scope?: Scope } {
    const { write = [] } = this.#options;
    if (this.#program === "hub") return { scope: { write: [this.folder.path, ...write] } };
    return write.length > 0 ? { scope: { write } } : {};
  }
}

/** A hub with the requests of its users. Views are those of the API. */
export class Hub extends TestProgram {
  readonly #address: string;
  #ports: { readonly page: number; readonly broker: number } | undefined;

  constructor(config: Sections, options: StartOptions) {
    super("hub", config, options);
    this.#address = options.address ?? "127.0.0.1";
  }

  /** The port of the embedded broker. */
  get brokerPort(): number {
    return this.#chosenPorts().broker;
  }

  get url(): string {
    return `http://${this.#address}:${this.#chosenPorts().page}`;
  }

  get password(): string {
    return HUB_PASSWORD;
  }

  get statePath(): string {
    return join(this.folder.path, "state");
  }

  /** Sends a request without the password. */
  async fetch(path: string, init: RequestInit = {}): Promise<Response> {
    return await fetch(this.url + path, {
      ...init,
      redirect: "manual",
      signal: AbortSignal.timeout(patience(ANSWER_MS)),
    });
  }

  /** Sends a GET with the password; throws unless the answer is 200. */
  async api<Answer>(path: string): Promise<Answer> {
    const response = await this.fetch(path, {
      headers: { Authorization: `Bearer ${HUB_PASSWORD}` },
    });
    const text = await response.text();
    assert.equal(response.status, 200, text);
    return JSON.parse(text);
  }

  async nodes(): Promise<readonly NodeView[]> {
    return (await this.api<{ readonly nodes: readonly NodeView[] }>("/api/v1/nodes")).nodes;
  }

  /** Newest first. */
  async incidents(): Promise<readonly IncidentView[]> {
    return (await this.api<{ readonly incidents: readonly IncidentView[] }>("/api/v1/incidents"))
      .incidents;
  }

  /** Newest first. */
  async deliveries(): Promise<readonly DeliveryView[]> {
    return (await this.api<{ readonly deliveries: readonly DeliveryView[] }>("/api/v1/deliveries"))
      .deliveries;
  }

  /** Returns the node as soon as it has this liveness. */
  async waitForLiveness(id: string, liveness: Liveness, withinMs = LIVENESS_MS): Promise<NodeView> {
    const what = `the node ${id} to be ${liveness}`;
    const isSo = (node: NodeView) => node.id === id && node.liveness === liveness;
    return await this.process.until(what, async () => (await this.nodes()).find(isSo), {
      withinMs,
    });
  }

  /** Runs `hub enrol` like a person; returns the `config.ini` for that Pi. */
  async enrol(id: string, name: string): Promise<Sections> {
    const { code, text } = await this.run("enrol", id, "--name", name);
    assert.equal(code, 0, text);
    const sections: Record<string, Record<string, string>> = {};
    for (const { section, key, value } of parseConfigText(text, "config.ini")) {
      if (key !== "") (sections[section] ??= {})[key] = value;
    }
    return sections;
  }

  /** The same without a process: returns the password for a plain MQTT client. */
  credential(id: string): string {
    return new Credentials(join(this.statePath, "passwd")).enrol(id);
  }

  /** Waits until it sees the cluster: it is connected to its broker, which answers. */
  async untilSeeing(deadline: Deadline = START): Promise<void> {
    await this.process.until("the hub to see", () => this.#answers("/readyz"), deadline);
  }

  protected override complete(config: Sections): Sections {
    const { page, broker } = this.#chosenPorts();
    const own = {
      hub: {
        listen: `${this.#address}:${page}`,
        broker_listen: `127.0.0.1:${broker}`,
        https_listen: "none",
        mqtts_listen: "none",
        state: this.statePath,
        password: HUB_PASSWORD,
      },
    };
    return withSections(own, config);
  }

  protected override async untilReady(process: ProgramProcess): Promise<void> {
    await process.line("the page is up", START);
    if (process.lines.some((line) => line.includes("the embedded broker listens"))) {
      await this.untilSeeing();
    }
  }

  async #answers(path: string): Promise<boolean> {
    const response = await this.fetch(path);
    await response.body?.cancel();
    return response.ok;
  }

  /** Chosen once, so that agents find a restarted hub. */
  #chosenPorts(): { readonly page: number; readonly broker: number } {
    this.#ports ??= { page: freePort(), broker: freePort() };
    return this.#ports;
  }
}

/** Returns the text of a `config.ini`. */
export function iniOf(sections: Sections): string {
  return Object.entries(sections).map(([name, keys]) => {
    const lines = Object.entries(keys).map(([key, value]) => `${key} = ${value}\n`);
    return `[${name}]\n${lines.join("")}`;
  }).join("\n");
}
