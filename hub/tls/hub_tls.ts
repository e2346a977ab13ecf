/** The TLS of a running hub: its ports, its certificates, and who may come without. */

import type { Config, PlainAccess, TlsEndpoint } from "../../core/config/settings.ts";
import { bracketed } from "../../core/network/host.ts";
import { getLog } from "../../io/log/log.ts";
import { reasonOf, UserError } from "../../io/program/user_error.ts";
import { type Clock, sleepUntil } from "../../io/time/clock.ts";
import { BoundPort } from "../listen/bound_port.ts";
import type { Secure } from "../listen/client_connection.ts";
import { TlsTerminator } from "../listen/tls_terminator.ts";
import { Turnstile } from "../listen/turnstile.ts";
import { covers, factsOf } from "./certificate_facts.ts";
import { GivenCertificate } from "./given_certificate.ts";
import { identityOf, type TlsIdentity } from "./identity.ts";
import { OwnTls, type Wanted } from "./own_tls.ts";
import { plainAccess } from "./plain_access.ts";
import { serverNames, thisMachine } from "./server_names.ts";
import { ranBeforeTls } from "./tls_folder.ts";

/** How often the hub looks for new addresses of its machine and for changed files. */
const LOOK_EVERY_MS = 10_000;
/** For browsers that were sent to this port without TLS. */
const PLAIN_ANSWER = new TextEncoder().encode(
  "HTTP/1.1 400 Bad Request\r\nContent-Type: text/plain\r\nConnection: close\r\n\r\n" +
    "This port speaks HTTPS: begin the address with https://\n",
);

const log = getLog("tls");

/** A port of clients that use TLS. */
export interface TlsPort {
  readonly port: BoundPort;
  readonly secure: Secure;
}

export interface HubTls {
  readonly page: TlsPort | undefined;
  readonly broker: TlsPort | undefined;
  readonly plain: { readonly page: PlainAccess; readonly broker: PlainAccess };
  /** `undefined`: the hub has no TLS. */
  readonly identity: () => TlsIdentity | undefined;
  /** Follows addresses, files and time until `stop` aborts. */
  readonly run: (stop: AbortSignal) => Promise<void>;
}

/**
 * Listens with TLS at once; connections wait until somebody accepts them. A hub without a usable
 * authority must still send alerts: it logs the reason and goes on without TLS. Throws a `UserError`
 * when a port that the configuration names cannot be used.
 */
export async function openTls(
  config: Config,
  { clock, parts }: { readonly clock: Clock; readonly parts: AsyncDisposableStack },
): Promise<HubTls> {
  const { httpsListen, mqttsListen } = config.hub;
  const isWanted = httpsListen !== undefined || mqttsListen !== undefined;
  const wanted = () => wantedNow(config, clock);
  const own = isWanted ? await openOwn(config, wanted()) : undefined;
  if (own === undefined) return withoutTls(config);
  const https = bind(httpsListen, "https_listen");
  const mqtts = bind(mqttsListen, "mqtts_listen");
  const certificates = parts.use(new Certificates(config, own));
  certificates.look(clock);
  const ranBefore = ranBeforeTls(config);
  const { plain } = config.hub;
  const access = {
    page: plainAccess(plain, { hasTls: https !== undefined, ranBefore }),
    broker: plainAccess(plain, { hasTls: mqtts !== undefined, ranBefore }),
  };
  if (plain === undefined && ranBefore) {
    log.warning(
      "page and broker also answer without encryption, as before: once every Pi uses mqtts, set " +
        "[hub] plain = loopback",
    );
  }
  const ports = { httpsPort: https?.address.port, mqttsPort: mqtts?.address.port };
  return {
    page: https && { port: https, secure: (one) => certificates.page.secure(one) },
    broker: mqtts && { port: mqtts, secure: (one) => certificates.broker.secure(one) },
    plain: access,
    identity: () =>
      identityOf({ caPem: own.caPem, key: own.server.key }, () => certificates.given, ports),
    run: async (stop) => {
      while (!stop.aborted) {
        await sleepUntil(clock, clock.nowMs() + LOOK_EVERY_MS, stop);
        if (stop.aborted) return;
        try {
          await own.follow(wanted());
          certificates.look(clock);
        } catch (error) {
          // Files may have run out. The certificates before stay, and the next look tries again.
          log.error("cannot follow the certificates", { reason: reasonOf(error) });
        }
      }
    },
  };
}

function withoutTls({ hub }: Config): HubTls {
  const access = plainAccess(hub.plain, { hasTls: false, ranBefore: false });
  return {
    page: undefined,
    broker: undefined,
    plain: { page: access, broker: access },
    identity: () => undefined,
    run: () => Promise.resolve(),
  };
}

async function openOwn(config: Config, wanted: Wanted): Promise<OwnTls | undefined> {
  try {
    return await OwnTls.open(config, wanted);
  } catch (error) {
    log.error("the hub has no TLS", { reason: reasonOf(error) });
    return undefined;
  }
}

function bind(listen: TlsEndpoint | undefined, key: string): BoundPort | undefined {
  if (listen === undefined) return undefined;
  try {
    return new BoundPort(listen);
  } catch (error) {
    const where = `${bracketed(listen.hostname)}:${listen.port}`;
    const reason = reasonOf(error);
    if (listen.isWritten) {
      throw new UserError(`Cannot listen on ${where} ([hub] ${key}): ${reason}`, { cause: error });
    }
    log.warning("cannot listen with TLS, so there is none; name a free port", {
      address: where,
      key: `[hub] ${key}`,
      reason,
    });
    return undefined;
  }
}

function wantedNow(config: Config, clock: Clock): Wanted {
  const names = serverNames(config, thisMachine());
  return { names, wallMs: clock.wallMs(clock.nowMs()) };
}

/**
 * What page and broker serve. The broker has the hub's own certificate alone, because the Pis trust
 * no other authority: a certificate that is given later must not shut them out.
 */
class Certificates implements Disposable {
  readonly page: TlsTerminator;
  readonly broker: TlsTerminator;
  readonly #own: OwnTls;
  readonly #given: GivenCertificate | undefined;

  constructor({ hub: { certificate } }: Config, own: OwnTls) {
    const turnstile = new Turnstile();
    this.page = new TlsTerminator({ turnstile, plainAnswer: PLAIN_ANSWER });
    this.broker = new TlsTerminator({ turnstile });
    this.#own = own;
    this.#given = certificate && new GivenCertificate(certificate);
  }

  get given() {
    return this.#given?.current;
  }

  look(clock: Clock): void {
    const own = { certificate: this.#own.server, covers: () => true };
    this.broker.serve([own]);
    this.#servePage(this.given);
    this.#given?.look(clock.wallMs(clock.nowMs()), (pair) => this.#servePage(pair));
  }

  [Symbol.dispose](): void {
    this.page[Symbol.dispose]();
    this.broker[Symbol.dispose]();
  }

  #servePage(given: GivenCertificate["current"]): void {
    const own = { certificate: this.#own.server, covers: () => true };
    if (given === undefined) return this.page.serve([own]);
    const facts = factsOf(given.certificate);
    this.page.serve([{ certificate: given, covers: (host) => covers(facts, host) }, own]);
  }
}
