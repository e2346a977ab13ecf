/** The keys of `[hub]` about TLS. */

import { textOf } from "../text/parser.ts";
import type { ConfigReader } from "./reader.ts";
import type { Config, Endpoint, TlsEndpoint } from "./settings.ts";
import { parseEndpointOrNone } from "./values.ts";

const HTTPS_PORT = 8443;
const MQTTS_PORT = 8883;

type Hub = Config["hub"];

/**
 * Without a key of its own, TLS is on the host of the protocol without TLS, on its usual port, or on
 * any free one where that protocol is.
 */
export function decodeTlsListeners(
  reader: ConfigReader,
  { listen, broker, brokerListen }: Pick<Hub, "listen" | "broker" | "brokerListen">,
): Pick<Hub, "httpsListen" | "mqttsListen"> {
  const beside = ({ hostname, port }: Endpoint, usual: number) => {
    return { hostname, port: port === 0 ? 0 : usual };
  };
  return {
    httpsListen: tlsEndpoint(reader, "hub.https_listen", beside(listen, HTTPS_PORT)),
    mqttsListen: broker === "none"
      ? undefined
      : tlsEndpoint(reader, "hub.mqtts_listen", beside(brokerListen, MQTTS_PORT)),
  };
}

function tlsEndpoint(
  reader: ConfigReader,
  name: "hub.https_listen" | "hub.mqtts_listen",
  usual: Endpoint,
): TlsEndpoint | undefined {
  if (!reader.isWritten(name)) return { ...usual, isWritten: false };
  const written = reader.given(name, parseEndpointOrNone);
  return written === undefined ? undefined : { ...written, isWritten: true };
}

/** A certificate needs its key, and a key its certificate. */
export function decodeCertificate(reader: ConfigReader): Hub["certificate"] {
  const certificateFile = reader.optional("hub.certificate_file", textOf("a path"));
  const keyFile = reader.optional("hub.key_file", textOf("a path"));
  if (certificateFile !== undefined && keyFile !== undefined) return { certificateFile, keyFile };
  if (certificateFile !== undefined) {
    reader.report("hub.key_file", "a path beside certificate_file", "none", "hub.certificate_file");
  } else if (keyFile !== undefined) {
    reader.report("hub.certificate_file", "a path beside key_file", "none", "hub.key_file");
  }
  return undefined;
}
