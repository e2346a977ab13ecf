/** The kinds of tests: what each runs, may do, needs and takes. */

import { file, library, type Need, program } from "./debian_packages.ts";

export interface TestKind {
  readonly name: string;
  readonly runs: readonly TestSet[];
  /** What the soak runs: all that plays a part of itself in other runs. */
  readonly soak: readonly TestSet[];
  /** Its sets mostly wait, and run at the same time. */
  readonly isSideBySide?: boolean;
  /** Debian packages without which it cannot run. */
  readonly needs: readonly Need[];
  /** It starts executables of `dist/`. */
  readonly usesExecutables: boolean;
  /** For each of its sets on a quiet machine; longer, and something hangs. */
  readonly timeoutMs: number;
}

/** One `deno test`: its paths and its permissions. */
export interface TestSet {
  readonly paths: readonly string[];
  readonly flags: readonly string[];
  /** With `--parallel`: how many of its files run at a time; left out: as many as there are cores. */
  readonly jobs?: number;
}

const MINUTE_MS = 60_000;

/** A browser, and letters for it to draw. */
const BROWSER_NEEDS: readonly Need[] = [
  program("chromium"),
  file("fonts-dejavu-core", "/usr/share/fonts/truetype/dejavu/DejaVuSans.ttf"),
];

/** What is done to a whole cluster for minutes. */
const FAULTS = "tests/integration/faults";
/** Programs for arm64 on a machine that emulates one. */
const EMULATED = "tests/integration/program/compiled_arm64_test.ts";

/** What is played on more boards, or with more libraries, in the soak. */
const ON_ALL_BOARDS = ["lines_bookworm", "lines_trixie", "doctor", "patterns"]
  .map((name) => `tests/gpio/${name}_test.ts`);

/** From the death of a Pi to the page, the LED and the message. */
const WHOLE_PATH = "tests/gpio/whole_path_test.ts";

export const TEST_KINDS: readonly TestKind[] = [
  {
    name: "unit",
    runs: [
      {
        paths: ["tests/tidy_test.ts", "tests/docs_test.ts", "tests/page_codes_test.ts"],
        flags: ["--no-prompt", "--allow-read=."],
      },
      { paths: ["tests/unit"], flags: ["--no-prompt"] },
    ],
    soak: [],
    needs: [],
    usesExecutables: false,
    timeoutMs: 5 * MINUTE_MS,
  },
  {
    name: "integration",
    runs: [
      // A file takes a sixth of a core while it runs.
      {
        paths: ["tests/integration"],
        flags: ["--allow-all", "--parallel", `--ignore=${FAULTS}`],
        jobs: 4,
      },
      { paths: [FAULTS], flags: ["--allow-all", "--parallel"], jobs: 2 },
      // Machines with a systemd of their own.
      { paths: ["tests/systemd"], flags: ["--allow-all"] },
    ],
    soak: [
      { paths: [FAULTS], flags: ["--allow-all", "--parallel"], jobs: 2 },
      { paths: [EMULATED], flags: ["--allow-all"] },
    ],
    needs: [
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
      program("git"),
      program("python3"),
      // A mail server.
      file("python3-aiosmtpd", "/usr/lib/python3/dist-packages/aiosmtpd/__init__.py"),
      program("unzip"),
    ],
    usesExecutables: true,
    timeoutMs: 25 * MINUTE_MS,
  },
  {
    name: "browser",
    runs: [{ paths: ["tests/browser"], flags: ["--allow-all", "--parallel"], jobs: 2 }],
    soak: [],
    needs: [...BROWSER_NEEDS, program("mosquitto")],
    usesExecutables: true,
    timeoutMs: 18 * MINUTE_MS,
  },
  {
    name: "gpio",
    runs: [
      {
        paths: ["tests/gpio"],
        flags: ["--allow-all", "--parallel", `--ignore=${WHOLE_PATH}`],
        // Each file has one machine at a time; more machines than cores would all be late.
        jobs: 2,
      },
      // It holds what happens against limits of time.
      { paths: [WHOLE_PATH], flags: ["--allow-all"] },
    ],
    soak: [{ paths: ON_ALL_BOARDS, flags: ["--allow-all", "--parallel"], jobs: 2 }],
    needs: [
      // The whole path ends on a page, and begins on a network of its own.
      ...BROWSER_NEEDS,
      program("mosquitto"),
      program("iproute2", "ip"),
      ownLibgpiod(),
      // It gives a program in the guest a terminal.
      program("bsdutils", "script"),
      program("qemu-system-x86", "qemu-system-x86_64"),
      program("python3"),
      program("gcc"),
      program("make"),
      program("binutils", "strip"),
      program("xz-utils", "xz"),
      program("mawk", "awk"),
      file("libc6-dev", "/usr/include/stdio.h"),
      library("libelf1", "libelf.so.1"),
    ],
    usesExecutables: true,
    timeoutMs: 20 * MINUTE_MS,
  },
  {
    name: "attack",
    // What an attack costs is measured: nothing else runs meanwhile.
    runs: [{ paths: ["tests/attack"], flags: ["--allow-all"] }],
    soak: [{ paths: ["tests/attack"], flags: ["--allow-all"] }],
    needs: [
      program("mosquitto"),
      program("openssl"),
      program("python3"),
      program("util-linux", "prlimit"),
      program("coreutils", "nice"),
    ],
    usesExecutables: true,
    timeoutMs: 15 * MINUTE_MS,
  },
];

/** Debian 12 has version 1 of libgpiod, Debian 13 version 2; either will do. */
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
