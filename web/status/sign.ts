/** The verdict as an icon for the browser's tab: shape, colour, and the number of dead Pis. */

import type { Severity, Verdict } from "./verdict.ts";

/** Medium colours that are visible on light and on dark tabs. */
const COLOURS: Readonly<Record<Severity, string>> = {
  well: "#1a8a5f",
  attention: "#c77700",
  down: "#d3303c",
  asleep: "#5b74a6",
  unsure: "#7a828c",
};

/** Strokes on a 32 by 32 square; `down` shows the number instead. */
const STROKES: Readonly<Record<Severity, string>> = {
  well: "M9 16.5l5 5 9-11",
  attention: "M16 8v10M16 23.4v.2",
  down: "",
  asleep: "M12 10v12M20 10v12",
  unsure: "M11.5 12.5a4.5 4.5 0 1 1 6.6 4c-1.5.8-2.1 1.6-2.1 3M16 24v.2",
};

/** A larger number would be unreadable in a tab. */
const COUNT_MAX = 99;

/** An SVG image as a `data:` address. */
export function signAddress(verdict: Pick<Verdict, "severity" | "deadCount">): string {
  const fill = COLOURS[verdict.severity];
  const inside = verdict.deadCount > 0
    ? countText(verdict.deadCount)
    : `<path d="${
      STROKES[verdict.severity]
    }" fill="none" stroke="#fff" stroke-width="3.6" stroke-linecap="round" stroke-linejoin="round"/>`;
  const svg = `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 32 32">` +
    `${outline(verdict.severity, fill)}${inside}</svg>`;
  return `data:image/svg+xml,${encodeURIComponent(svg)}`;
}

/** Dead is an octagon, like a stop sign; all other states are round. */
function outline(severity: Severity, fill: string): string {
  return severity === "down"
    ? `<path d="M10 1h12l9 9v12l-9 9H10l-9-9V10z" fill="${fill}"/>`
    : `<circle cx="16" cy="16" r="15" fill="${fill}"/>`;
}

function countText(count: number): string {
  const text = count > COUNT_MAX ? `${COUNT_MAX}+` : `${count}`;
  const size = text.length > 2 ? 13 : text.length > 1 ? 17 : 21;
  return `<text x="16" y="16" dy=".36em" text-anchor="middle" fill="#fff" ` +
    `font-family="system-ui,sans-serif" font-weight="700" font-size="${size}">${text}</text>`;
}
