/** The names of nodes in messages: they cannot be confused with another node, and are no links. */

import { nameOf, type NodeState } from "../detection/node_state.ts";
import { plainText } from "../text/plain_text.ts";

/** Letters and digits that look alike, mapped to one form. */
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

/** A phone would turn it into a link: a scheme, or a name with a domain. */
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

/** What a node is called, and whether the hub's user called it so. */
interface Known {
  readonly name: string;
  readonly isGiven: boolean;
}

/**
 * The names of a cluster's nodes as people are told of them. The id stands beside the name,
 * `John Snow (pi-7)`, where the name, or one that looks like it, is another node's name or id, and
 * where the node calls itself by what would be a link; a link is broken up.
 *
 * They are kept between two questions: thousands of nodes may die at once.
 */
export class DisplayNames {
  readonly #known = new Map<string, Known>();
  /** The nodes that a name may stand for, by its likeness. */
  readonly #bearers = new Map<string, Set<string>>();
  /** The nodes whose name ends as if this id stood beside it. */
  readonly #forgers = new Map<string, Set<string>>();

  /** Names each of the nodes, as long as nothing changes about them. */
  among(nodes: ReadonlyMap<string, NodeState>): (id: string) => string {
    for (const node of nodes.values()) this.learn(node);
    if (this.#known.size > nodes.size) {
      for (const id of this.#known.keys()) if (!nodes.has(id)) this.forget(id);
    }
    return (id) => this.nameOf(id);
  }

  /** Takes over what one of the nodes is called, or that it is not one of them. */
  look(nodes: ReadonlyMap<string, NodeState>, id: string): void {
    const node = nodes.get(id);
    if (node === undefined) this.forget(id);
    else this.learn(node);
  }

  /** Takes over what a node is called. Answers the other nodes whose told names may change by that. */
  learn(node: NodeState): ReadonlySet<string> {
    const { id } = node;
    const before = this.#known.get(id);
    const name = nameOf(node);
    const isGiven = node.givenName !== undefined;
    if (before?.name === name && before.isGiven === isGiven) return NOBODY;
    const known = { name, isGiven };
    const concerned = new Set(
      before === undefined ? this.#forgers.get(id) : this.#leave(id, before),
    );
    this.#known.set(id, known);
    for (const likeness of likenessesOf(id, known)) {
      const bearers = put(this.#bearers, likeness, id);
      // Where there were two of them already, nothing changes for those.
      if (bearers.size === 2) { for (const bearer of bearers) concerned.add(bearer); }
    }
    const forged = idBeside(known.name);
    if (forged !== undefined) put(this.#forgers, forged, id);
    concerned.delete(id);
    return concerned;
  }

  /** A node is gone. Answers the nodes whose told names may change by that. */
  forget(id: string): ReadonlySet<string> {
    const known = this.#known.get(id);
    if (known === undefined) return NOBODY;
    this.#known.delete(id);
    const concerned = new Set([...this.#leave(id, known), ...this.#forgers.get(id) ?? []]);
    concerned.delete(id);
    return concerned;
  }

  /** The name of a node; its id where nothing is known of it. */
  nameOf(id: string): string {
    const known = this.#known.get(id);
    if (known === undefined) return id;
    const name = plainText(known.name);
    if (name === id) return id;
    // What the hub's user calls a node is his own word.
    const isLink = !known.isGiven && LINK.test(name) && !LOCAL_NAME.test(name);
    if (isLink) return `${unlinked(name)} (${id})`;
    const beside = idBeside(name) ?? id;
    const isForged = beside !== id && this.#known.has(beside);
    return isForged || this.#isTaken(name, id) ? `${name} (${id})` : name;
  }

  #isTaken(name: string, id: string): boolean {
    const bearers = this.#bearers.get(likenessOf(name));
    return bearers !== undefined && bearers.size > (bearers.has(id) ? 1 : 0);
  }

  /** Answers those who may have a name for themselves again. */
  #leave(id: string, known: Known): ReadonlySet<string> {
    const alone = new Set<string>();
    for (const likeness of likenessesOf(id, known)) {
      const bearers = take(this.#bearers, likeness, id);
      if (bearers?.size === 1) { for (const bearer of bearers) alone.add(bearer); }
    }
    const forged = idBeside(known.name);
    if (forged !== undefined) take(this.#forgers, forged, id);
    return alone;
  }
}

const NOBODY: ReadonlySet<string> = new Set();

/** The id in brackets at the end of a name. */
function idBeside(name: string): string | undefined {
  return ID_BESIDE.exec(plainText(name))?.[1];
}

function likenessesOf(id: string, { name }: Known): ReadonlySet<string> {
  return new Set([likenessOf(name), likenessOf(id)]);
}

function put(sets: Map<string, Set<string>>, key: string, id: string): ReadonlySet<string> {
  const set = sets.get(key) ?? new Set();
  sets.set(key, set.add(id));
  return set;
}

function take(
  sets: Map<string, Set<string>>,
  key: string,
  id: string,
): ReadonlySet<string> | undefined {
  const set = sets.get(key);
  set?.delete(id);
  if (set?.size === 0) sets.delete(key);
  return set;
}
