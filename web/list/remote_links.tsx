/** Buttons that open a node's own services. */

import type { JSX } from "preact";
import { text } from "../texts/texts.ts";
import { remoteLinks } from "./remote.ts";

interface RemoteLinksProps {
  readonly remote: readonly string[];
  /** The node's shown name. */
  readonly name: string;
}

export function RemoteLinks({ remote, name }: RemoteLinksProps): JSX.Element | null {
  const links = remoteLinks(remote);
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
