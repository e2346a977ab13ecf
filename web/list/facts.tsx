/** A node's machine in small print: the id distinguishes nodes with the same name. */

import type { JSX } from "preact";
import type { NodeView } from "../../core/api/node_view.ts";
import { text } from "../texts/texts.ts";
import { oneLine } from "../words/shown_name.ts";

/** The maximum number of characters of a fact on hover. */
const HOVER_MAX = 300;
/** The maximum number of characters of a fact on a card. */
const FACT_MAX = 60;

export function Facts({ node }: { readonly node: NodeView }): JSX.Element {
  const { model, addresses, version } = node.facts;
  const address = Array.isArray(addresses) ? addresses[0] : addresses;
  const facts = [
    { key: "id", value: node.id },
    { key: "model", value: model },
    { key: "address", value: address },
    {
      key: "agent",
      value: version === undefined ? undefined : text("list.agentVersion", {
        version: oneLine(String(version), FACT_MAX),
      }),
    },
  ] as const;
  return (
    <dl class="facts">
      {facts.map(({ key, value }) =>
        value !== undefined && value !== "" && (
          <div key={key}>
            <dt class="unseen">{text(`list.${key}`)}</dt>
            <dd>
              <bdi title={oneLine(String(value), HOVER_MAX)}>
                {oneLine(String(value), FACT_MAX)}
              </bdi>
            </dd>
          </div>
        )
      )}
    </dl>
  );
}
