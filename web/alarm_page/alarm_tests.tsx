/** Tests whether people would see, hear and receive an alarm. */

import { useSignal } from "@preact/signals";
import type { JSX } from "preact";
import type { ProviderFailure } from "../../core/api/delivery_view.ts";
import type { NodeView } from "../../core/api/node_view.ts";
import { SLOW_ANSWER_MS_MAX } from "../live/api.ts";
import { Button } from "../parts/button.tsx";
import { type Outcome, OutcomeLine, outcomeOf } from "../parts/outcome.tsx";
import { Section } from "../parts/section.tsx";
import { Select } from "../parts/select.tsx";
import { StatusIcon } from "../parts/status_icon.tsx";
import { t } from "../parts/t.ts";
import type { ViewProps } from "../shell/view_props.ts";
import type { Severity } from "../status/verdict.ts";
import { text } from "../texts/texts.ts";
import { providerFailureText } from "../words/provider_text.ts";
import { routeText } from "../words/history_text.ts";
import { oneLine, shownName } from "../words/shown_name.ts";

interface AlarmTestsProps extends Pick<ViewProps, "api"> {
  readonly nodes: readonly NodeView[];
  /** Ids of the Pis that can play the alarm. */
  readonly trackers: readonly string[];
}

export function AlarmTests({ api, nodes, trackers }: AlarmTestsProps): JSX.Element {
  const testable = nodes.filter(({ id }) => trackers.includes(id));
  return (
    <Section heading={text("alarmPage.test")} class="tests">
      <AlarmTest api={api} nodes={testable} />
      <MessageTest api={api} />
    </Section>
  );
}

function AlarmTest(
  { api, nodes }: Pick<AlarmTestsProps, "api" | "nodes">,
): JSX.Element | null {
  const chosen = useSignal("");
  const busy = useSignal(false);
  const outcome = useSignal<Outcome>(undefined);
  const choices = nodes.map((node) => ({ value: node.id, text: shownName(node) }));
  choices.sort((a, b) => a.text.localeCompare(b.text, undefined, { numeric: true }));
  const known = (wanted: string | undefined) => nodes.find(({ id }) => id === wanted);
  const node = known(chosen.value) ?? known(choices[0]?.value);
  if (node === undefined) return null;
  const play = async () => {
    busy.value = true;
    const answer = await api.post("/api/v1/alarm-test", { node: node.id });
    busy.value = false;
    const name = <bdi class="name">{shownName(node)}</bdi>;
    outcome.value = outcomeOf(answer, () => t("alarmPage.testAlarmDone", { name }));
  };
  return (
    <div class="test">
      <h3>{text("alarmPage.testAlarm")}</h3>
      <p class="hint">{text("alarmPage.testAlarmHint")}</p>
      <div class="action">
        <Select
          label={text("alarmPage.testAlarmNode")}
          value={node.id}
          choices={choices}
          onChoice={(id) => chosen.value = id}
        />
        <Button busy={busy.value} onClick={() => void play()}>
          {text("alarmPage.testAlarmYes")}
        </Button>
      </div>
      <OutcomeLine outcome={outcome.value} />
    </div>
  );
}

/** The result of one test message. */
interface TestOutcome {
  readonly channel: string;
  readonly recipient: string;
  readonly state: string;
  readonly reference?: string;
  readonly failure?: ProviderFailure;
}

const SEVERITIES = {
  accepted: "well",
  delivered: "well",
  unconfirmed: "asleep",
  printed: "attention",
  deferred: "attention",
  refused: "down",
  failed: "down",
} as const satisfies Readonly<Record<string, Severity>>;

/** The provider accepted it, and nothing says that it did not arrive. */
const GOOD: readonly string[] = ["accepted", "delivered", "unconfirmed"];

const DETAIL_MAX = 300;
const RECIPIENT_MAX = 80;

function MessageTest({ api }: Pick<ViewProps, "api">): JSX.Element {
  const busy = useSignal(false);
  const outcome = useSignal<Outcome>(undefined);
  const outcomes = useSignal<readonly TestOutcome[]>([]);
  const send = async () => {
    busy.value = true;
    outcomes.value = [];
    outcome.value = { kind: "good", words: text("alarmPage.testMessageBusy") };
    const answer = await api.post<{ readonly outcomes: readonly TestOutcome[] }>(
      "/api/v1/test-message",
      {},
      { withinMs: SLOW_ANSWER_MS_MAX },
    );
    busy.value = false;
    outcomes.value = answer.kind === "good" ? answer.body.outcomes : [];
    outcome.value = answer.kind === "good"
      ? summaryOf(answer.body.outcomes)
      : { kind: "bad", words: answer.why };
  };
  return (
    <div class="test">
      <h3>{text("alarmPage.testMessage")}</h3>
      <p class="hint">{text("alarmPage.testMessageHint")}</p>
      <Button busy={busy.value} onClick={() => void send()}>
        {text("alarmPage.testMessageYes")}
      </Button>
      <OutcomeLine outcome={outcome.value} />
      {outcomes.value.length > 0 && (
        <ul class="panel-list" aria-label={text("alarmPage.outcomes")}>
          {outcomes.value.map((one, index) => <OutcomeRow key={index} outcome={one} />)}
        </ul>
      )}
    </div>
  );
}

function OutcomeRow({ outcome }: { readonly outcome: TestOutcome }): JSX.Element {
  const state = stateOf(outcome.state);
  const severity = state === undefined ? "unsure" : SEVERITIES[state];
  const detail = outcome.failure === undefined
    ? outcome.reference ?? ""
    : providerFailureText(outcome.failure);
  const words = state === undefined ? outcome.state : text(`alarmPage.outcome_${state}`);
  return (
    <li class={`panel severity-${severity}`} data-outcome={outcome.state}>
      <StatusIcon severity={severity} />
      <div>
        <p>
          <bdi>{oneLine(routeText(outcome.channel, outcome.recipient), RECIPIENT_MAX)}</bdi>
          {": "}
          <b>{words}</b>
        </p>
        {detail !== "" && (
          <p class="row-detail">
            <bdi>{oneLine(detail, DETAIL_MAX)}</bdi>
          </p>
        )}
      </div>
    </li>
  );
}

/** Bad when nobody would have received a message. */
function summaryOf(outcomes: readonly TestOutcome[]): Outcome {
  if (outcomes.length === 0) return { kind: "bad", words: text("alarmPage.testMessageNobody") };
  if (outcomes.every(({ state }) => state === "printed")) {
    return { kind: "bad", words: text("alarmPage.testMessagePrinted") };
  }
  const good = outcomes.filter(({ state }) => GOOD.includes(state)).length;
  const words = text("alarmPage.outcomesCounted", { count: outcomes.length, good });
  return { kind: good === 0 ? "bad" : "good", words };
}

function stateOf(state: string): keyof typeof SEVERITIES | undefined {
  switch (state) {
    case "accepted":
    case "delivered":
    case "unconfirmed":
    case "printed":
    case "deferred":
    case "refused":
    case "failed":
      return state;
    default:
      return undefined;
  }
}
