/** What all doctors do: check the configuration first, and print their findings at the end. */

import type { ChannelKind } from "../../core/config/needs.ts";
import {
  type Finding,
  findingLines,
  findingsJson,
  fine,
  isWell,
  warning,
  wrong,
} from "../../core/doctor/finding.ts";
import { ConfigError, loadConfig, readConfigEntries } from "../config/config_file.ts";
import { redacted } from "../log/redaction.ts";
import type { Options, ReportBadConfig } from "../program/command_line.ts";
import type { ExitCode } from "../program/program.ts";
import type { Service } from "./service.ts";

/**
 * Reports a bad configuration; nothing else can be checked without one. The program then ends with
 * 78.
 */
export function badConfigReport(service: Service): ReportBadConfig {
  const adviceOn = (issue: string) =>
    issue.includes(UNREADABLE) ? adviceToRead(service) : "mend it, and ask again";
  return (issues, options) => {
    printFindings(issues.map((issue) => wrong("config", issue, adviceOn(issue))), options);
  };
}

/** A part of the issue of a file that this user may not read. */
const UNREADABLE = "this user may not read";

function adviceToRead({ lettingRead }: Service): string {
  return `let it read: ${lettingRead}`;
}

/** Prints the findings, as JSON if `options` ask for it. Returns 1 if anything is wrong. */
export function printFindings(findings: readonly Finding[], options: Options): ExitCode {
  const shown = findings.map(withoutSecrets);
  const lines = options.json === true ? [findingsJson(shown)] : findingLines(shown);
  for (const line of lines) console.log(line);
  return isWell(findings) ? 0 : 1;
}

/** What to do without a configuration. */
export const ADVICE_WITHOUT_CONFIG: Readonly<Record<Service["program"], string>> = {
  agent: '"rpi-cluster-hub enrol ID" on the hub\'s Pi prints one',
  tracker: '"rpi-cluster-hub enrol ID" on the hub\'s Pi prints one',
  hub: "docs/install.md shows one; without channels nobody is told when a Pi dies",
};

/** Reads the configuration again with the rights of the present user. */
export function checkConfig(
  path: string,
  service: Service,
  kinds: readonly ChannelKind[] = [],
): Finding {
  const explicit = false;
  try {
    loadConfig({ path, explicit, kinds });
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error;
    const [issue = ""] = error.message.split("\n");
    return wrong("config", `${issue}, tried as the service's user`, adviceToRead(service));
  }
  const keys = readConfigEntries(path, { explicit }).filter(({ key }) => key !== "").length;
  if (keys > 0) return fine("config", `${path}: good, ${keys} ${keys === 1 ? "key" : "keys"}`);
  const found = `${path}: no such file, or an empty one; defaults hold`;
  return warning("config", found, ADVICE_WITHOUT_CONFIG[service.program]);
}

/** A broker may repeat secrets that it received. */
function withoutSecrets(finding: Finding): Finding {
  return { ...finding, found: redacted(finding.found) };
}
