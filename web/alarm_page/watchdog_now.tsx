/** Shows the watcher outside of the house: when it was last pinged, and what is wrong. */

import type { JSX } from "preact";
import type { WatchdogView } from "../../core/api/watchdog_view.ts";
import { Moment } from "../parts/moment.tsx";
import { Section } from "../parts/section.tsx";
import { StatusIcon } from "../parts/status_icon.tsx";
import { t } from "../parts/t.ts";
import type { Severity } from "../status/verdict.ts";
import { text } from "../texts/texts.ts";
import { sinceText } from "../words/instant.ts";

interface WatchdogNowProps {
  readonly watchdog: WatchdogView;
  /** The hub's time of the view. */
  readonly at: string;
}

export function WatchdogNow({ watchdog, at }: WatchdogNowProps): JSX.Element {
  const { last_ping_at: last, faults, error } = watchdog;
  const severity = severityOf(watchdog);
  return (
    <Section heading={text("alarmPage.watchdog")} class="watchdog-now">
      <div class={`panel severity-${severity}`}>
        <StatusIcon severity={severity} />
        <div>
          <p>
            {last === null ? text("alarmPage.watchdogNever") : t("alarmPage.watchdogLast", {
              when: <Moment at={last}>{sinceText(last, at)}</Moment>,
            })}
          </p>
          {faults.map(({ kind }) => <p key={kind}>{text(`alarmPage.watchdog_${kind}`)}</p>)}
          {error !== null && <p>{errorText(error)}</p>}
        </div>
      </div>
      <p class="hint">{text("alarmPage.watchdogHint")}</p>
    </Section>
  );
}

function severityOf({ last_ping_at: last, faults, error }: WatchdogView): Severity {
  if (faults.length > 0 || error !== null) return "down";
  return last === null ? "attention" : "well";
}

function errorText({ code, status }: NonNullable<WatchdogView["error"]>): string {
  return code === "refused"
    ? text("alarmPage.watchdogRefused", { status: `${status}` })
    : text(`alarmPage.watchdogError_${code}`);
}
