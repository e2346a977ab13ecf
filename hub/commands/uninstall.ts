/** `hub uninstall`: stops the hub and removes its programs, and says what it keeps. */

import { basename, dirname } from "node:path";
import type { Config } from "../../core/config/settings.ts";
import { CONFIG_FOLDER } from "../../io/config/config_file.ts";
import { readerWith, readIdentity } from "../../io/doctor/identity.ts";
import { statIfAny } from "../../io/files/atomic_file.ts";
import type { Subcommand } from "../../io/program/command_line.ts";
import type { Main } from "../../io/program/program.ts";
import { askYesOrNo, ownTerminal } from "../../io/program/question.ts";
import { reasonOf, UsageError, UserError } from "../../io/program/user_error.ts";
import { readMachineFiles } from "../../vitals/machine_files.ts";
import { backupsFolder } from "../backup/backups_folder.ts";

const SYSTEMCTL = "/usr/bin/systemctl";
const STATUS = "/proc/self/status";
const UNIT = "hub.service";
/** What docs/install.md installs by hand. */
const BY_HAND = [
  "/usr/local/bin/hub",
  "/etc/systemd/system/hub.service",
  "/etc/systemd/system/hub.service.d",
];
const PACKAGE = "rpi-cluster-alert-hub";
/** The packages that the hub gives to Pis are of no use without it. */
const PACKAGES = [PACKAGE, "rpi-cluster-alert-packages"];
const CONFIG = `${CONFIG_FOLDER}/hub.ini`;
/**
 * systemd runs `dpkg` and `rm` for this command: a hub that may run them by itself could let them run
 * anything, and Deno lets no program remove what it may run. The unit is gone after a boot.
 */
const REMOVAL = "/run/systemd/system/rpi-cluster-removal.service";

interface Installation {
  /** Its packages that are installed; none if it was installed by hand. */
  readonly packages: readonly string[];
  /** Files and folders that no package owns. */
  readonly files: readonly string[];
}

export const uninstall: Subcommand<Main> = {
  usage: "uninstall",
  description: "Stops the hub and removes its programs; state and configuration stay.",
  options: [
    { flags: "--purge", description: "state and configuration go, too, with all nightly backups" },
    { flags: "--yes", description: "does not ask" },
  ],
  async main({ config, options, stop }) {
    await assertRoot(stop);
    const installed = findInstallation();
    const isPurge = options.purge === true;
    const goes = [
      ...installed.packages.map((name) => `the package ${name}`),
      ...installed.files,
      ...isPurge ? ownData(config) : [],
    ];
    console.log(`This removes ${goes.join(", ")}.`);
    if (options.yes !== true && !await isSure(stop)) return 1;
    await systemctl("disable", "--now", UNIT);
    await removePrograms(installed, isPurge);
    if (isPurge) { for (const path of ownData(config)) remove(path); }
    console.log("The hub is removed.");
    for (const line of kept(config)) console.log(line);
    return 0;
  },
};

async function assertRoot(stop: AbortSignal): Promise<void> {
  const reader = readerWith(await readMachineFiles([STATUS], "/", stop));
  if (readIdentity(reader)?.isRoot) return;
  throw new UserError("Only root can remove programs: sudo rpi-cluster-hub uninstall");
}

/** Throws a `UserError` where there is no hub. */
function findInstallation(): Installation {
  const packages = PACKAGES.filter((name) =>
    statIfAny(`/var/lib/dpkg/info/${name}.list`) !== undefined
  );
  const files = BY_HAND.filter((path) => statIfAny(path) !== undefined);
  if (packages.length + files.length > 0) return { packages, files };
  throw new UserError(`There is no hub to remove: neither ${PACKAGE} nor ${BY_HAND[0]}`);
}

async function isSure(stop: AbortSignal): Promise<boolean> {
  if (!ownTerminal.isTerminal()) {
    throw new UsageError("Nobody is there to be asked: --yes removes it");
  }
  return await askYesOrNo("Remove it?", ownTerminal, stop) === true;
}

/** The state and the configuration of the hub alone; agent and tracker have their own. */
function ownData({ hub: { stateDir } }: Config): readonly string[] {
  return [stateDir, CONFIG].filter((path) => statIfAny(path) !== undefined);
}

async function removePrograms({ packages, files }: Installation, isPurge: boolean): Promise<void> {
  const dpkg = `/usr/bin/dpkg ${isPurge ? "--purge" : "--remove"} ${packages.join(" ")}`;
  const commands = [
    ...packages.length > 0 ? [dpkg] : [],
    ...files.length > 0 ? [`/usr/bin/rm -rf ${files.join(" ")}`] : [],
  ];
  Deno.mkdirSync(dirname(REMOVAL), { recursive: true });
  Deno.writeTextFileSync(
    REMOVAL,
    "[Service]\nType=oneshot\nEnvironment=DEBIAN_FRONTEND=noninteractive\n" +
      commands.map((command) => `ExecStart=${command}\n`).join(""),
  );
  try {
    await systemctl("daemon-reload");
    await systemctl("start", basename(REMOVAL));
  } catch (error) {
    const log = "journalctl -u rpi-cluster-removal";
    throw new UserError(`${reasonOf(error)}; ${log} says why`, { cause: error });
  } finally {
    remove(REMOVAL);
    await systemctl("daemon-reload");
  }
}

/** Throws a `UserError` when it fails. */
async function systemctl(...args: readonly string[]): Promise<void> {
  const { success, stderr } = await new Deno.Command(SYSTEMCTL, {
    args: [...args],
    stdin: "null",
    stdout: "null",
    stderr: "piped",
  }).output();
  if (success) return;
  const reason = new TextDecoder().decode(stderr).trim();
  throw new UserError(`systemctl ${args.join(" ")}: ${reason}`);
}

function remove(path: string): void {
  try {
    Deno.removeSync(path, { recursive: true });
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return;
    throw new UserError(`Cannot remove "${path}": ${reasonOf(error)}`, { cause: error });
  }
}

/** What is still there, so that nobody looks for it or forgets its secrets. */
function kept(config: Config): readonly string[] {
  const backups = backupsFolder(config);
  const paths = new Set([...ownData(config), ...backups === undefined ? [] : [backups]]);
  const there = [...paths].filter((path) => statIfAny(path) !== undefined);
  return [
    ...there.map((path) => `Kept: ${path}`),
    ...there.length > 0 ? ["They hold the credentials of all Pis; --purge removes them."] : [],
    "Agents and trackers of the Pis stay: docs/install.md says how to remove them.",
  ];
}
