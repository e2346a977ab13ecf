/** The user of tracker.service: what root may do says nothing of what the service may. */

import { type Finding, fine, warning } from "../../core/finding.ts";
import { becomeUser, type UserNumbers } from "../../ffi/own_user.ts";
import { type Reader, readRows } from "./identity.ts";

/** As the unit has it. */
export const SERVICE_USER = "rpi-cluster-alert";

const MAKE_USER =
  `sudo useradd --system --no-create-home --shell /usr/sbin/nologin ${SERVICE_USER}`;

/** The service's user with the groups that systemd gives him; `undefined` where there is none. */
export function findServiceUser(reader: Reader): UserNumbers | undefined {
  const row = readRows(reader, "/etc/passwd").find(([name]) => name === SERVICE_USER);
  const [, , user, group] = row ?? [];
  if (user === undefined || group === undefined) return undefined;
  const groups = readRows(reader, "/etc/group").flatMap(([, , number, members = ""]) =>
    members.split(",").includes(SERVICE_USER) ? Number(number) : []
  );
  return { user: Number(user), group: Number(group), groups: [Number(group), ...groups] };
}

/** Root goes on, for good, as the service's user. Throws SystemError. */
export function actAsService(reader: Reader): Finding {
  const service = findServiceUser(reader);
  if (service === undefined) {
    const found = `there is no user ${SERVICE_USER}, so the service cannot start`;
    return warning("user", `${found}; what follows holds for root`, MAKE_USER);
  }
  becomeUser(service);
  return fine("user", `what follows was tried as ${SERVICE_USER}, the user of tracker.service`);
}
