/**
 * GPIO lines on a 32-bit kernel with Node.js: each driver; libgpiod 1.6, whose `time_t` has 32 bits
 * there, and 2.2; koffi, and the addon in the form that an ARMv6 gets.
 */
import { keepsContractOn32Bits, type NodeSetting } from "../contract/contract.ts";

const SETTINGS: readonly NodeSetting[] = [
  { userland: "bookworm", driver: "own", access: "koffi" },
  { userland: "trixie", driver: "own", access: "koffi" },
  { userland: "bookworm", driver: "kernel v1", access: "koffi" },
  { userland: "trixie", driver: "kernel v2", access: "koffi" },
  { userland: "bookworm", driver: "kernel v1", access: "addon" },
  { userland: "trixie", driver: "kernel v2", access: "addon" },
];

for (const setting of SETTINGS) {
  const { userland, driver, access } = setting;
  Deno.test(`32 bits, Debian ${userland}, driver ${driver}, by ${access}`, async (t) => {
    await keepsContractOn32Bits(t, setting);
  });
}
