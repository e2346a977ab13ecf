/** The view of logged-in browsers. */

import { useSignal } from "@preact/signals";
import type { JSX } from "preact";
import type { SessionView } from "../../core/api/session_view.ts";
import { AuthorityNote } from "../parts/authority_note.tsx";
import { Button } from "../parts/button.tsx";
import { Heading } from "../parts/heading.tsx";
import { Age } from "../parts/moment.tsx";
import { type Outcome, OutcomeLine, outcomeOf } from "../parts/outcome.tsx";
import { useQuery } from "../parts/query.ts";
import { t } from "../parts/t.ts";
import type { ViewProps } from "../shell/view_props.ts";
import { text } from "../texts/texts.ts";
import { oneLine } from "../words/shown_name.ts";
import { BackupNote } from "./backup_note.tsx";
import { browserOf } from "./browser_name.ts";

const ADDRESS_MAX = 60;
const HOVER_MAX = 300;

export function SessionsPage({ live, api }: ViewProps): JSX.Element {
  const round = useSignal(0);
  const outcome = useSignal<Outcome>(undefined);
  const isGuest = live.guest.value;
  const query = useQuery<{ readonly sessions: readonly SessionView[] }>(
    api,
    live.known.value && !isGuest ? "/api/v1/sessions" : undefined,
    round.value,
  );
  const end = async (path: string, words: string) => {
    outcome.value = outcomeOf(await api.delete(path), () => words);
    round.value++;
  };
  return (
    <>
      <Heading>{text("sessionsPage.title")}</Heading>
      <p class="intro">{text(isGuest ? "sessionsPage.guest" : "sessionsPage.intro")}</p>
      {query.kind === "pending" && !isGuest && <p class="nothing">{text("sessionsPage.loading")}
      </p>}
      {query.kind === "refused" && <p class="error">{query.why}</p>}
      {query.kind === "good" && (
        <SessionList
          live={live}
          sessions={query.body.sessions}
          onEnd={(...args) => void end(...args)}
        />
      )}
      <OutcomeLine outcome={outcome.value} />
      {live.known.value && !isGuest && <BackupNote api={api} hubNowMs={live.hubNowMs} />}
      {!isGuest && <AuthorityNote api={api} />}
    </>
  );
}

interface SessionListProps extends Pick<ViewProps, "live"> {
  readonly sessions: readonly SessionView[];
  readonly onEnd: (path: string, words: string) => void;
}

function SessionList({ live, sessions, onEnd }: SessionListProps): JSX.Element {
  const isAlone = sessions.every(({ current }) => current);
  const endOne = (id: number) => onEnd(`/api/v1/sessions/${id}`, text("sessionsPage.ended"));
  const endOthers = () => onEnd("/api/v1/sessions", text("sessionsPage.endedOthers"));
  return (
    <>
      <ul class="panel-list">
        {sessions.map((session) => (
          <Row
            key={session.id}
            live={live}
            session={session}
            onEnd={() => endOne(session.id)}
          />
        ))}
      </ul>
      {isAlone
        ? <p class="nothing">{text("sessionsPage.alone")}</p>
        : <Button look="danger" onClick={endOthers}>{text("sessionsPage.endOthers")}</Button>}
    </>
  );
}

interface RowProps extends Pick<ViewProps, "live"> {
  readonly session: SessionView;
  readonly onEnd: () => void;
}

function Row({ live, session, onEnd }: RowProps): JSX.Element {
  const name = browserText(session.agent);
  const age = (at: string) => <Age at={at} hubNowMs={live.hubNowMs} />;
  return (
    <li class="panel" data-session={session.current ? "current" : "other"}>
      <div>
        <p>
          <b title={oneLine(session.agent, HOVER_MAX)}>{name}</b>
          {session.current && (
            <span class="badge severity-asleep">{text("sessionsPage.current")}</span>
          )}
        </p>
        <p class="row-detail">
          {t("sessionsPage.since", {
            when: age(session.created_at),
          })}
          {" · "}
          {t("sessionsPage.seen", {
            when: age(session.last_seen_at),
          })}
          {" · "}
          <bdi>
            {text("sessionsPage.from", { address: oneLine(session.address, ADDRESS_MAX) })}
          </bdi>
        </p>
      </div>
      {!session.current && (
        <Button label={text("sessionsPage.endNamed", { browser: name })} onClick={onEnd}>
          {text("sessionsPage.end")}
        </Button>
      )}
    </li>
  );
}

function browserText(agent: string): string {
  const { browser, system } = browserOf(agent);
  if (browser === undefined) return text("sessionsPage.unknownBrowser");
  return text("sessionsPage.browserOn", {
    browser,
    system: system ?? text("sessionsPage.unknownSystem"),
  });
}
