/** A file for each Debian release, so that both can be tested at a time. */
import { keepsContract } from "./contract/contract.ts";

Deno.test("GPIO lines with libgpiod 1.6", (t) => keepsContract(t, "bookworm"));
