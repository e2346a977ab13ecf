/** TLS by OpenSSL, which accepts what Deno's rustls accepts, and gives the same reasons. */

import { readFileSync } from "node:fs";
import { isIP, type Socket } from "node:net";
import process from "node:process";
import * as tls from "node:tls";
import { AUTHORITY, problemWords, WRONG_NAME } from "./certificate_words.ts";
import { asDenoError } from "./errors.ts";
import { ONE_PIECE } from "./socket_options.ts";

export interface Handshake {
  readonly socket: tls.TLSSocket;
  /** Resolves when the peer has proved its name. Rejects and closes the connection otherwise. */
  handshake(): Promise<void>;
}

export interface TlsOptions {
  readonly hostname: string;
  /** Authorities beside the public ones, as PEM texts. */
  readonly caCerts: readonly string[];
}

/** rustls' words for a connection that ends during the handshake. */
const END = "unexpected end of file";

/** Begins the handshake on a connected socket, which nobody else may use any more. */
export function startHandshake(raw: Socket, options: TlsOptions): Handshake {
  const { hostname } = options;
  const socket = tls.connect({
    socket: raw,
    host: hostname,
    // An IP address is no server name (RFC 6066, 3).
    ...isIP(hostname) === 0 ? { servername: hostname } : {},
    secureContext: contextOf(options),
    checkServerIdentity: checkName,
    // `refusalOf` decides, because OpenSSL accepts more than rustls does.
    rejectUnauthorized: false,
    ...ONE_PIECE,
  });
  const { promise, resolve, reject } = Promise.withResolvers<void>();
  // The handshake may fail before anybody waits for it.
  promise.catch(() => {});
  socket.once("error", (error) => reject(handshakeError(error)));
  socket.once("close", () => reject(new Error(END)));
  socket.once("secureConnect", () => {
    const refusal = refusalOf(socket, hostname);
    if (refusal === undefined) return resolve();
    reject(refusal);
    socket.destroy();
  });
  return { socket, handshake: () => promise };
}

/** Unlike Node.js, rustls does not look for the name in the subject. */
function checkName(hostname: string, certificate: tls.PeerCertificate): Error | undefined {
  if (certificate.subjectaltname) return tls.checkServerIdentity(hostname, certificate);
  return Object.assign(new Error("The certificate has no names"), { code: WRONG_NAME });
}

/** Returns why the peer's certificate is refused. */
function refusalOf(socket: tls.TLSSocket, hostname: string): Error | undefined {
  const certificate = socket.getPeerX509Certificate();
  const isAuthority = certificate?.ca === true;
  if (socket.authorized && !isAuthority) return undefined;
  const code = isAuthority ? AUTHORITY : String(socket.authorizationError);
  return new Error(`invalid peer certificate: ${problemWords(code, certificate, hostname)}`);
}

/** The peer does not speak TLS, or refuses. */
function handshakeError(error: Error): unknown {
  const code = "code" in error ? String(error.code) : "";
  // Without an error number the peer has closed the connection properly.
  if (code === "ECONNRESET") return new Error("errno" in error ? "connection reset" : END);
  if (/ALERT/.test(code)) return new Error(`received fatal alert: ${code}`);
  if (code.startsWith("ERR_SSL_")) {
    return new Error("received corrupt message of type InvalidContentType", { cause: error });
  }
  return asDenoError(error);
}

interface KnownContext {
  readonly key: string;
  readonly context: tls.SecureContext;
}

/** The last context: a program uses one broker, and its authorities are parsed only once. */
let known: KnownContext | undefined;

/** By the same variables as Deno: an empty store means no public authority. */
function contextOf({ caCerts }: TlsOptions): tls.SecureContext {
  const { DENO_TLS_CA_STORE: store, DENO_CERT: file } = process.env;
  const key = JSON.stringify([store, file, caCerts]);
  if (known?.key === key) return known.context;
  const publicOnes = store === "" ? [] : tls.rootCertificates;
  const further = file ? [readFileSync(file, "utf8")] : [];
  const context = tls.createSecureContext({ ca: [...publicOnes, ...further, ...caCerts] });
  known = { key, context };
  return context;
}
