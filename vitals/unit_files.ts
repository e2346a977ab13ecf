/** Services of systemd, seen through files that everybody may read: no process, no D-Bus. */

const UNIT_FOLDERS = ["/usr/lib/systemd", "/lib/systemd", "/etc/systemd"] as const;
/** Exists where systemd keeps the processes of each service in a control group of version 2. */
const CONTROL_GROUPS = "/sys/fs/cgroup/cgroup.stat";

/** The files that show whether a service is installed, and whether it runs. */
export interface ServiceFiles {
  /** The unit's files; one of them exists if it is installed. */
  readonly units: readonly string[];
  /** The control groups of its processes. */
  readonly groups: readonly string[];
}

/** The files of a system's services, one or more of which make one way. */
export function systemService(units: readonly string[], slices: readonly string[]): ServiceFiles {
  return {
    units: units.flatMap((unit) => UNIT_FOLDERS.map((folder) => `${folder}/system/${unit}`)),
    groups: slices.map((slice) => `/sys/fs/cgroup/system.slice/${slice}/cgroup.events`),
  };
}

/** The files of a user's service; its control groups depend on the user. */
export function userUnits(unit: string): readonly string[] {
  return UNIT_FOLDERS.map((folder) => `${folder}/user/${unit}`);
}

/** All paths to read for some services. */
export function pathsOf(services: readonly ServiceFiles[]): readonly string[] {
  return [CONTROL_GROUPS, ...services.flatMap(({ units, groups }) => [...units, ...groups])];
}

export function isInstalled(
  { units }: Pick<ServiceFiles, "units">,
  files: ReadonlyMap<string, string>,
): boolean {
  return units.some((unit) => files.has(unit));
}

/** Whether a service has a process; `undefined` without control groups of version 2. */
export function isRunning(
  { groups }: ServiceFiles,
  files: ReadonlyMap<string, string>,
): boolean | undefined {
  if (!hasControlGroups(files)) return undefined;
  return groups.some((group) => isPopulated(files.get(group)));
}

export function hasControlGroups(files: ReadonlyMap<string, string>): boolean {
  return files.has(CONTROL_GROUPS);
}

/** Whether the text of a `cgroup.events` says that the group has a process. */
export function isPopulated(events: string | undefined): boolean {
  return /^populated 1$/m.test(events ?? "");
}
