/** Reports what the broker refuses, by address or credential, never by received text. */

import type { RefusalReason } from "../../core/limits/refusal_report.ts";
import { HUB_USER } from "../../core/protocol/access.ts";
import type { BrokerLines, ClientLine } from "./broker_log.ts";
import { MQTT5_ADVICE } from "./mqtt5_refusal.ts";

export interface BrokerRefusalsOptions {
  readonly lines: BrokerLines;
  /** `from` is an address, or a user with a credential. */
  readonly note: (reason: RefusalReason, from: string) => void;
  /**
   * Whether the name belongs to a user with a credential. Other text stays out of the log, because
   * people type passwords into the wrong field.
   */
  readonly isKnown: (user: string) => boolean;
}

export class BrokerRefusals {
  readonly #lines: BrokerLines;
  readonly #note: BrokerRefusalsOptions["note"];
  readonly #isKnown: BrokerRefusalsOptions["isKnown"];

  constructor({ lines, note, isKnown }: BrokerRefusalsOptions) {
    this.#lines = lines;
    this.#note = note;
    this.#isKnown = isKnown;
  }

  /** The connection sent no valid CONNECT. */
  protocol(address: string): void {
    this.#note("protocol", address);
  }

  /**
   * A wrong password for an existing user gets its own line, because somebody has to correct it.
   */
  wrongLogin(address: string, user: string): void {
    this.#note("broker_login", address);
    if (user === HUB_USER || !this.#isKnown(user)) return;
    const text = `${user} gave a wrong password, from ${address}; ` +
      `if that is your Pi, "rpi-cluster-hub enrol ${user}" prints a new config.ini for it`;
    this.#lines.writeOf("warning", user, "wrong_password", text);
  }

  /** Too many wrong logins of this origin are already waiting. */
  uncheckedLogin(address: string): void {
    this.#note("broker_login", address);
  }

  tooManySessions(user: string): void {
    this.#note("sessions", user);
  }

  tooManyNodes(user: string): void {
    this.#note("broker_nodes", user);
  }

  mqtt5(address: string, typed: string): void {
    this.#note("protocol", address);
    const user = this.#isKnown(typed) ? typed : undefined;
    const text = `${user ?? `a client from ${address}`} ${MQTT5_ADVICE}`;
    this.#lines.writeOf("warning", user, "mqtt5", text);
  }

  /** `refusal` follows the user's name: "may not publish to ...". */
  forbidden(user: string, line: ClientLine, refusal: string): void {
    this.#note("forbidden", user);
    this.#lines.writeOf("warning", user, line, `${user} ${refusal}`);
  }
}
