/** How a program's systemd unit is, from the properties that `systemctl show` prints. */

import { type Finding, fine, warning, wrong } from "./finding.ts";

/** The properties to ask for. */
export const UNIT_PROPERTIES = [
  "LoadState",
  "ActiveState",
  "SubState",
  "ExecMainStatus",
  "NRestarts",
  "StatusText",
  "UnitFileState",
] as const;

/** The exit code for a bad configuration, after which systemd does not start a program again. */
const BAD_CONFIG = "78";

/** `undefined` where there is no systemd. `shown` is what `systemctl show` printed. */
export function unitFinding(program: string, shown: string): Finding | undefined {
  const unit = `${program}.service`;
  const of = (name: (typeof UNIT_PROPERTIES)[number]) =>
    new RegExp(`^${name}=(.*)$`, "m").exec(shown)?.[1] ?? "";
  const start = `sudo systemctl enable --now ${program}`;
  if (of("LoadState") === "") return undefined;
  if (of("LoadState") !== "loaded") {
    return warning("service", `systemd has no ${unit}`, "install it as docs/install.md says");
  }
  const log = `sudo journalctl -u ${program} -n 20`;
  const text = of("StatusText");
  const said = text === "" ? "" : `: ${text}`;
  switch (of("ActiveState")) {
    case "active": {
      const restarts = Number(of("NRestarts"));
      const often = restarts > 0 ? `, started again ${restarts} times` : "";
      if (of("UnitFileState") !== "disabled") {
        return fine("service", `${unit} is active${often}${said}`);
      }
      const found = `${unit} is active, but does not start at boot`;
      return warning("service", found, `sudo systemctl enable ${program}`);
    }
    case "activating":
    case "reloading":
      return warning("service", `${unit} is starting${said}`, `if it does not end: ${log}`);
    case "failed":
      return of("ExecMainStatus") === BAD_CONFIG
        ? wrong("service", `${unit} has ended: bad configuration${said}`, `mend it, then: ${start}`)
        : wrong("service", `${unit} has failed${said}`, log);
    default:
      return wrong("service", `${unit} does not run`, start);
  }
}
