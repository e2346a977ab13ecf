/** What the broker, which speaks MQTT 3.1.1, answers a client that speaks MQTT 5. */

const CONNACK = 0x20;
/** MQTT 5, section 3.2.2.2: reason code "unsupported protocol version". */
const UNSUPPORTED_VERSION = 0x84;
/** Section 3.2.2.3.9: a reason for people to read, in clients that show it. */
const REASON_STRING = 0x1f;
const REASON = "This broker speaks MQTT 3.1.1";

/** For the log, after the client's name: what its owner can do. */
export const MQTT5_ADVICE = "speaks MQTT 5 and this broker MQTT 3.1.1: choose 3.1.1 in the client" +
  " (Home Assistant: MQTT protocol; paho: protocol=MQTTv311; mosquitto_sub: -V mqttv311)";

/**
 * A CONNACK in the form of MQTT 5. In that of 3.1.1 (code 1) clients of MQTT 5 take it for a
 * malformed packet unless they were made to expect it. Shorter than any packet that a client refuses.
 */
export function mqtt5Refusal(): Uint8Array {
  const reason = new TextEncoder().encode(REASON);
  const property = [REASON_STRING, reason.length >> 8, reason.length & 0xff, ...reason];
  const body = [0, UNSUPPORTED_VERSION, property.length, ...property];
  return new Uint8Array([CONNACK, body.length, ...body]);
}
