/** The properties that every view receives. */

import type { Attention } from "../device/attention.ts";
import type { Api } from "../live/api.ts";
import type { Live } from "../live/live.ts";
import type { Router } from "../routing/router.ts";

export interface ViewProps {
  readonly live: Live;
  readonly api: Api;
  readonly router: Router;
  readonly attention: Attention;
}
