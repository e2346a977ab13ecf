/** An error of the connection to the broker, with its code. */

import {
  type BrokerFault,
  brokerFaultText,
  type CertificateFault,
} from "../../core/network/broker_fault.ts";

export class LinkError extends Error {
  readonly fault: BrokerFault;

  constructor(fault: BrokerFault, options?: ErrorOptions) {
    super(brokerFaultText(fault), options);
    this.name = "LinkError";
    this.fault = fault;
  }
}

/** Returns why a TCP connection attempt failed. */
export function tcpFault(error: unknown): BrokerFault {
  if (error instanceof LinkError) return error.fault;
  const detail = wordsOf(error);
  if (error instanceof Deno.errors.ConnectionRefused) return { code: "refused", detail };
  return { code: "unreachable", detail };
}

/** Returns why a TLS handshake failed. rustls reports the reason only in its message. */
export function tlsFault(error: unknown): BrokerFault {
  if (error instanceof LinkError) return error.fault;
  const detail = wordsOf(error);
  if (/certificate/i.test(detail)) {
    return { code: "certificate", problem: certificateFault(detail), detail };
  }
  return { code: "no_tls", detail };
}

/** Returns why MQTT.js or the connection below it ended. */
export function mqttFault(error: unknown): BrokerFault {
  if (error instanceof LinkError) return error.fault;
  const detail = wordsOf(error);
  switch (refusalOf(error)) {
    case 2:
      return { code: "client_id", detail };
    case 4:
    case 5:
      return { code: "login", detail };
    default:
      return { code: "broken", detail };
  }
}

/** Returns the return code of a CONNACK: MQTT 3.1.1, 3.2.2.3. */
function refusalOf(error: unknown): unknown {
  return error instanceof Error && "code" in error ? error.code : undefined;
}

function certificateFault(detail: string): CertificateFault {
  if (/CaUsedAsEndEntity/i.test(detail)) return "self_signed_authority";
  if (/UnknownIssuer/i.test(detail)) return "unknown_authority";
  if (/NotValidForName|not valid for name/i.test(detail)) return "wrong_name";
  if (/NotValidYet|Expired|not valid yet/i.test(detail)) return "time";
  return "other";
}

function wordsOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
