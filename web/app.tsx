/** The whole page: the verdict, the nodes, and what happened before. */

import { useComputed } from "@preact/signals";
import type { JSX } from "preact";
import { IncidentList } from "./history/incident_list.tsx";
import { clockText } from "./words/instant.ts";
import type { Live } from "./live/live.ts";
import { Login } from "./login/login.tsx";
import { MessageList } from "./history/message_list.tsx";
import { NodeCard } from "./list/node_card.tsx";
import { logOut } from "./login/session.ts";
import { troubleFirst } from "./list/trouble.ts";
import { VerdictLine } from "./verdict/verdict_line.tsx";

interface AppProps {
  readonly live: Live;
  readonly onWelcome: () => void;
}

export function App({ live, onWelcome }: AppProps): JSX.Element {
  if (live.link.value === "login") return <Login onWelcome={onWelcome} />;
  const view = live.view.value;
  const verdict = live.verdict.value;
  const nodes = view?.nodes ?? [];
  return (
    <div class={verdict.stale ? "page stale" : "page"}>
      <Header live={live} />
      <main>
        <VerdictLine
          verdict={verdict}
          nodes={nodes}
          incidents={view?.incidents ?? []}
          hubNowMs={live.hubNowMs}
        />
        {view && (
          <>
            <section aria-labelledby="nodes">
              <h2 id="nodes" class="unseen">Pis</h2>
              {nodes.length === 0 && <Welcome />}
              <ul class="cards">
                {troubleFirst(nodes).map((node) => (
                  <NodeCard
                    key={node.id}
                    node={node}
                    at={view.at}
                    hubNowMs={live.hubNowMs}
                    stale={verdict.stale}
                  />
                ))}
              </ul>
            </section>
            <div class="histories">
              <IncidentList incidents={view.incidents} at={view.at} hubNowMs={live.hubNowMs} />
              <MessageList
                deliveries={view.guest ? undefined : view.deliveries}
                at={view.at}
              />
            </div>
          </>
        )}
      </main>
    </div>
  );
}

/** Whose page this is, and whether it is live. */
function Header({ live }: { readonly live: Live }): JSX.Element {
  const isLive = live.link.value === "live";
  return (
    <header class="top">
      <p class="brand">RPi Cluster Alert</p>
      <p class={isLive ? "link is-live" : "link"}>
        {isLive ? "live" : "not live"}
        {isLive && <HubTime live={live} />}
      </p>
      {live.view.value?.guest
        ? <button type="button" class="quiet" onClick={() => live.askLogin()}>Log in</button>
        : <button type="button" class="quiet" onClick={() => void logOut()}>Log out</button>}
    </header>
  );
}

/** The hub's clock: it ticks, so that a person sees that the page does. */
function HubTime({ live }: { readonly live: Live }): JSX.Element {
  const text = useComputed(() => clockText(new Date(live.hubNowMs.value).toISOString()));
  return <span class="hub-time">{text}</span>;
}

function Welcome(): JSX.Element {
  return (
    <p class="nothing">
      <code>hub enrol my-pi</code> prints the <code>config.ini</code>{" "}
      for a new Pi. Once its agent runs, the Pi appears here by itself.
    </p>
  );
}
