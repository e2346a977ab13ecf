/** The package of the agent in shell. */

import type { DebPackage } from "./deb.ts";
import { packaged, type PackageOptions, serviceScripts, SHARE, SUMMARY } from "./ingredients.ts";

/** The agent for systems with neither an executable nor Node.js. It runs on every processor. */
export function shellPackage({ version }: PackageOptions): DebPackage {
  const folder = "/usr/lib/rpi-cluster-alert-sh";
  const sample = `${SHARE}-sh/config.ini`;
  return {
    name: "rpi-cluster-alert-agent-sh",
    version,
    architecture: "all",
    summary: `${SUMMARY} (agent in shell)`,
    description: "The agent for systems that can run neither the executable nor Node.js: it " +
      "tells the cluster each second that this machine lives, with a shell and Mosquitto's client.",
    relations: {
      Depends: "mosquitto-clients (>= 1.4.15), ca-certificates, systemd",
      Recommends: "iproute2",
      Provides: "rpi-cluster-alert-agent",
      Conflicts: "rpi-cluster-alert-agent",
      Replaces: "rpi-cluster-alert-agent",
    },
    files: {
      "/usr/bin/rpi-cluster-agent": {
        text: `#!/bin/sh\nexec ${folder}/agent.sh "$@"\n`,
        mode: 0o755,
      },
      [`${folder}/agent.sh`]: { ...packaged("shell/agent.sh"), mode: 0o755 },
      [`${folder}/settings.sh`]: packaged("shell/settings.sh"),
      [`${folder}/machine.sh`]: packaged("shell/machine.sh"),
      "/usr/lib/systemd/system/agent.service": packaged("shell/agent.service"),
      "/usr/lib/sysusers.d/rpi-cluster-alert-sh.conf": packaged("shell/sysusers.conf"),
      [sample]: packaged("config.ini"),
      "/usr/share/man/man1/rpi-cluster-agent.1.gz": {
        long: Deno.readTextFileSync(packaged("shell/rpi-cluster-agent.1").from),
      },
    },
    folders: ["/etc/rpi-cluster-alert"],
    scripts: serviceScripts({
      PROGRAM: "agent",
      CONFIG: "config.ini",
      MODE: "640",
      OWNER: "root",
      GROUP: "rpi-cluster-node",
      SAMPLE: sample,
      SYSUSERS: "rpi-cluster-alert-sh.conf",
      AFTER_CONFIG: "",
      STATE: "/var/lib/rpi-cluster-agent",
      TWIN: "agent",
      OTHERS: "agent tracker hub",
      IS_UNUSED: "are_gone agent tracker && [ -e /etc/rpi-cluster-alert/hub.ini ]",
    }),
  };
}
