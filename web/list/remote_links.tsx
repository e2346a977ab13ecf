/** Buttons that open a node's own services. */

import type { JSX } from "preact";
import type { NodeView } from "../../core/api/node_view.ts";
import { text } from "../texts/texts.ts";
import { shownName } from "../words/shown_name.ts";
import { remoteLinks } from "./remote.ts";

interface RemoteLinksProps {
  readonly node: Pick<NodeView, "remote" | "remote_names" | "id" | "name" | "display_name">;
}

export function RemoteLinks({ node }: RemoteLinksProps): JSX.Element | null {
  const links = remoteLinks(node.remote, node.remote_names);
  const name = shownName(node);
  if (links.length === 0) return null;
  return (
    <p class="remotes">
      {links.map(({ address, words, isWeb }) => (
        <a
          key={address}
          class="remote"
          href={address}
          title={address}
          target={isWeb ? "_blank" : undefined}
          rel="noopener noreferrer"
          aria-label={text("list.remote", { what: words, name })}
        >
          {words}
        </a>
      ))}
    </p>
  );
}
