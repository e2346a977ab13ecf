/** Says what LEDs and buzzers do now, and why. */

import type { ComponentChildren, JSX } from "preact";
import type { NodeView } from "../../core/api/node_view.ts";
import { Section } from "../parts/section.tsx";
import { StatusIcon } from "../parts/status_icon.tsx";
import { t } from "../parts/t.ts";
import type { Severity } from "../status/verdict.ts";
import { text } from "../texts/texts.ts";
import { sinceText } from "../words/instant.ts";
import { shownName } from "../words/shown_name.ts";
import type { AlarmState, LedSign, Reason } from "./alarm_state.ts";

/** Further names are counted. */
const NAMES_MAX = 3;

const LED_SEVERITIES: Readonly<Record<LedSign, Severity>> = {
  all_well: "well",
  blind: "unsure",
  suspect: "attention",
  dead: "down",
};

interface AlarmNowProps {
  /** `undefined` while it is unknown. */
  readonly state: AlarmState | undefined;
  /** The names of the Pis with a tracker that the hub hears. */
  readonly trackers: readonly string[];
  readonly at: string;
}

export function AlarmNow({ state, trackers, at }: AlarmNowProps): JSX.Element {
  const nothing = state === undefined
    ? text("alarmPage.unsure")
    : trackers.length === 0
    ? text("alarmPage.noTracker")
    : undefined;
  return (
    <Section heading={text("alarmPage.now")} class="alarm-now">
      {state === undefined || nothing !== undefined ? <p class="nothing">{nothing}</p> : (
        <>
          <ul class="panel-list">
            <Device
              name={text("alarmPage.led")}
              does={text(`alarmPage.led_${state.led.sign}`)}
              severity={LED_SEVERITIES[state.led.sign]}
              reason={<Why reason={state.led.reason} at={at} />}
            />
            <Device
              name={text("alarmPage.buzzer")}
              does={text(state.buzzer.sounds ? "alarmPage.buzzer_on" : "alarmPage.buzzer_off")}
              severity={state.buzzer.sounds ? "down" : "asleep"}
              reason={<Why reason={state.buzzer.reason} at={at} />}
            />
          </ul>
          <p class="hint">{t("alarmPage.ofTrackers", { names: listed(trackers) })}</p>
        </>
      )}
    </Section>
  );
}

interface DeviceProps {
  readonly name: string;
  readonly does: string;
  readonly severity: Severity;
  readonly reason: ComponentChildren;
}

function Device({ name, does, severity, reason }: DeviceProps): JSX.Element {
  return (
    <li class={`panel severity-${severity}`} data-device={name}>
      <StatusIcon severity={severity} />
      <div>
        <p>
          <b>{name}</b> {does},
        </p>
        <p class="row-detail">
          {t("alarmPage.because", { reason })}.
        </p>
      </div>
    </li>
  );
}

function Why({ reason, at }: { readonly reason: Reason; readonly at: string }): JSX.Element {
  switch (reason.kind) {
    case "blind":
      return <>{text("alarmPage.reason_blind", { when: sinceText(reason.since, at) })}</>;
    case "silenced":
    case "maintenance":
      return <>{text(`alarmPage.reason_${reason.kind}`, { when: sinceText(reason.until, at) })}</>;
    case "late":
    case "down":
      return <Named kind={reason.kind} nodes={reason.nodes} />;
    default:
      return <>{text(`alarmPage.reason_${reason.kind}`)}</>;
  }
}

interface NamedProps {
  readonly kind: "late" | "down";
  readonly nodes: readonly NodeView[];
}

function Named({ kind, nodes }: NamedProps): JSX.Element {
  const names = listed(nodes.map((node) => shownName(node)));
  return <>{t(`alarmPage.reason_${kind}${nodes.length === 1 ? "_one" : ""}`, { names })}</>;
}

/** The first names, and the number of others. */
function listed(names: readonly string[]): ComponentChildren {
  const named = names.slice(0, NAMES_MAX).map((name, index) => (
    <bdi key={index} class="name">{name}</bdi>
  ));
  const rest = names.length - named.length;
  return joined([...named, ...rest > 0 ? [text("alarmPage.more", { count: rest })] : []]);
}

/** `a`, `a and b`, `a, b and c` */
function joined(parts: readonly ComponentChildren[]): ComponentChildren {
  const last = parts.at(-1);
  if (parts.length < 2) return last;
  const first = parts.slice(0, -1).flatMap((part, index) => index === 0 ? [part] : [", ", part]);
  return t("alarmPage.and", { first, second: last });
}
