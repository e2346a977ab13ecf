/** MQTT client ids. They are secret: a broker disconnects a client when another one uses its id. */

/** Every broker accepts ids of 1 to 23 letters and digits: MQTT 3.1.1, 3.1.3.1. */
const LENGTH = 23;
/** The number is a power of two, so that each character is equally likely. */
const CHARACTERS = "0123456789abcdefghijklmnopqrstuv";

/** The program that connects, as it appears in the broker's log. */
export type MqttProgram = "agent" | "tracker" | "hub" | "doctor";

/**
 * Returns an id that nobody can guess: the program's name and at least 80 random bits. Never
 * publish it, and never derive it from public data.
 */
export function newClientId(program: MqttProgram): string {
  const bytes = crypto.getRandomValues(new Uint8Array(LENGTH - program.length));
  return program + Array.from(bytes, (byte) => CHARACTERS[byte % CHARACTERS.length]).join("");
}
