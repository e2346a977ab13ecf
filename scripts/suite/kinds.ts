/** The kinds of tests, with their files, permissions, packages and costs. */

import { file, library, type Need, program } from "./debian_packages.ts";
import { ALL, CLUSTER, MINUTE_MS, type TestKind, WAITING } from "./sets.ts";
import { onNode } from "./node_kind.ts";

/** Its measurements would be wrong if other tests ran at the same time. */
const ALONE = Infinity;

/** A browser and its fonts. */
const BROWSER_NEEDS: readonly Need[] = [
  program("chromium"),
  file("fonts-dejavu-core", "/usr/share/fonts/truetype/dejavu/DejaVuSans.ttf"),
];

/** A virtual machine with GPIO lines, and its kernel's module. */
const MACHINE_NEEDS: readonly Need[] = [
  program("qemu-system-x86", "qemu-system-x86_64"),
  program("python3"),
  program("gcc"),
  program("make"),
  program("binutils", "strip"),
  program("xz-utils", "xz"),
  program("mawk", "awk"),
  file("libc6-dev", "/usr/include/stdio.h"),
  library("libelf1", "libelf.so.1"),
];

/** Faults of a whole cluster, which take minutes. */
const FAULTS = "tests/integration/faults";
/** In the soak one of two brokers fails in each way, again and again. */
const TWO_BROKERS = "tests/integration/two_brokers/two_brokers_test.ts";
/** Programs of an earlier release beside those of today. */
const VERSIONS = "tests/integration/versions";
/** Packages on whole Debians, in the soak on each release. */
const PACKAGES = "tests/systemd/vm";
/** An installed Pi in a virtual machine, which boots for minutes. */
const EMULATED_PI = "tests/systemd/qemu";
/**
 * Packages for arm64, the examination of all, upgrades from the hub, and the way with Mosquitto, which
 * take minutes.
 */
const LONG_ON_PACKAGES = ["arm64", "lintian", "upgrade", "mosquitto_join"]
  .map((name) => `${PACKAGES}/${name}_test.ts`);
/** Programs for arm64 on a machine that emulates one. */
const EMULATED = "tests/integration/program/compiled_arm64_test.ts";

/** The agent in shell, in the soak in each shell. */
const IN_EACH_SHELL = "tests/integration/agent/shell_agent_test.ts";

/** In the soak these run on more boards or with more libraries. */
const ON_ALL_BOARDS = [
  ...["lines_bookworm", "lines_trixie", "lines_kernel_v1", "lines_kernel_v2"],
  ...["doctor", "patterns", "tracker_lines"],
].map((name) => `tests/gpio/${name}_test.ts`);

/** Lines and programs on 32-bit guests, for the soak. */
const ON_32_BITS = "tests/gpio/arm";

/** From the death of a Pi to page, LED and message. It needs a virtual machine and a browser. */
const WHOLE_PATH = "tests/gpio/whole_path_test.ts";

/** Tests of decisions, which wait for nothing. */
const PURE = { cores: 1, isOneProcess: true, timeoutMs: 10 * MINUTE_MS } as const;
/** Chromium draws a page. */
const PAGE = { flags: ALL, cores: 0.55, atOnce: 3, timeoutMs: 15 * MINUTE_MS } as const;
/** A virtual machine, in which every instruction is emulated. */
const MACHINE = { flags: ALL, cores: 0.65, atOnce: 2, timeoutMs: 20 * MINUTE_MS } as const;
const ATTACK = { flags: ALL, cores: ALONE, timeoutMs: 15 * MINUTE_MS } as const;

/** Brokers, networks, disks, machines. */
const INTEGRATION_NEEDS: readonly Need[] = [
  program("mosquitto"),
  program("mosquitto-clients", "mosquitto_pub"),
  program("openssl"),
  program("nginx-light", "nginx"),
  program("qemu-user", "qemu-aarch64"),
  program("iproute2", "ip"),
  program("nftables", "nft"),
  library("libfaketime", "faketime/libfaketimeMT.so.1"),
  program("mount"),
  program("e2fsprogs", "mkfs.ext4"),
  // A name server that can be muted.
  program("dnsmasq-base", "dnsmasq"),
  program("util-linux", "unshare"),
  program("procps", "ps"),
  program("systemd", "systemd-analyze"),
  program("dbus", "dbus-daemon"),
  program("curl"),
  program("dash"),
  program("busybox"),
  program("shellcheck"),
  program("ansible-core", "ansible-playbook"),
  program("git"),
  program("python3"),
  // A mail server.
  file("python3-aiosmtpd", "/usr/lib/python3/dist-packages/aiosmtpd/__init__.py"),
  program("unzip"),
  program("dpkg", "dpkg-deb"),
  program("apt", "apt-get"),
  program("gpg"),
  // It makes keys.
  program("gpg-agent"),
];

export const TEST_KINDS: readonly TestKind[] = [
  {
    name: "unit",
    runs: [
      {
        paths: ["tidy", "names_of_deno", "docs", "page_codes"].map((name) =>
          `tests/${name}_test.ts`
        ),
        flags: ["--no-prompt", "--allow-read=."],
        ...PURE,
      },
      { paths: ["tests/unit"], flags: ["--no-prompt"], ...PURE },
    ],
    soak: [],
    needs: [],
    usesExecutables: false,
  },
  {
    name: "integration",
    runs: [
      { paths: ["tests/integration"], except: [FAULTS, VERSIONS], ...WAITING },
      { paths: [FAULTS], ...CLUSTER },
      // Machines with a systemd of their own.
      { paths: ["tests/systemd"], except: [...LONG_ON_PACKAGES, EMULATED_PI], ...CLUSTER },
    ],
    soak: [
      { paths: [FAULTS], ...CLUSTER, timeoutMs: 60 * MINUTE_MS },
      { paths: [EMULATED], ...WAITING, timeoutMs: 20 * MINUTE_MS },
      { paths: [IN_EACH_SHELL], ...WAITING },
      { paths: [VERSIONS], ...WAITING },
      { paths: [TWO_BROKERS], ...WAITING },
    ],
    needs: INTEGRATION_NEEDS,
    usesExecutables: true,
    usesBundles: true,
  },
  onNode(INTEGRATION_NEEDS),
  {
    name: "packages",
    runs: [],
    soak: [
      { paths: [PACKAGES], ...CLUSTER, timeoutMs: 60 * MINUTE_MS },
      { paths: [EMULATED_PI], ...MACHINE, timeoutMs: 60 * MINUTE_MS },
    ],
    needs: [
      program("mmdebstrap"),
      program("lintian"),
      program("qemu-user", "qemu-aarch64"),
      program("e2fsprogs", "mke2fs"),
      ...MACHINE_NEEDS,
    ],
    usesExecutables: true,
    usesBundles: true,
  },
  {
    name: "gpio32",
    runs: [],
    soak: [{ paths: [ON_32_BITS], ...MACHINE, timeoutMs: 60 * MINUTE_MS }],
    needs: [
      program("mosquitto"),
      program("qemu-system-arm"),
      program("gcc-arm-linux-gnueabihf", "arm-linux-gnueabihf-gcc"),
      file("libc6-dev-armhf-cross", "/usr/arm-linux-gnueabihf/include/stdio.h"),
      program("python3"),
      program("make"),
      program("binutils", "readelf"),
      program("xz-utils", "xz"),
      program("mawk", "awk"),
    ],
    usesExecutables: false,
    usesBundles: true,
  },
  {
    name: "browser",
    runs: [{ paths: ["tests/browser"], ...PAGE }],
    soak: [],
    needs: [...BROWSER_NEEDS, program("mosquitto")],
    usesExecutables: true,
  },
  {
    name: "gpio",
    runs: [
      { paths: ["tests/gpio"], except: [WHOLE_PATH, ON_32_BITS], ...MACHINE },
      { paths: [WHOLE_PATH], ...MACHINE, cores: 1.2 },
    ],
    soak: [{ paths: ON_ALL_BOARDS, ...MACHINE, timeoutMs: 30 * MINUTE_MS }],
    needs: [
      // The test of the whole path needs a browser and a network of its own.
      ...BROWSER_NEEDS,
      program("mosquitto"),
      program("iproute2", "ip"),
      ownLibgpiod(),
      // Provides a terminal for a program in the guest.
      program("bsdutils", "script"),
      ...MACHINE_NEEDS,
    ],
    usesExecutables: true,
  },
  {
    name: "attack",
    // They measure the cost of an attack.
    runs: [{ paths: ["tests/attack"], ...ATTACK }],
    soak: [{ paths: ["tests/attack"], ...ATTACK, timeoutMs: 60 * MINUTE_MS }],
    needs: [
      program("mosquitto"),
      program("openssl"),
      program("python3"),
      program("util-linux", "prlimit"),
      program("coreutils", "nice"),
    ],
    usesExecutables: true,
  },
];

/** Debian 12 has version 1 of libgpiod, Debian 13 version 2. The tests run with either. */
function ownLibgpiod(): Need {
  const old = library("libgpiod2", "libgpiod.so.2");
  const recent = library("libgpiod3", "libgpiod.so.3");
  const name = /^VERSION_ID="?(\d+)/m.exec(osRelease())?.[1];
  const installs = Number(name) >= 13 ? recent : old;
  return { package: installs.package, files: [...old.files, ...recent.files] };
}

function osRelease(): string {
  try {
    return Deno.readTextFileSync("/etc/os-release");
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return "";
    throw error;
  }
}
