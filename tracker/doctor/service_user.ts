/** The user of tracker.service: what root may do says nothing of what the service may. */

import { type Finding, fine, warning } from "../../core/doctor/finding.ts";
import { becomeUser, type UserNumbers } from "../../ffi/own_user.ts";
import { type Reader, readOrNothing, readRows } from "./identity.ts";

/** Where the unit lies: made by hand, else that of a package. */
const UNITS = ["/etc/systemd/system/tracker.service", "/usr/lib/systemd/system/tracker.service"];

/** As the unit has it, and as those of earlier builds had it. */
const USUAL_USERS = ["rpi-cluster-tracker", "rpi-cluster-alert"] as const;

const MAKE_USERS = "sudo systemd-sysusers - < packaging/sysusers/rpi-cluster-users.conf";

/** Who runs the service, and the numbers of that user if there is one. */
export interface ServiceUser {
  readonly name: string;
  readonly numbers: UserNumbers | undefined;
}

/** The service's user with the groups that systemd gives him. */
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

/** Root goes on, for good, as the service's user. Throws SystemError. */
export function actAsService({ name, numbers }: ServiceUser): Finding {
  if (numbers === undefined) {
    const found = `there is no user ${name}, so the service cannot start`;
    return warning("user", `${found}; what follows holds for root`, MAKE_USERS);
  }
  becomeUser(numbers);
  return fine("user", `what follows was tried as ${name}, the user of tracker.service`);
}
