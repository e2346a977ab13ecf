/** The answer of this MQTT 3.1.1 broker to an MQTT 5 client. */

const CONNACK = 0x20;
/** MQTT 5, section 3.2.2.2: reason code "unsupported protocol version". */
const UNSUPPORTED_VERSION = 0x84;
/** Section 3.2.2.3.9: a reason for people, which some clients show. */
const REASON_STRING = 0x1f;
const REASON = "This broker speaks MQTT 3.1.1";

/** Advice for the client's owner. In the log it follows the client's name. */
export const MQTT5_ADVICE = "speaks MQTT 5 and this broker MQTT 3.1.1: choose 3.1.1 in the client" +
  " (Home Assistant: MQTT protocol; paho: protocol=MQTTv311; mosquitto_sub: -V mqttv311)";

/**
 * Returns a CONNACK in MQTT 5 format. MQTT 5 clients would consider one in 3.1.1 format (code 1)
 * malformed, unless they handle it specially. It is shorter than any packet that a client refuses.
 */
export function mqtt5Refusal(): Uint8Array {
  const reason = new TextEncoder().encode(REASON);
  const property = [REASON_STRING, reason.length >> 8, reason.length & 0xff, ...reason];
  const body = [0, UNSUPPORTED_VERSION, property.length, ...property];
  return new Uint8Array([CONNACK, body.length, ...body]);
}
