/** By what name people are told of a node: one that cannot be taken for another node, or be a link. */

import { nameOf, type NodeState } from "./node_state.ts";
import { plainText } from "./plain_text.ts";

/** Letters and digits that look alike, as those that they are taken for. */
const LOOKALIKES = new Map([
  ...pairs("01|", "oll"),
  ...pairs("аеорсухіјѕһԁԛԝ", "aeopcyxijshdqw"),
  ...pairs("αειοκνρτυχ", "aeiokvptux"),
]);
/** Accents that stand apart after the normalization. */
const ACCENTS = /[\u0300-\u036f]/g;
const SEPARATORS = /[\p{P}\p{Z}_]+/gu;
/** What has no width, as between two letters. */
const FORMATS = /\p{Cf}/gu;

/** Where a phone would make a link of it: a scheme, or a name with a domain. */
const LINK = /:\/\/|[\p{L}\p{N}]\.\p{L}{2}/u;
/** Names of the home network, as of a Pi whose name is its host name: they lead nowhere outside. */
const LOCAL_NAME = /^[\p{L}\p{N}.-]+\.(?:local|localdomain|lan|home|internal|home\.arpa)$/iu;
/** A name that ends as if an id stood beside it. */
const ID_BESIDE = /\(([^()]+)\)$/;

function pairs(from: string, to: string): readonly (readonly [string, string])[] {
  return [...from].map((one, index) => [one, to[index] ?? one]);
}

/** The same for names that a reader may confuse. */
function likenessOf(name: string): string {
  const plain = name.normalize("NFKD").replaceAll(ACCENTS, "").replaceAll(FORMATS, "");
  return [...plain.toLowerCase()].map((one) => LOOKALIKES.get(one) ?? one).join("")
    .replaceAll(SEPARATORS, "-").replace(/(?<=.)-$|^-(?=.)/g, "");
}

/** A text of which no phone makes a link. */
function unlinked(name: string): string {
  return name.replaceAll("://", " ").replaceAll(/\.(?=\p{L})/gu, ". ");
}

/** The names of a cluster's nodes, kept between two questions: thousands of nodes may die at once. */
export class ToldNames {
  /** By id. */
  readonly #names = new Map<string, string>();
  /** The nodes that a name may stand for, by its likeness. */
  readonly #bearers = new Map<string, Set<string>>();

  /**
   * Names each of the nodes as people are told of it, as long as nothing changes about them. The id
   * stands beside the name, `John Snow (pi-7)`, where the name, or one that looks like it, is another
   * node's name or id, and where the node calls itself by what would be a link; a link is broken up.
   */
  among(nodes: ReadonlyMap<string, NodeState>): (id: string) => string {
    this.#learn(nodes);
    return (id) => this.#nameOf(nodes, id);
  }

  #nameOf(nodes: ReadonlyMap<string, NodeState>, id: string): string {
    const node = nodes.get(id);
    if (node === undefined) return id;
    const name = plainText(nameOf(node));
    if (name === id) return id;
    // What the hub's user calls a node is his own word.
    const isLink = node.givenName === undefined && LINK.test(name) && !LOCAL_NAME.test(name);
    if (isLink) return `${unlinked(name)} (${id})`;
    const [, beside = id] = ID_BESIDE.exec(name) ?? [];
    const isForged = beside !== id && nodes.has(beside);
    return isForged || this.#isTaken(name, id) ? `${name} (${id})` : name;
  }

  #isTaken(name: string, id: string): boolean {
    const bearers = this.#bearers.get(likenessOf(name));
    return bearers !== undefined && bearers.size > (bearers.has(id) ? 1 : 0);
  }

  #learn(nodes: ReadonlyMap<string, NodeState>): void {
    for (const [id, node] of nodes) {
      const name = nameOf(node);
      const before = this.#names.get(id);
      if (before === name) continue;
      if (before !== undefined) this.#forget(id, before);
      this.#names.set(id, name);
      for (const text of [name, id]) {
        const likeness = likenessOf(text);
        const bearers = this.#bearers.get(likeness) ?? new Set();
        this.#bearers.set(likeness, bearers.add(id));
      }
    }
    if (this.#names.size === nodes.size) return;
    for (const [id, name] of this.#names) {
      if (nodes.has(id)) continue;
      this.#forget(id, name);
      this.#names.delete(id);
    }
  }

  #forget(id: string, name: string): void {
    for (const text of [name, id]) {
      const likeness = likenessOf(text);
      const bearers = this.#bearers.get(likeness);
      bearers?.delete(id);
      if (bearers?.size === 0) this.#bearers.delete(likeness);
    }
  }
}
