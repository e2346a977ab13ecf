/** A hub with TLS on ports of its own, and those who come by TLS. */

import { join } from "node:path";
import { type CertificateFacts, factsOf } from "../../../hub/tls/certificate_facts.ts";
import { TestClient } from "../broker/mqtt_client.ts";
import { freePort } from "../network/free_port.ts";
import { runCommand } from "../program/command.ts";
import { Hub, type Sections, type StartOptions, withSections } from "../program/programs.ts";
import { patience } from "../time/patience.ts";

const ANSWER_MS = 10_000;

const QUICK = {
  alerts: { hold: "1s", group: "0s" },
  sms: { provider: "print", to: "+4915112345678" },
};

/** `await using hub = await startTlsHub();` */
export async function startTlsHub(
  config: Sections = {},
  options: StartOptions = {},
): Promise<TlsHub> {
  const hub = new TlsHub(withSections(QUICK, config), options);
  try {
    await hub.start();
    return hub;
  } catch (error) {
    await hub[Symbol.asyncDispose]();
    throw error;
  }
}

/** Its requests come by TLS. */
export class TlsHub extends Hub {
  readonly https = freePort();
  readonly mqtts = freePort();
  readonly #place: string;
  readonly #config: Sections;

  constructor(config: Sections, options: StartOptions) {
    super(config, options);
    this.#config = config;
    this.#place = options.address ?? "127.0.0.1";
  }

  /** The certificate of its authority, as PEM text. */
  get ca(): string {
    return Deno.readTextFileSync(join(this.statePath, "tls/ca.crt"));
  }

  override async fetch(path: string, init: RequestInit = {}): Promise<Response> {
    const hasNone = this.process.lines.some((line) => line.includes("the hub has no TLS"));
    if (hasNone) return await this.fetchPlainly(path, init);
    using client = Deno.createHttpClient({ caCerts: [this.ca] });
    const response = await fetch(`https://${this.#place}:${this.https}${path}`, {
      ...init,
      client,
      redirect: "manual",
      signal: AbortSignal.timeout(patience(ANSWER_MS)),
    });
    // The client is closed before the caller reads.
    return new Response(await response.arrayBuffer(), response);
  }

  /** The same without TLS. */
  async fetchPlainly(path: string, init: RequestInit = {}): Promise<Response> {
    return await super.fetch(path, init);
  }

  /** Starts it anew with other keys of `[hub]`. */
  async restart(keys: Readonly<Record<string, string>>): Promise<void> {
    if (!this.process.hasEnded) await this.stop();
    this.configure(withSections(this.#config, { hub: keys }));
    await this.start();
  }

  /** The end of a start with other keys of `[hub]` that cannot succeed. */
  async attempt(
    keys: Readonly<Record<string, string>>,
  ): Promise<{ readonly code: number; readonly text: string }> {
    this.configure(withSections(this.#config, { hub: keys }));
    return await this.run();
  }

  /** A plain MQTT client by TLS, with a credential of its own. */
  async client(user: string): Promise<TestClient> {
    return await TestClient.connect({
      port: this.mqtts,
      username: user,
      password: this.credential(user),
      clientId: `${user}-client`,
      tls: { hostname: this.#place, ca: this.ca },
    });
  }

  /** The certificate that a client gets that asks for this host. */
  async served(port: number, host = this.#place): Promise<CertificateFacts> {
    const name = /[a-z]/.test(host) ? `-servername ${host}` : "-noservername";
    const script =
      `openssl s_client -connect ${this.#place}:${port} ${name} </dev/null 2>/dev/null` +
      " | openssl x509";
    const { stdout } = await runCommand("sh", { args: ["-c", script] });
    return factsOf(stdout);
  }

  protected override complete(config: Sections): Sections {
    const ports = {
      hub: {
        https_listen: `${this.#place}:${this.https}`,
        mqtts_listen: `${this.#place}:${this.mqtts}`,
      },
    };
    return super.complete(withSections(ports, config));
  }
}
