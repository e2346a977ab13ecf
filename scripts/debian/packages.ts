/** The Debian packages of this project: what is in each, and what it needs. */

import { join } from "node:path";
import { SCHEMA_STEPS } from "../../hub/store/database/schema.ts";
import { executablePath } from "../compile.ts";
import { HOMEPAGE } from "../homepage.ts";
import {
  type Architecture,
  ARCHITECTURES,
  NODE_PROGRAMS,
  type NodeProgram,
} from "../permissions.ts";
import { PROJECT } from "../project.ts";
import {
  type DebArchitecture,
  debFileName,
  type DebPackage,
  type DebProject,
  type PackagedFile,
} from "./deb.ts";
import {
  filled,
  packaged,
  type PackageOptions,
  serviceScripts,
  SHARE,
  SUMMARY,
  unit,
} from "./ingredients.ts";
import { manualFile } from "./manual_pages.ts";
import {
  NODE_JS,
  NODE_JS_ARCHITECTURE,
  NODE_JS_OVERRIDES,
  nodeJsCommand,
  nodeJsFiles,
} from "./node_js.ts";
import { shellPackage } from "./shell_package.ts";

/** Of every package. */
export const DEB_PROJECT: DebProject = {
  maintainer: "RPi Cluster Alert <rpi-cluster-alert@users.noreply.github.com>",
  homepage: HOMEPAGE,
  copyright: copyright(),
};

/** What agent and tracker of a Pi run on: an executable, or on 32-bit ARM the system's Node.js. */
export type PiTarget = Architecture | typeof NODE_JS_ARCHITECTURE;
export const PI_TARGETS: readonly PiTarget[] = [...ARCHITECTURES, NODE_JS_ARCHITECTURE];

export const DEB_ARCHITECTURES: Readonly<Record<PiTarget, DebArchitecture>> = {
  x86_64: "amd64",
  aarch64: "arm64",
  [NODE_JS_ARCHITECTURE]: NODE_JS_ARCHITECTURE,
};

/** Deno's runtime is linked against these. */
const RUNTIME = "libc6 (>= 2.27), libgcc-s1";
const NODE_EXECUTABLE = "/usr/lib/rpi-cluster-alert/rpi-cluster-alert";
const UPDATER = "/usr/lib/rpi-cluster-alert/rpi-cluster-update";
const HUB_STATE = "/var/lib/rpi-cluster-alert";
/** From here a hub gives packages to its Pis. */
const SERVED = `${SHARE}/packages`;

/**
 * The program is appended to the runtime's ELF file, where a strip would cut it off, and the runtime
 * contains its libraries.
 */
const OVERRIDES = [
  "# The program is appended to the file; a strip would cut it off.",
  "unstripped-binary-or-object",
  "# Deno's runtime is linked statically, with the versions that it was tested with.",
  "embedded-library",
];

const OVERRIDES_OF_COMMON = [
  "# Whoever chooses upgrades from the hub enables their unit, so Debian's helper does not know it.",
  "maintainer-script-calls-systemctl",
];

const OVERRIDES_OF_HUB = [
  ...OVERRIDES,
  "# Its removal of itself looks which of our packages are there, and the hub may not run dpkg.",
  "uses-dpkg-database-directly",
];

/** What agent and tracker of one Pi share. */
export function commonPackage(target: PiTarget, { version }: PackageOptions): DebPackage {
  const isNodeJs = target === NODE_JS_ARCHITECTURE;
  return {
    name: "rpi-cluster-alert-common",
    version,
    architecture: DEB_ARCHITECTURES[target],
    summary: `${SUMMARY} (common files)`,
    description: isNodeJs
      ? "This package has agent and tracker for the system's Node.js, their users, and a sample " +
        "of their configuration."
      : "Agent and tracker are one executable with two names. This package has that executable, " +
        "their users, and a sample of their configuration.",
    relations: {
      Depends: `${isNodeJs ? NODE_JS : RUNTIME}, systemd`,
      // Upgrades from the hub need the two.
      Recommends: "curl, openssl",
    },
    files: {
      ...(isNodeJs
        ? nodeJsFiles()
        : { [NODE_EXECUTABLE]: { from: executablePath("agent", target), mode: 0o755 } }),
      ...updaterFiles(target, version),
      "/usr/lib/sysusers.d/rpi-cluster-alert.conf": packaged("sysusers/rpi-cluster-alert.conf"),
      [`${SHARE}/config.ini`]: packaged("config.ini"),
    },
    folders: ["/etc/rpi-cluster-alert"],
    scripts: {
      postinst: filled("common.postinst", {}),
      prerm: filled("common.prerm", {}),
      postrm: filled("common.postrm", {}),
    },
    lintianOverrides: [...(isNodeJs ? NODE_JS_OVERRIDES : OVERRIDES), ...OVERRIDES_OF_COMMON],
  };
}

/** Upgrades from the hub, and what the agent says of its own package. */
function updaterFiles(
  target: PiTarget,
  version: string,
): Readonly<Record<string, PackagedFile>> {
  return {
    [UPDATER]: { ...packaged("update/rpi-cluster-update"), mode: 0o755 },
    "/usr/lib/systemd/system/rpi-cluster-update.service": unit("rpi-cluster-update.service"),
    "/usr/lib/systemd/system/rpi-cluster-update.path": unit("rpi-cluster-update.path"),
    [`${SHARE}/package`]: { text: `${version} ${DEB_ARCHITECTURES[target]}\n` },
  };
}

const NODE_DESCRIPTIONS: Readonly<Record<NodeProgram, string>> = {
  agent: "The agent tells the cluster each second that this Pi lives, and how it is.",
  tracker: "The tracker shows on an LED and a buzzer of this Pi how the other Pis are. It needs " +
    "neither a hub nor the internet.",
};

/** The agent or the tracker: a name for the common executable, and a service. */
export function nodePackage(
  program: NodeProgram,
  target: PiTarget,
  { version }: PackageOptions,
): DebPackage {
  const isTracker = program === "tracker";
  return {
    name: `rpi-cluster-alert-${program}`,
    version,
    architecture: DEB_ARCHITECTURES[target],
    summary: `${SUMMARY} (${program})`,
    description: NODE_DESCRIPTIONS[program],
    relations: {
      Depends: `rpi-cluster-alert-common (= ${version})`,
      // Which of the two a system has depends on its release.
      Recommends: `iproute2${isTracker ? ", libgpiod3 | libgpiod2" : ""}`,
    },
    files: {
      [`/usr/bin/rpi-cluster-${program}`]: target === NODE_JS_ARCHITECTURE
        ? nodeJsCommand(program)
        : { to: "../lib/rpi-cluster-alert/rpi-cluster-alert" },
      [`/usr/lib/systemd/system/${program}.service`]: unit(`${program}.service`),
      ...manualFile(program),
      ...(isTracker
        ? {
          "/usr/lib/udev/rules.d/60-rpi-cluster-alert.rules": packaged(
            "udev/60-rpi-cluster-alert.rules",
          ),
        }
        : {}),
    },
    scripts: serviceScripts({
      PROGRAM: program,
      CONFIG: "config.ini",
      MODE: "640",
      OWNER: "root",
      GROUP: "rpi-cluster-node",
      SAMPLE: `${SHARE}/config.ini`,
      SYSUSERS: "rpi-cluster-alert.conf",
      AFTER_CONFIG: isTracker ? UDEV : "",
      STATE: `/var/lib/rpi-cluster-${program}`,
      TWIN: isTracker ? "" : "agent-sh",
      OTHERS: isTracker ? "agent agent-sh hub" : "tracker agent-sh hub",
      IS_UNUSED: `are_gone ${isTracker ? "agent" : "tracker"} agent-sh && ` +
        "[ -e /etc/rpi-cluster-alert/hub.ini ]",
    }),
  };
}

/** Chips that are there already get the group of the rule. */
const UDEV = `if [ -d /run/udev ]; then
    udevadm control --reload && udevadm trigger --subsystem-match=gpio || true
fi
`;

/** The hub is a package that needs no other one of ours. */
export function hubPackage(architecture: Architecture, options: PackageOptions): DebPackage {
  const { version, schema = SCHEMA_STEPS.length } = options;
  return {
    name: "rpi-cluster-alert-hub",
    version,
    architecture: DEB_ARCHITECTURES[architecture],
    summary: `${SUMMARY} (hub)`,
    description:
      "The hub watches the Pis of a cluster, shows them in the browser, remembers what " +
      "happened, and sends a message when one dies. It has an MQTT broker.",
    relations: {
      Depends: `${RUNTIME}, systemd`,
      Recommends: `rpi-cluster-alert-packages, ca-certificates, iproute2`,
    },
    files: {
      "/usr/bin/rpi-cluster-hub": { from: executablePath("hub", architecture), mode: 0o755 },
      "/usr/lib/systemd/system/hub.service": unit("hub.service"),
      ...manualFile("hub"),
      "/usr/lib/sysusers.d/rpi-cluster-alert-hub.conf": packaged(
        "sysusers/rpi-cluster-alert-hub.conf",
      ),
      [`${SHARE}/hub.ini`]: { text: hubSample() },
      [`${SHARE}/database-version`]: { text: `${schema}\n` },
    },
    folders: ["/etc/rpi-cluster-alert"],
    scripts: {
      preinst: filled("hub.preinst", { SCHEMA: `${schema}` }),
      ...serviceScripts({
        PROGRAM: "hub",
        CONFIG: "hub.ini",
        // Not for its group, in which Mosquitto's user may be.
        MODE: "600",
        OWNER: "rpi-cluster-alert",
        GROUP: "root",
        SAMPLE: `${SHARE}/hub.ini`,
        SYSUSERS: "rpi-cluster-alert-hub.conf",
        AFTER_CONFIG: "",
        STATE: HUB_STATE,
        TWIN: "",
        OTHERS: "agent agent-sh tracker",
        IS_UNUSED: ":",
      }),
    },
    lintianOverrides: OVERRIDES_OF_HUB,
  };
}

/** The packages of all Pis, which a hub gives to those that join. `folder` has their files. */
export function packagesPackage(
  folder: string,
  targets: readonly PiTarget[],
  { version }: PackageOptions,
): DebPackage {
  const names = [
    ...targets.flatMap((target) => [
      commonPackage(target, { version }),
      ...NODE_PROGRAMS.map((program) => nodePackage(program, target, { version })),
    ]),
    shellPackage({ version }),
  ].map(debFileName);
  return {
    name: "rpi-cluster-alert-packages",
    version,
    architecture: "all",
    summary: `${SUMMARY} (packages for Pis)`,
    description: "With these a hub installs agent and tracker on a Pi that joins, without the " +
      "internet.",
    relations: {},
    files: Object.fromEntries(names.map((name) => [`${SERVED}/${name}`, {
      from: join(folder, name),
    }])),
    scripts: {},
  };
}

/** The sample, with the folder that the unit makes: the commands of the hub need to know it too. */
function hubSample(): string {
  const sample = Deno.readTextFileSync(join(PROJECT, "packaging/config.ini"));
  const named = sample.replace(/^;state = .*$/m, `state = ${HUB_STATE}`);
  if (named === sample) throw new Error("packaging/config.ini names no [hub] state");
  return named;
}

function copyright(): string {
  const licence = Deno.readTextFileSync(join(PROJECT, "LICENSE")).trim().split("\n");
  return [
    "Format: https://www.debian.org/doc/packaging-manuals/copyright-format/1.0/",
    "Upstream-Name: RPi Cluster Alert",
    `Source: ${HOMEPAGE}`,
    "Comment: The executables contain Deno (MIT) with V8 (BSD-3-Clause), and the npm packages that",
    " deno.json names (MIT, ISC, Apache-2.0).",
    "",
    "Files: *",
    `Copyright: ${/^Copyright \(c\) (.+)$/m.exec(licence.join("\n"))?.[1] ?? "RPi Cluster Alert"}`,
    "License: Expat",
    ...licence.map((line) => (line.trim() === "" ? " ." : ` ${line.trim()}`)),
    "",
  ].join("\n");
}
