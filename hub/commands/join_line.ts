/** Asks the running hub for a line with which a Pi joins, and prints it. */

import type { Config } from "../../core/config/settings.ts";
import { UsageError, UserError } from "../../io/program/user_error.ts";
import { reachableAddress } from "../credentials/reachable_address.ts";
import { LocalApi } from "./local_api.ts";

export interface LineRequest {
  readonly config: Config;
  readonly id: string;
  readonly name: string | undefined;
  readonly mayRenew: boolean;
  /** Whether the Pi takes upgrades from this hub; `undefined`: as before. */
  readonly updates: boolean | undefined;
}

/** The line goes to stdout, what a person should know beside it to stderr. Throws a `UserError`. */
export async function printJoinLine(
  { config, id, name, mayRenew, updates }: LineRequest,
): Promise<void> {
  const body = {
    id,
    ...(name === undefined ? {} : { name }),
    renew: mayRenew,
    join: true,
    ...(updates === undefined ? {} : { updates }),
  };
  const answer = await new LocalApi(config).ask("/api/v1/enrol", body).catch(explained);
  const line = property(answer, "line");
  if (typeof line !== "string") {
    throw new UserError("The running hub makes no lines: it is of an older version");
  }
  console.error(`Run this on ${id}, within 15 minutes. It works once:\n`);
  console.log(line);
  for (const remark of remarksOn(answer, line)) console.error(`\n${remark}`);
}

function remarksOn(answer: unknown, line: string): readonly string[] {
  const [architectures, note] = [property(answer, "architectures"), property(answer, "note")];
  const hasNone = Array.isArray(architectures) && architectures.length === 0;
  const [, name] = /:\/\/([\w.-]+\.local):/.exec(line) ?? [];
  return [
    ...(name === undefined
      ? []
      : [`Should that Pi not find ${name}: write ${reachableAddress()} in its place.`]),
    ...(property(answer, "encrypted") === false
      ? [
        "The hub speaks no TLS: the password of that Pi can be read on its way through the network.",
      ]
      : []),
    ...(hasNone
      ? ["The hub has no packages ([hub] packages): install the programs on that Pi first."]
      : []),
    ...(typeof note === "string" ? [`When it has run: ${note}`] : []),
  ];
}

/** A line needs a hub that runs; a configuration does not. */
function explained(error: unknown): never {
  if (!(error instanceof UserError) || error instanceof UsageError) throw error;
  const hint =
    "The line is made by the running hub. Without it, --config-only prints the config.ini";
  throw new UserError(`${error.message}. ${hint}`, { cause: error });
}

function property(value: unknown, name: string): unknown {
  return typeof value === "object" && value !== null
    ? new Map<string, unknown>(Object.entries(value)).get(name)
    : undefined;
}
