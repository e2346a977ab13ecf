/** The first view: the verdict, the nodes, and what happened before. */

import type { JSX } from "preact";
import { IncidentList } from "../history/incident_list.tsx";
import { MessageList } from "../history/message_list.tsx";
import { NodeCard } from "../list/node_card.tsx";
import { troubleFirst } from "../list/trouble.ts";
import { text } from "../texts.ts";
import { VerdictLine } from "../verdict/verdict_line.tsx";
import type { ViewProps } from "../view_props.ts";

export function Home({ live }: ViewProps): JSX.Element {
  const view = live.view.value;
  const verdict = live.verdict.value;
  return (
    <>
      <VerdictLine
        verdict={verdict}
        nodes={live.nodes.value}
        incidents={live.incidents.value}
        hubNowMs={live.hubNowMs}
      />
      {view && (
        <>
          <section aria-labelledby="nodes">
            <h2 id="nodes" class="unseen">{text("list.heading")}</h2>
            <ul class="cards">
              {troubleFirst(view.nodes).map((node) => (
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
            <MessageList deliveries={view.guest ? undefined : view.deliveries} at={view.at} />
          </div>
        </>
      )}
    </>
  );
}
