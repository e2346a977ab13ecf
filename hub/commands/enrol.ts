/** `hub enrol` and `hub revoke`: manage the credentials of the cluster. */

import type { Config } from "../../core/config/settings.ts";
import { HUB_USER } from "../../core/protocol/access.ts";
import { closestNode } from "../../core/text/spelling.ts";
import { statIfAny } from "../../io/files/atomic_file.ts";
import type { Options, Subcommand } from "../../io/program/command_line.ts";
import type { Main } from "../../io/program/program.ts";
import { UsageError, UserError } from "../../io/program/user_error.ts";
import { finishRestoreUnlessRunning } from "../backup/take_over.ts";
import { restoreUnlessRunning } from "../checkpoint/restore_checkpoint.ts";
import { Credentials } from "../credentials/credentials.ts";
import {
  applyCommand,
  enrol,
  enrolledMax,
  hasRoomFor,
  HUB_RESTART,
  passwordFile,
  revoke,
} from "../credentials/enrol.ts";
import { forgetEnrolledName, keepEnrolledName, knownNameOf } from "../credentials/known_names.ts";
import { databaseFile, openStateFolder } from "../host/state_folder.ts";
import { writeSeed } from "../dynamic_security/seed.ts";
import { Store } from "../store/store.ts";
import { identityForCommand, type TlsIdentity } from "../tls/identity.ts";
import { printJoinLine } from "./join_line.ts";
import { LocalApi } from "./local_api.ts";
import { runningTls } from "./running_tls.ts";
import { keepOutputSecret } from "./secret_output.ts";

export const enrolNode: Subcommand<Main> = {
  usage: "enrol <ID>",
  description:
    "Lets a Pi join: on a terminal it prints one line to run there, else its config.ini.",
  options: [
    { flags: "--name <NAME>", description: "what people call it" },
    { flags: "--renew", description: "replaces its credential; it keeps its name" },
    { flags: "--join", description: "prints the line, also into a file or a pipe" },
    { flags: "--config-only", description: "prints the config.ini, also on a terminal" },
    {
      flags: "--updates <from-hub|no>",
      description: "whether the Pi takes upgrades from this hub; a line alone can say so",
    },
  ],
  async main({ config, arguments: [id = ""], options }) {
    const { name, renew, join, configOnly } = options;
    const updates = updatesOf(options);
    openState(config);
    if (renew !== true) assertNew(config, id);
    assertRoom(config, id);
    // Programs and people who redirect the output get the configuration, as always.
    const isForTerminal = join === true || Deno.stdout.isTerminal();
    // The hub joins nothing: with another broker it needs a password for its own configuration.
    if (configOnly !== true && id !== HUB_USER && isForTerminal) {
      const given = typeof name === "string" ? name : undefined;
      return await printJoinLine({ config, id, name: given, mayRenew: renew === true, updates });
    }
    if (updates === true) {
      throw new UsageError("Only a line lets a Pi take upgrades: add --join");
    }
    if (isOfPlugin(config) && id !== HUB_USER) return await enrolByHub(config, { id, name, renew });
    const identity = await identityOfHub(config);
    using store = openStore(config);
    const chosen = typeof name === "string" ? name : store && knownNameOf(store, id);
    keepOutputSecret();
    console.log(enrol({ config, id, name: chosen, identity }));
    if (store && chosen !== undefined) keepEnrolledName(store, id, chosen.trim());
    if (isOfPlugin(config)) writeSeed(config, new Credentials(passwordFile(config)).hashes());
  },
};

/** `undefined`: as before. */
function updatesOf({ updates }: Options): boolean | undefined {
  if (updates === undefined) return undefined;
  if (updates === "from-hub" || updates === "no") return updates === "from-hub";
  throw new UsageError(`--updates: expected from-hub or no, found ${JSON.stringify(updates)}`);
}

/** Mosquitto's plugin takes passwords from the running hub. */
function isOfPlugin({ hub }: Config): boolean {
  return hub.broker === "none" && hub.mosquitto === "dynamic_security";
}

async function enrolByHub(
  config: Config,
  { id, name, renew }: { readonly id: string; readonly name: unknown; readonly renew: unknown },
): Promise<void> {
  const answer = await new LocalApi(config).ask("/api/v1/enrol", {
    id,
    ...(typeof name === "string" ? { name } : {}),
    ...(renew === true ? { renew } : {}),
  });
  const text = typeof answer === "object" && answer !== null && "config" in answer
    ? answer.config
    : undefined;
  if (typeof text !== "string") throw new UserError("The hub answers without a configuration");
  keepOutputSecret();
  console.log(text);
}

/** A running hub knows whether it could listen where it is by default. */
async function identityOfHub(config: Config): Promise<TlsIdentity | undefined> {
  const identity = await identityForCommand(config);
  const running = identity && await runningTls(config);
  return running === undefined
    ? identity
    : identity && { ...identity, mqttsPort: running.mqtts_port ?? undefined };
}

/** A command may come before the first start of the hub, or after a boot that lost its state. */
function openState(config: Config): void {
  openStateFolder(config);
  finishRestoreUnlessRunning(config);
  restoreUnlessRunning(config);
}

/** A second machine must not take over this id by mistake. */
function assertNew(config: Config, id: string): void {
  if (!new Credentials(passwordFile(config)).users().includes(id)) return;
  throw new UserError(
    `${JSON.stringify(id)} has a credential. A new one cuts off the Pi that uses it until its ` +
      `config.ini is replaced: if that is what you want, add --renew`,
  );
}

function assertRoom(config: Config, id: string): void {
  const users = new Credentials(passwordFile(config)).users();
  if (hasRoomFor(id, users, config)) return;
  const advice = config.hub.broker === "embedded"
    ? "or let Mosquitto be the broker, which serves more (docs/install.md)"
    : "or let a second hub watch some of them";
  throw new UserError(
    `${enrolledMax(config)} nodes have a credential, as many as possible: revoke one that nobody ` +
      `needs, ${advice}`,
  );
}

/**
 * Does not create a database: the hub's user could not write one that this user owns. An unusable
 * database is left for the hub to repair, because a credential matters more than a name.
 */
function openStore(config: Config): Store | undefined {
  const file = databaseFile(config);
  if (statIfAny(file) === undefined) return undefined;
  try {
    return new Store(file, { isOwner: false });
  } catch (error) {
    if (!(error instanceof UserError)) throw error;
    console.error(error.message);
    return undefined;
  }
}

export const revokeNode: Subcommand<Main> = {
  usage: "revoke <ID>",
  description: "Ends a node's credential, and forgets the node.",
  main({ config, arguments: [id = ""] }) {
    openState(config);
    const hadCredential = revoke({ config, id });
    using store = openStore(config);
    const wasKnown = store?.nodes.remove(id) ?? false;
    store?.names.remove(id);
    if (store) forgetEnrolledName(store, id);
    if (!hadCredential && !wasKnown) throw absent(config, store, id);
    console.log(hadCredential ? revokedLine(config, id) : forgottenLine(config, id));
    return Promise.resolve(0);
  },
};

function revokedLine(config: Config, id: string): string {
  const command = applyCommand(config);
  const todo = command === undefined ? "" : ` Now run: ${command}`;
  return `The credential of ${id} has ended.${todo}`;
}

/**
 * A running hub only notices changes of credentials, and a node of `[cluster] nodes` may have none.
 */
function forgottenLine(config: Config, id: string): string {
  const named = config.cluster.nodes.includes(id) ? `take ${id} out of [cluster] nodes, then ` : "";
  return `${id} is forgotten. Now ${named}run: ${HUB_RESTART}`;
}

function absent(config: Config, store: Store | undefined, id: string): UserError {
  const users = new Credentials(passwordFile(config)).users().map((user) => ({
    id: user,
    name: user,
  }));
  const nodes = (store?.nodes.all() ?? []).map((node) => ({
    id: node.id,
    name: node.name ?? node.id,
  }));
  const near = closestNode(id, [...users, ...nodes]);
  const hint = near === undefined ? "" : ` Did you mean ${near}?`;
  return new UserError(`There is no Pi with the id ${JSON.stringify(id)}.${hint}`);
}
