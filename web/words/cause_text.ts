/** Why an incident began, in the reader's language. */

import type { IncidentView } from "../../core/api/incident_view.ts";
import type { StorageFault } from "../../core/api/node_view.ts";
import { causeTexts } from "../texts/cause.ts";
import { text } from "../texts/texts.ts";
import { providerFailureText } from "./provider_text.ts";

type Reason = IncidentView["reason"];

/** The cause of an incident. */
export function causeText({ kind, reason }: Pick<IncidentView, "kind" | "reason">): string {
  if (typeof reason !== "string") return structuredText(reason);
  // The hub may be newer than a page that stayed open.
  if (!Object.hasOwn(causeTexts, reason)) return text("cause.unknown");
  return kind === "vital" && isStorageFault(reason)
    ? text(`storage.${reason}`)
    : text(`cause.${reason}`);
}

function structuredText(reason: Exclude<Reason, string>): string {
  switch (reason.kind) {
    case "provider":
      return providerFailureText(reason);
    case "common":
      return commonText(reason);
    case "hidden":
      return text("cause.hidden");
    case "other":
      // An earlier version stored its own text.
      return reason.text === "" ? text("cause.unknown") : quoted(reason.text);
    default:
      return text("cause.unknown");
  }
}

function quoted(words: string): string {
  return text("cause.quoted", { words });
}

/** The nodes that died together. */
export function commonSubject(name: string, reason: Reason): string {
  if (typeof reason === "string" || reason.kind !== "common") return name;
  const { group, count, of } = reason;
  if (group !== undefined) return text("history.several", { group });
  return text(count === of ? "cause.allPis" : "cause.somePis", { count, of });
}

function commonText({ count, of, group }: Extract<Reason, { readonly kind: "common" }>): string {
  const which = count === of ? "all" : "some";
  return group === undefined
    ? text(`cause.${which}Together`, { count, of })
    : text(`cause.${which}OfGroup`, { count, of, group });
}

/** Storage is the only vital sign that opens incidents. */
function isStorageFault(code: string): code is StorageFault {
  return code === "no_answer" || code === "errors" || code === "read_only" ||
    code === "lost_write" || code === "no_process";
}
