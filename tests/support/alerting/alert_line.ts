/** An alert as one readable line: route, channel, and every item. */

import { type Alert, type AlertItem, subjectKey } from "../../../core/alerting/alert.ts";

/** Formats an instant. */
export type InstantText = (atMs: number) => string;

/** `25s sms (twilio): down PI-1 since 10s`. */
export function alertLine(alert: Alert, instant: InstantText = secondsText): string {
  const { route, channel, items, common, atMs } = alert;
  const parts = items.map((item) => itemPart(item, instant));
  if (common !== undefined) {
    const { group, nodes, of } = common;
    parts.push(`${nodes.length} of ${of}${group === undefined ? "" : ` of ${group}`} at once`);
  }
  return `${instant(atMs)} ${route} (${channel}): ${parts.join(", ")}`;
}

/** `12.5s`. */
export function secondsText(ms: number): string {
  return `${Math.round(ms) / 1000}s`;
}

/** `23:05`, or `23:05:07`, where instant 0 is midnight. */
export function clockText(ms: number): string {
  const wholeSeconds = Math.round(ms / 1000);
  const seconds = ((wholeSeconds % 86_400) + 86_400) % 86_400;
  const parts = [Math.floor(seconds / 3600), Math.floor(seconds / 60) % 60, seconds % 60];
  const texts = parts.map((part) => String(part).padStart(2, "0"));
  return (parts[2] === 0 ? texts.slice(0, 2) : texts).join(":");
}

function itemPart(item: AlertItem, instant: InstantText): string {
  switch (item.kind) {
    case "down":
    case "still_down":
      return `${item.kind} ${item.name} since ${instant(item.diedAtMs)}`;
    case "recovered": {
      const { name, now, rebooted, wasTold, diedAtMs, recoveredAtMs } = item;
      const from = `${instant(diedAtMs)} to ${instant(recoveredAtMs)}`;
      return `${wasTold ? "recovered" : "was down"} ${name} ${from} now ${now}${
        rebooted ? " rebooted" : ""
      }`;
    }
    case "rebooted":
      return `rebooted ${item.name} back ${instant(item.backAtMs)}`;
    case "flapping":
      return `flapping ${item.name} since ${instant(item.sinceMs)} ${item.changes} changes`;
    case "stable": {
      const { name, now, changes, sinceMs } = item;
      return `stable ${name} now ${now} since ${instant(sinceMs)} ${changes} changes`;
    }
    case "blind":
      return `blind since ${instant(item.sinceMs)}`;
    case "sees": {
      const { sinceMs, endedAtMs, wasTold } = item;
      return `${wasTold ? "sees" : "was blind"} ${instant(sinceMs)} to ${instant(endedAtMs)}`;
    }
    case "uplink_down":
      return `uplink_down ${item.channel} since ${instant(item.sinceMs)}`;
    case "uplink_back": {
      const { channel, sinceMs, endedAtMs } = item;
      return `uplink_back ${channel} ${instant(sinceMs)} to ${instant(endedAtMs)}`;
    }
    case "fault":
      return `fault ${subjectKey(item.subject)} (${item.cause}) since ${instant(item.sinceMs)}`;
    case "fault_over": {
      const { subject, sinceMs, endedAtMs, wasTold } = item;
      const span = `${instant(sinceMs)} to ${instant(endedAtMs)}`;
      return `${wasTold ? "fault over" : "fault was"} ${subjectKey(subject)} ${span}`;
    }
  }
}
