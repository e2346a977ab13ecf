/** The packages that a hub offers, by their names. */

import assert from "node:assert/strict";
import { packageNameOf } from "../../../hub/join/package_name.ts";

Deno.test("our packages are known by their names, and nothing else is", () => {
  assert.deepEqual(packageNameOf("rpi-cluster-alert-agent_0.1.0_arm64.deb"), {
    file: "rpi-cluster-alert-agent_0.1.0_arm64.deb",
    part: "agent",
    version: "0.1.0",
    architecture: "arm64",
  });
  assert.equal(packageNameOf("rpi-cluster-alert-common_1.0.0~rc1-1_amd64.deb")?.part, "common");
  const shell = packageNameOf("rpi-cluster-alert-agent-sh_0.1.0_all.deb");
  assert.deepEqual([shell?.part, shell?.architecture], ["agent-sh", "all"]);
  for (
    const name of [
      "rpi-cluster-alert-hub_0.1.0_arm64.deb",
      "rpi-cluster-alert-agent_0.1.0_arm64.deb.part",
      "../rpi-cluster-alert-agent_0.1.0_arm64.deb",
      "rpi-cluster-alert-agent_0.1.0;x_arm64.deb",
      "rpi-cluster-alert-agent_0.1.0 1_arm64.deb",
      "rpi-cluster-alert-agent_/etc/passwd_arm64.deb",
      "rpi-cluster-alert-agent_0.1.0_arm64.deb\n",
      "passwd",
      "",
    ]
  ) assert.equal(packageNameOf(name), undefined, name);
});
