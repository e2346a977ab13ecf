/** Lets Mosquitto's dynamic-security plugin know each credential of the hub. */

import type { Config } from "../../core/config/settings.ts";
import {
  type ControlCommand,
  createClient,
  createRole,
  list,
  modifyClient,
  removeClient,
} from "../../core/protocol/control.ts";
import type { ControlReply } from "../../core/protocol/control_decoding.ts";
import { getLog } from "../../io/log/log.ts";
import { reasonOf, UserError } from "../../io/program/user_error.ts";
import type { Clock } from "../../io/time/clock.ts";
import type { CredentialKeeper, Credentials } from "../credentials/credentials.ts";
import { Control } from "./control.ts";
import { differencesOf } from "./reconciliation.ts";
import { writeSeed } from "./seed.ts";

/** Names of at most 76 characters in one answer of 8 KiB. */
const LISTED_AT_ONCE = 80;
/** Commands of at most 200 bytes in one message of 8 KiB. */
const REMOVED_AT_ONCE = 10;
/** Users that a log line names. */
const NAMED_MAX = 10;
/** Several changes make one file. */
const SEED_AFTER_MS = 2000;

const log = getLog("broker");

export interface BrokerKeeperOptions {
  readonly config: Pick<Config, "mqtt" | "hub">;
  readonly credentials: Credentials;
  readonly clock: Clock;
  readonly stop: AbortSignal;
}

export class BrokerKeeper implements CredentialKeeper, AsyncDisposable {
  readonly #options: BrokerKeeperOptions;
  readonly #control: Control;
  /** The last of the tasks, which run one after the other. */
  #turn: Promise<unknown> = Promise.resolve();
  /** Users whose password Mosquitto has, and the hub's file not yet. */
  readonly #early = new Set<string>();
  #seeding: Disposable | undefined;
  #problem: string | undefined;

  constructor(options: BrokerKeeperOptions) {
    this.#options = options;
    const { config, clock, credentials, stop } = options;
    this.#control = new Control({
      config,
      clock,
      onUp: () => this.#reconcileSoon(),
      onRefused: (reason) => this.#report(reason),
    });
    this.#writeSeed();
    credentials.watch(stop, (event) => {
      if (event.kind !== "changed") return;
      for (const user of event.users) this.#early.delete(user);
      this.#seedSoon();
      if (event.gone.size > 0) this.#reconcileSoon();
    });
  }

  async [Symbol.asyncDispose](): Promise<void> {
    if (this.#seeding !== undefined) this.#writeSeed();
    await this.#control[Symbol.asyncDispose]();
    await this.#turn.catch(() => {});
  }

  /** Rejects with a `UserError` when Mosquitto does not take the password. */
  async put(user: string, password: string): Promise<void> {
    this.#early.add(user);
    try {
      await this.#inTurn(() => this.#put(user, password));
    } catch (error) {
      log.warning("Mosquitto did not take a credential", { user, reason: reasonOf(error) });
      throw error;
    }
  }

  async #put(user: string, password: string): Promise<void> {
    const root = this.#options.config.mqtt.topicRoot;
    await this.#do([createRole(user, root)], /already exists/i);
    const [created] = await this.#control.request([createClient(user, password)]);
    if (created?.error === undefined) return;
    if (!/already exists/i.test(created.error)) throw refused(created);
    await this.#do([modifyClient(user, password)]);
  }

  /** Ends the user's connections. Without a connection to Mosquitto that happens later. */
  async remove(user: string): Promise<void> {
    this.#early.delete(user);
    await this.#inTurn(() => this.#do(removeClient(user), /not found/i)).catch((error) => {
      log.warning("Mosquitto will end a credential when it is connected again", {
        user,
        reason: reasonOf(error),
      });
    });
  }

  #reconcileSoon(): void {
    this.#inTurn(() => this.#reconcile()).then(
      () => this.#problem = undefined,
      (error) => this.#report(reasonOf(error)),
    );
  }

  /** Logs a lasting problem once. */
  #report(reason: string): void {
    if (reason === this.#problem || this.#options.stop.aborted) return;
    this.#problem = reason;
    log.error("Mosquitto does not have the hub's credentials", { reason });
  }

  async #reconcile(): Promise<void> {
    const { credentials, config: { mqtt } } = this.#options;
    const roles = await this.#names("roles");
    const clients = await this.#names("clients");
    const users = credentials.users();
    const found = differencesOf({ users: [...users, ...this.#early], clients, roles });
    for (let at = 0; at < found.surplus.length; at += REMOVED_AT_ONCE) {
      const users = found.surplus.slice(at, at + REMOVED_AT_ONCE);
      await this.#do(users.flatMap(removeClient), /not found/i);
    }
    for (const user of found.unlinked) {
      await this.#do([createRole(user, mqtt.topicRoot)], /already exists/i);
      await this.#do([modifyClient(user)]);
    }
    if (found.surplus.length > 0) {
      log.info("ended credentials at Mosquitto", { users: named(found.surplus) });
    }
    if (found.missing.length > 0) {
      log.error(
        "Mosquitto does not know users of the hub: renew them (rpi-cluster-hub enrol ID --renew), or let " +
          "Mosquitto begin with the hub's dynamic-security.json (docs/install.md)",
        { users: named(found.missing) },
      );
    }
  }

  async #names(what: "clients" | "roles"): Promise<readonly string[]> {
    const names: string[] = [];
    for (;;) {
      const page = { offset: names.length, count: LISTED_AT_ONCE };
      const [reply] = await this.#do([list(what, page)]);
      names.push(...reply?.names ?? []);
      if (reply === undefined || reply.names.length === 0 || names.length >= reply.total) {
        return names;
      }
    }
  }

  /** Rejects with a `UserError` for an error that does not match `mayFail`. */
  async #do(
    commands: readonly ControlCommand[],
    mayFail?: RegExp,
  ): Promise<readonly ControlReply[]> {
    const replies = await this.#control.request(commands);
    const failed = replies.find(({ error }) => error !== undefined && !mayFail?.test(error));
    if (failed !== undefined) throw refused(failed);
    return replies;
  }

  async #inTurn<T>(task: () => Promise<T>): Promise<T> {
    const result = this.#turn.catch(() => {}).then(task);
    this.#turn = result.catch(() => {});
    return await result;
  }

  #seedSoon(): void {
    const { clock } = this.#options;
    this.#seeding ??= clock.callAt(clock.nowMs() + SEED_AFTER_MS, () => this.#writeSeed());
  }

  #writeSeed(): void {
    this.#seeding?.[Symbol.dispose]();
    this.#seeding = undefined;
    const { config, credentials } = this.#options;
    try {
      writeSeed(config, credentials.hashes());
    } catch (error) {
      log.error("cannot write dynamic-security.json", { reason: reasonOf(error) });
    }
  }
}

function refused({ command, error }: ControlReply): UserError {
  return new UserError(`Mosquitto refused ${command}: ${error}`);
}

function named(users: readonly string[]): string {
  const more = users.length - NAMED_MAX;
  return [...users.slice(0, NAMED_MAX), ...(more > 0 ? [`and ${more} more`] : [])].join(" ");
}
