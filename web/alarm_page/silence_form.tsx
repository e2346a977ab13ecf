/** Silences the buzzers for a while, and ends what keeps them quiet. */

import { useSignal } from "@preact/signals";
import type { ComponentChildren, JSX } from "preact";
import type { AlarmView } from "../../core/api/alarm_view.ts";
import type { NodeView } from "../../core/api/node_view.ts";
import { Button } from "../parts/button.tsx";
import { Moment } from "../parts/moment.tsx";
import { type Outcome, OutcomeLine, outcomeOf } from "../parts/outcome.tsx";
import { Section } from "../parts/section.tsx";
import { t } from "../parts/t.ts";
import type { ViewProps } from "../shell/view_props.ts";
import { text } from "../texts/texts.ts";
import { sinceText } from "../words/instant.ts";
import { shownName } from "../words/shown_name.ts";

type InForce = Pick<AlarmView, "silences" | "maintenance">;

/**
 * The duration of a silence. A silence of all nodes ends by itself for nodes that die later, so
 * "next" is a day.
 */
const LENGTHS = { "20m": "20m", "1h": "1h", next: "24h" } as const;
const CHOICES = ["20m", "1h", "next"] as const;

interface SilenceFormProps extends Pick<ViewProps, "api"> {
  readonly nodes: readonly NodeView[];
  readonly inForce: InForce;
  /** Without a tracker there is nothing to silence, but a silence may be in force. */
  readonly hasBuzzers: boolean;
  readonly at: string;
}

export function SilenceForm(props: SilenceFormProps): JSX.Element {
  const { api, nodes, inForce, hasBuzzers, at } = props;
  const outcome = useSignal<Outcome>(undefined);
  const silence = async (choice: typeof CHOICES[number]) => {
    const answer = await api.post<InForce>("/api/v1/silence", { for: LENGTHS[choice] });
    outcome.value = outcomeOf(answer, ({ silences }) => {
      const until = silences.find(({ node }) => node === null)?.until;
      return choice === "next" || until === undefined
        ? text("alarmPage.silenceNextDone")
        : text("alarmPage.silenceDone", { when: sinceText(until, at) });
    });
  };
  const end = async (path: string, node: string | null) => {
    const body = { ...(node === null ? {} : { node }), for: "0s" };
    outcome.value = outcomeOf(await api.post(path, body), () => text("alarmPage.ended"));
  };
  return (
    <Section heading={text(hasBuzzers ? "alarmPage.silence" : "alarmPage.inForce")}>
      {hasBuzzers && (
        <>
          <div class="choices">
            {CHOICES.map((choice) => (
              <Button key={choice} onClick={() => void silence(choice)}>
                {text(`alarmPage.silence_${choice}`)}
              </Button>
            ))}
          </div>
          <p class="hint">{text("alarmPage.silenceHint")}</p>
        </>
      )}
      <OutcomeLine outcome={outcome.value} />
      {hasBuzzers && <h3>{text("alarmPage.inForce")}</h3>}
      <InForceList
        nodes={nodes}
        inForce={inForce}
        at={at}
        onEnd={(path, node) => void end(path, node)}
      />
    </Section>
  );
}

interface InForceListProps extends Pick<SilenceFormProps, "nodes" | "inForce" | "at"> {
  readonly onEnd: (path: string, node: string | null) => void;
}

function InForceList({ nodes, inForce, at, onEnd }: InForceListProps): JSX.Element {
  const silences = inForce.silences.filter(({ until }) => until > at);
  const maintenance = inForce.maintenance.filter(({ until }) => until > at);
  if (silences.length + maintenance.length === 0) {
    return <p class="nothing">{text("alarmPage.inForceNothing")}</p>;
  }
  const named = (id: string) => (
    <bdi class="name">{shownName(nodes.find((node) => node.id === id) ?? { id, name: id })}</bdi>
  );
  const when = (instant: string) => <Moment at={instant}>{sinceText(instant, at)}</Moment>;
  return (
    <ul class="panel-list">
      {silences.map(({ node, since, until, pressed_at }) => (
        <Row
          key={`silence ${node}`}
          onEnd={() => onEnd("/api/v1/silence", node)}
        >
          {node === null && pressed_at !== undefined
            ? t("alarmPage.silencedByButton", {
              name: named(pressed_at),
              since: when(since),
              until: when(until),
            })
            : node === null
            ? t("alarmPage.silencedAll", { since: when(since), until: when(until) })
            : t("alarmPage.silencedNode", { name: named(node), until: when(until) })}
        </Row>
      ))}
      {maintenance.map(({ node, until }) => (
        <Row
          key={`maintenance ${node}`}
          onEnd={() => onEnd("/api/v1/maintenance", node)}
        >
          {node === null
            ? t("alarmPage.maintainedAll", { until: when(until) })
            : t("alarmPage.maintainedNode", { name: named(node), until: when(until) })}
        </Row>
      ))}
    </ul>
  );
}

interface RowProps {
  readonly children: ComponentChildren;
  readonly onEnd: () => void;
}

function Row({ children, onEnd }: RowProps): JSX.Element {
  return (
    <li class="panel">
      <p>{children}</p>
      <Button onClick={onEnd}>{text("alarmPage.end")}</Button>
    </li>
  );
}
