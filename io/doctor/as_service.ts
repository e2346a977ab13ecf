/**
 * Lets root run a doctor again as the user of its service, whose rights are the ones that count.
 * Deno cannot change the user of a running program.
 */

import { type Finding, fine, warning } from "../../core/doctor/finding.ts";
import { statIfAny } from "../files/atomic_file.ts";
import { type Identity, type Reader, readIdentity } from "./identity.ts";
import type { Service } from "./service.ts";
import { findServiceUser, MAKE_USERS, type ServiceUser, type UserNumbers } from "./service_user.ts";

/** Where a program is installed: by a package, or by hand. */
export function installedPaths(program: Service["program"]): readonly string[] {
  return [`/usr/bin/rpi-cluster-${program}`, `/usr/local/bin/${program}`];
}

/** Starts a command as another user. */
export type StartAs = (
  user: ServiceUser & { readonly numbers: UserNumbers },
  command: readonly [string, ...string[]],
) => Deno.Command;

export interface AsServiceOptions {
  readonly service: Service;
  readonly reader: Reader;
  readonly start: StartAs;
  /** The arguments of the doctor. */
  readonly args: readonly string[];
}

export type AsService =
  /** It was run again, and has printed all. */
  | { readonly kind: "done"; readonly code: number }
  /** This run is the one that counts. */
  | {
    readonly kind: "here";
    readonly finding: Finding;
    readonly identity: Identity | undefined;
    readonly isService: boolean;
  };

/** Never throws. */
export async function asService(options: AsServiceOptions): Promise<AsService> {
  const { service, reader, start, args } = options;
  const { program } = service;
  const identity = readIdentity(reader);
  const user = findServiceUser(reader, service);
  const { name, numbers } = user;
  const here = (finding: Finding, isService = false) =>
    ({ kind: "here", finding, identity, isService }) as const;
  if (identity?.user === name) {
    return here(fine("user", `tried as ${name}, the user of ${program}.service`), true);
  }
  if (numbers === undefined) {
    const found = `there is no user ${name}, so the service cannot start; what follows holds for ` +
      (identity?.user ?? "this user");
    return here(warning("user", found, MAKE_USERS));
  }
  if (identity?.isRoot !== true) {
    const found = `what follows holds for ${identity?.user ?? "this user"}, not for ${name}`;
    return here(warning("user", found, `ask as root: sudo rpi-cluster-${program} doctor`));
  }
  const own = installedPaths(program).find((path) => statIfAny(path) !== undefined);
  if (own !== undefined) {
    try {
      const { code } = await start({ name, numbers }, [own, ...args]).spawn().status;
      return { kind: "done", code };
    } catch {
      // The finding says so.
    }
  }
  const found = `what follows holds for root: this program cannot be run again as ${name}`;
  return here(warning("user", found, `sudo -u ${name} rpi-cluster-${program} doctor`));
}
