/** MQTT client ids. Who knows one can end its connection: a broker gives the id to the newest client. */

/** Every broker takes ids of 1 to 23 letters and digits: MQTT 3.1.1, 3.1.3.1. */
const LENGTH = 23;
/** A power of two, so that each character is equally likely. */
const CHARACTERS = "0123456789abcdefghijklmnopqrstuv";

/** Who connects, as the owner of a broker reads it in its log. */
export type MqttProgram = "agent" | "tracker" | "hub" | "doctor";

/**
 * An id that nobody can guess: at least 80 random bits after the program's name. It must never be
 * published, nor be made of anything that is.
 */
export function newClientId(program: MqttProgram): string {
  const bytes = crypto.getRandomValues(new Uint8Array(LENGTH - program.length));
  return program + Array.from(bytes, (byte) => CHARACTERS[byte % CHARACTERS.length]).join("");
}
