/** Names of nodes in messages. No name can be confused with another node's, and none is a link. */

import { nameOf, type NodeState } from "../detection/node_state.ts";
import { plainText } from "../text/plain_text.ts";

/** Letters and digits that look alike, mapped to one form. */
const LOOKALIKES = new Map([
  ...pairs("01|", "oll"),
  ...pairs("аеорсухіјѕһԁԛԝ", "aeopcyxijshdqw"),
  ...pairs("αειοκνρτυχ", "aeiokvptux"),
]);
/** Accents that remain as separate characters after the normalization. */
const ACCENTS = /[\u0300-\u036f]/g;
const SEPARATORS = /[\p{P}\p{Z}_]+/gu;
/** Characters without width. */
const FORMATS = /\p{Cf}/gu;

/** Text that a phone would turn into a link: a scheme, or a name with a domain. */
const LINK = /:\/\/|[\p{L}\p{N}]\.\p{L}{2}/u;
/** Host names of the home network. A Pi may use one as its name, and it leads nowhere outside. */
const LOCAL_NAME = /^[\p{L}\p{N}.-]+\.(?:local|localdomain|lan|home|internal|home\.arpa)$/iu;
/** A name that ends as if an id followed it. */
const ID_BESIDE = /\(([^()]+)\)$/;

function pairs(from: string, to: string): readonly (readonly [string, string])[] {
  return [...from].map((one, index) => [one, to[index] ?? one]);
}

/** Returns the same text for names that a reader may confuse. */
function likenessOf(name: string): string {
  const plain = name.normalize("NFKD").replaceAll(ACCENTS, "").replaceAll(FORMATS, "");
  return [...plain.toLowerCase()].map((one) => LOOKALIKES.get(one) ?? one).join("")
    .replaceAll(SEPARATORS, "-").replace(/(?<=.)-$|^-(?=.)/g, "");
}

/** Returns a text that no phone turns into a link. */
function unlinked(name: string): string {
  return name.replaceAll("://", " ").replaceAll(/\.(?=\p{L})/gu, ". ");
}

/** The name of a node, and whether the hub's user chose it. */
interface Known {
  readonly name: string;
  readonly isGiven: boolean;
}

/**
 * The names of a cluster's nodes in messages. The id follows the name, as in `John Snow (pi-7)`, if
 * the name looks like another node's name or id. It also follows if the node chose a name that a
 * phone would turn into a link; such a name is broken up.
 *
 * The names are kept between calls, because thousands of nodes may die at once.
 */
export class DisplayNames {
  readonly #known = new Map<string, Known>();
  /** The nodes whose name or id has this likeness. */
  readonly #bearers = new Map<string, Set<string>>();
  /** The nodes whose name ends as if this id followed it. */
  readonly #forgers = new Map<string, Set<string>>();

  /**
   * Learns all of the nodes, and returns a function for their names. It is valid until one changes.
   */
  among(nodes: ReadonlyMap<string, NodeState>): (id: string) => string {
    for (const node of nodes.values()) this.learn(node);
    if (this.#known.size > nodes.size) {
      for (const id of this.#known.keys()) if (!nodes.has(id)) this.forget(id);
    }
    return (id) => this.nameOf(id);
  }

  /** Learns the name of one of the nodes, or forgets the node if it is not among them. */
  look(nodes: ReadonlyMap<string, NodeState>, id: string): void {
    const node = nodes.get(id);
    if (node === undefined) this.forget(id);
    else this.learn(node);
  }

  /**
   * Learns the name of a node. Returns the other nodes whose displayed names may change by that.
   */
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
      // If there were already two of them, nothing changes for those.
      if (bearers.size === 2) { for (const bearer of bearers) concerned.add(bearer); }
    }
    const forged = idBeside(known.name);
    if (forged !== undefined) put(this.#forgers, forged, id);
    concerned.delete(id);
    return concerned;
  }

  /** A node is gone. Returns the nodes whose displayed names may change by that. */
  forget(id: string): ReadonlySet<string> {
    const known = this.#known.get(id);
    if (known === undefined) return NOBODY;
    this.#known.delete(id);
    const concerned = new Set([...this.#leave(id, known), ...this.#forgers.get(id) ?? []]);
    concerned.delete(id);
    return concerned;
  }

  /** The displayed name of a node; its id if the node is unknown. */
  nameOf(id: string): string {
    const known = this.#known.get(id);
    if (known === undefined) return id;
    const name = plainText(known.name);
    if (name === id) return id;
    // A name that the hub's user chose may look like a link.
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

  /** Returns the nodes whose names may have become unique. */
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

/** Returns the id in brackets at the end of a name. */
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
