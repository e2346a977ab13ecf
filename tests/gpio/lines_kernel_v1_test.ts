/** A file for each driver, so that all can be tested at a time. */
import { kernelKeepsContract } from "./contract/contract.ts";

Deno.test("GPIO lines through the kernel's own interface, version 1", async (t) => {
  await kernelKeepsContract(t, "kernel v1");
});
