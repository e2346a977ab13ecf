/** An alert as one readable line: route, channel, and every item. */

import { type Alert, type AlertItem, subjectKey } from "../../../core/alerting/alert.ts";

/** Formats an instant. */
export type InstantText = (atMs: number) => string;

/** `25s sms (twilio): down PI-1 since 10s`. */
export function alertLine(alert: Alert, instant: InstantText = secondsText): string {
  const { route, channel, notices, common, atMs } = alert;
  const parts = notices.map((notice) => noticePart(notice, instant));
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

function noticePart(notice: AlertItem, instant: InstantText): string {
  switch (notice.kind) {
    case "down":
    case "still_down":
      return `${notice.kind} ${notice.name} since ${instant(notice.diedAtMs)}`;
    case "recovered": {
      const { name, now, rebooted, wasTold, diedAtMs, recoveredAtMs } = notice;
      const from = `${instant(diedAtMs)} to ${instant(recoveredAtMs)}`;
      return `${wasTold ? "recovered" : "was down"} ${name} ${from} now ${now}${
        rebooted ? " rebooted" : ""
      }`;
    }
    case "rebooted":
      return `rebooted ${notice.name} back ${instant(notice.backAtMs)}`;
    case "flapping":
      return `flapping ${notice.name} since ${instant(notice.sinceMs)} ${notice.changes} changes`;
    case "stable": {
      const { name, now, changes, sinceMs } = notice;
      return `stable ${name} now ${now} since ${instant(sinceMs)} ${changes} changes`;
    }
    case "blind":
      return `blind since ${instant(notice.sinceMs)}`;
    case "sees": {
      const { sinceMs, endedAtMs, wasTold } = notice;
      return `${wasTold ? "sees" : "was blind"} ${instant(sinceMs)} to ${instant(endedAtMs)}`;
    }
    case "uplink_down":
      return `uplink_down ${notice.channel} since ${instant(notice.sinceMs)}`;
    case "uplink_back": {
      const { channel, sinceMs, endedAtMs } = notice;
      return `uplink_back ${channel} ${instant(sinceMs)} to ${instant(endedAtMs)}`;
    }
    case "fault":
      return `fault ${subjectKey(notice.subject)} (${notice.cause}) since ${
        instant(notice.sinceMs)
      }`;
    case "fault_over": {
      const { subject, sinceMs, endedAtMs, wasTold } = notice;
      const span = `${instant(sinceMs)} to ${instant(endedAtMs)}`;
      return `${wasTold ? "fault over" : "fault was"} ${subjectKey(subject)} ${span}`;
    }
  }
}
