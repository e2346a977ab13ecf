/** The severity and the title of a message, for receivers that show more than a text. */

import type { Alert, AlertItem } from "../alert.ts";
import { cutText } from "./names.ts";
import { itemList } from "./section.ts";
import { sectionsOf } from "./sections.ts";

/** `critical`: a death, or as bad; `resolved`: only good news; `info`: a test. */
export type Severity = "critical" | "warning" | "resolved" | "info";

export interface Headline {
  readonly severity: Severity;
  /** On one line, without a full stop: `John Snow is down`. */
  readonly title: string;
}

const TITLE_MAX = 100;
const NAMES_MAX = 3;
const NAME_MAX = 24;

export function headlineOf(alert: Alert): Headline {
  const [first, ...rest] = sectionsOf(alert);
  const bare = first?.sentence("bare", {
    formatTime: () => "",
    knownUntilMs: undefined,
    names: NAMES_MAX,
    nameLength: NAME_MAX,
  }) ?? "";
  const others = rest.length === 0 ? "" : `, ${itemList(rest)}`;
  const title = cutText(bare.replace(/\.$/, "") + others, TITLE_MAX);
  return { severity: severityOf(alert.items), title };
}

function severityOf(items: readonly AlertItem[]): Severity {
  const severities = items.map(itemSeverity);
  if (severities.includes("critical")) return "critical";
  return severities.includes("warning") ? "warning" : "resolved";
}

function itemSeverity({ kind }: AlertItem): Severity {
  switch (kind) {
    case "down":
    case "still_down":
    case "blind":
    case "fault":
      return "critical";
    case "rebooted":
    case "flapping":
    case "uplink_down":
      return "warning";
    case "recovered":
    case "stable":
    case "sees":
    case "uplink_back":
    case "fault_over":
      return "resolved";
  }
}
