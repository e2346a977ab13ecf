/** A service that runs in the session of a user: whether it runs, and whether it starts at boot. */

import { readMachineFiles } from "./machine_files.ts";
import { isPopulated } from "./unit_files.ts";

export const USERS = "/etc/passwd";
/** Where `loginctl enable-linger USER` leaves an empty file for the user. */
export const LINGERING = "/var/lib/systemd/linger";
/** Who is logged in at boot: on the desktop of Raspberry Pi OS, and on its console. */
const DESKTOP_LOGIN = "/etc/lightdm/lightdm.conf";
const CONSOLE_LOGIN = "/etc/systemd/system/getty@tty1.service.d/autologin.conf";
/** Exists if any program shows a login on the screen. */
const DISPLAY_MANAGER = "/etc/systemd/system/display-manager.service";
export const LOGIN_FILES: readonly string[] = [DESKTOP_LOGIN, CONSOLE_LOGIN, DISPLAY_MANAGER];

/** The ids of people, see `login.defs(5)`. */
const PERSON_ID_MIN = 1000;
const PERSON_ID_MAX = 59_999;
/** Further users are not looked at. */
const PEOPLE_MAX = 8;

export interface Person {
  readonly name: string;
  readonly id: number;
}

export interface UserService {
  readonly isRunning: boolean;
  /** `undefined`: it runs for nobody, or it is not known. */
  readonly startsAtBoot: boolean | undefined;
}

/** The people of `/etc/passwd`. */
export function peopleOf(users: string | undefined): readonly Person[] {
  const people = (users ?? "").split("\n").flatMap((line) => {
    const [name = "", , digits = ""] = line.split(":");
    const id = /^\d{1,6}$/.test(digits) ? Number(digits) : 0;
    const isPerson = /^[\w.-]{1,64}$/.test(name) && id >= PERSON_ID_MIN && id <= PERSON_ID_MAX;
    return isPerson ? [{ name, id }] : [];
  });
  return people.slice(0, PEOPLE_MAX);
}

/**
 * Looks for whom a user's unit runs. `logins` are the files of `LOGIN_FILES` by path, `isLingering`
 * says whether the user's services start at boot.
 */
export async function readUserService(
  unit: string,
  { people, logins, isLingering, root, signal }: {
    readonly people: readonly Person[];
    readonly logins: ReadonlyMap<string, string>;
    readonly isLingering: (user: string) => Promise<boolean | undefined>;
    readonly root: string;
    readonly signal: AbortSignal | undefined;
  },
): Promise<UserService> {
  const groups = new Map(people.map((person) => [person, controlGroups(person, unit)]));
  const files = await readMachineFiles([...groups.values()].flat(), root, signal);
  const running = people.filter((person) =>
    groups.get(person)?.some((path) => isPopulated(files.get(path)))
  );
  if (running.length === 0) return { isRunning: false, startsAtBoot: undefined };
  const starts = await Promise.all(running.map(async ({ name }) => {
    if (logsInAtBoot(name, logins) === true) return true;
    const lingers = await isLingering(name);
    return lingers === false ? logsInAtBoot(name, logins) : lingers;
  }));
  const isKnown = starts.every((one) => one !== undefined);
  return {
    isRunning: true,
    startsAtBoot: starts.includes(true) ? true : isKnown ? false : undefined,
  };
}

function controlGroups({ id }: Person, unit: string): readonly string[] {
  const manager = `/sys/fs/cgroup/user.slice/user-${id}.slice/user@${id}.service`;
  return [`${manager}/app.slice/${unit}/cgroup.events`, `${manager}/${unit}/cgroup.events`];
}

/** `undefined` where another program than lightdm shows the login. */
function logsInAtBoot(user: string, logins: ReadonlyMap<string, string>): boolean | undefined {
  const desktop = logins.get(DESKTOP_LOGIN);
  const atDesktop = /^[ \t]*autologin-user[ \t]*=[ \t]*(\S+)/m.exec(desktop ?? "")?.[1];
  const atConsole = /^[ \t]*ExecStart=.*--autologin[ \t=]+(\S+)/m.exec(
    logins.get(CONSOLE_LOGIN) ?? "",
  )?.[1];
  if (atDesktop === user || atConsole === user) return true;
  return desktop === undefined && logins.has(DISPLAY_MANAGER) ? undefined : false;
}
