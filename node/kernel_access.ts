/** Where there is no koffi, as on ARMv6, system calls go through an addon. Bundles import this file. */

import { hasKoffi } from "./koffi.ts";
import { offerAddon } from "./syscalls/addon.ts";

if (!hasKoffi()) offerAddon();
