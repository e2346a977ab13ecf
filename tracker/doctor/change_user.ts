/** Changes to the user of the tracker's service. */

import { type Finding, fine, warning } from "../../core/doctor/finding.ts";
import { becomeUser } from "../../ffi/own_user.ts";
import { MAKE_USERS, type ServiceUser } from "../../io/doctor/service_user.ts";

/** Switches from root to the service's user, for good. Throws SystemError. */
export function actAsService({ name, numbers }: ServiceUser): Finding {
  if (numbers === undefined) {
    const found = `there is no user ${name}, so the service cannot start`;
    return warning("user", `${found}; what follows holds for root`, MAKE_USERS);
  }
  becomeUser(numbers);
  return fine("user", `what follows was tried as ${name}, the user of tracker.service`);
}
