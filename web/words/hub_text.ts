/** What the hub says in English sentences of its own, in the reader's language where it is known. */

import { text } from "../texts.ts";

/** `Two machines claim to be "bran" (serial numbers 1, 2)` */
const RIVALS = /^Two machines claim to be "([^"]*)"(?: \(serial numbers ([^)]*)\))?$/;

/** A warning about a node; one of a newer hub as it is. */
export function warningText(warning: string): string {
  const found = RIVALS.exec(warning);
  const id = found?.[1];
  if (id === undefined) return warning;
  const serials = found?.[2];
  return text("list.rivals", {
    id,
    serials: serials === undefined ? "" : text("list.serials", { serials }),
  });
}

/** Why the hub is blind, as a sentence; the hub gives its reason as a clause: `it has just started`. */
export function blindnessText(reason: string): string {
  switch (reason) {
    case "it has no connection to the broker":
      return text("verdict.blindNoConnection");
    case "the broker does not answer":
      return text("verdict.blindNoEcho");
    case "it did not run for a while":
      return text("verdict.blindStalled");
    case "its cable or Wi-Fi is disconnected":
      return text("verdict.blindNoLink");
    case "its own network is out":
      return text("verdict.blindNetwork");
    case "it has just started":
      return text("verdict.blindStarted");
    default:
      return `${reason.charAt(0).toUpperCase()}${reason.slice(1)}.`;
  }
}
