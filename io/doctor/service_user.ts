/** The user of a service, because root's rights say nothing about those of the service. */

import { type Reader, readOrNothing, readRows } from "./identity.ts";
import { type Service, unitPaths } from "./service.ts";

export const MAKE_USERS =
  "sudo systemd-sysusers - < packaging/sysusers/rpi-cluster-alert.conf, or install the package";

/** A user by numbers. */
export interface UserNumbers {
  readonly user: number;
  readonly group: number;
  /** All groups of the user. */
  readonly groups: readonly number[];
}

/** The user of the service, with its numbers if it exists. */
export interface ServiceUser {
  readonly name: string;
  readonly numbers: UserNumbers | undefined;
}

/** Returns the service's user with the groups that systemd gives it. */
export function findServiceUser(reader: Reader, { program, users: usual }: Service): ServiceUser {
  const users = readRows(reader, "/etc/passwd");
  const name = userOfUnit(reader, program) ??
    usual.find((one) => users.some(([user]) => user === one)) ?? usual[0];
  const [, , user, group] = users.find(([user]) => user === name) ?? [];
  if (user === undefined || group === undefined) return { name, numbers: undefined };
  const groups = readRows(reader, "/etc/group").flatMap(([, , number, members = ""]) =>
    members.split(",").includes(name) ? Number(number) : []
  );
  return {
    name,
    numbers: { user: Number(user), group: Number(group), groups: [Number(group), ...groups] },
  };
}

function userOfUnit(reader: Reader, program: Service["program"]): string | undefined {
  const unit = unitPaths(program).map((path) => readOrNothing(reader, path))
    .find((text) => text !== "");
  return unit === undefined ? undefined : /^User=(\S+)$/m.exec(unit)?.[1];
}
