/** Links to nodes that a person gave on the page. They take the place of the node's own ones. */

import { parseRemotes, type RemoteLink, remotesText } from "../../core/config/value/remote.ts";
import type { Store } from "../store/store.ts";

/** Returns the fact that holds the links of a node. */
function factOf(id: string): string {
  return `links ${id}`;
}

export class GivenLinks {
  readonly #store: Pick<Store, "facts">;
  /** What was read or written; `undefined`: nothing was given. */
  readonly #known = new Map<string, readonly RemoteLink[] | undefined>();

  constructor(store: Pick<Store, "facts">) {
    this.#store = store;
  }

  of(id: string): readonly RemoteLink[] | undefined {
    if (!this.#known.has(id)) this.#known.set(id, this.#read(id));
    return this.#known.get(id);
  }

  /** An empty list means that the node has no links, `undefined` that its own ones count. */
  set(id: string, links: readonly RemoteLink[] | undefined): void {
    this.#known.set(id, links);
    if (links === undefined) this.#store.facts.remove(factOf(id));
    else this.#store.facts.set(factOf(id), remotesText(links));
  }

  /** A link that another version of the hub stored may be none. */
  #read(id: string): readonly RemoteLink[] | undefined {
    const text = this.#store.facts.get(factOf(id));
    const links = text === undefined ? undefined : parseRemotes(text);
    return links?.ok ? links.value : undefined;
  }
}
