/** The user of tracker.service, because root's rights say nothing about those of the service. */

import { type Finding, fine, warning } from "../../core/doctor/finding.ts";
import { becomeUser, type UserNumbers } from "../../ffi/own_user.ts";
import { type Reader, readOrNothing, readRows } from "./identity.ts";

/** The path of the unit: installed by hand, or else by a package. */
const UNITS = ["/etc/systemd/system/tracker.service", "/usr/lib/systemd/system/tracker.service"];

/** The user in the present unit and in those of earlier builds. */
const USUAL_USERS = ["rpi-cluster-tracker", "rpi-cluster-alert"] as const;

const MAKE_USERS = "sudo systemd-sysusers - < packaging/sysusers/rpi-cluster-alert.conf";

/** The user of the service, with its numbers if it exists. */
export interface ServiceUser {
  readonly name: string;
  readonly numbers: UserNumbers | undefined;
}

/** Returns the service's user with the groups that systemd gives it. */
export function findServiceUser(reader: Reader): ServiceUser {
  const users = readRows(reader, "/etc/passwd");
  const name = userOfUnit(reader) ??
    USUAL_USERS.find((usual) => users.some(([user]) => user === usual)) ?? USUAL_USERS[0];
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

function userOfUnit(reader: Reader): string | undefined {
  const unit = UNITS.map((path) => readOrNothing(reader, path)).find((text) => text !== "");
  return unit === undefined ? undefined : /^User=(\S+)$/m.exec(unit)?.[1];
}

/** Switches from root to the service's user, for good. Throws SystemError. */
export function actAsService({ name, numbers }: ServiceUser): Finding {
  if (numbers === undefined) {
    const found = `there is no user ${name}, so the service cannot start`;
    return warning("user", `${found}; what follows holds for root`, MAKE_USERS);
  }
  becomeUser(numbers);
  return fine("user", `what follows was tried as ${name}, the user of tracker.service`);
}
