/** A node as the API and the feed show it. */

import type { Liveness } from "../detection/liveness.ts";
import type { StorageFault } from "../protocol/storage.ts";
import type { Level } from "../protocol/vitals.ts";
import type { Ways } from "../protocol/ways.ts";
import type { FarewellReason } from "../protocol/wire.ts";
import type { UpgradeView } from "./upgrade_view.ts";

export type { StorageFault };

/** One vital of a node: the reading and its level. */
export interface VitalView {
  /**
   * A number in the unit of the vital's kind (see `VITAL_KINDS`), a flag, or `null` when not
   * supported.
   */
  readonly value: number | boolean | null;
  readonly level: Level;
}

/** A warning about a node besides its state. */
export interface NodeWarning {
  /** Two machines use its id. */
  readonly kind: "duplicate_id";
  /** Their serial numbers, if they are known; none for guests. */
  readonly serials: readonly string[];
}

/** The beginning of the English warning about a duplicate id. */
export const DUPLICATE_ID_START = "Two machines claim to be";

/** A node for the API and the page. Instants are RFC 3339 in UTC. */
export interface NodeView {
  readonly id: string;
  /** Its own name, or the name that its owner gave it. */
  readonly name: string;
  /** The name for people. It contains the id if the name is taken or unsafe: `John Snow (pi-7)`. */
  readonly display_name: string;
  readonly liveness: Liveness;
  readonly since: string;
  readonly session: string | null;
  readonly last_heartbeat_at: string | null;
  readonly vitals: Readonly<Record<string, VitalView>>;
  /**
   * Facts about the machine from its birth: model, os, kernel, architecture, addresses, version,
   * ...
   */
  readonly facts: Readonly<Record<string, string | number | readonly string[]>>;
  /** The warnings in English, for programs that show them. The page uses the codes. */
  readonly warnings: readonly string[];
  readonly warning_codes: readonly NodeWarning[];
  /** Its group in `[cluster] groups`. */
  readonly group: string | null;
  /** URLs by which a person reaches it, from its owner's configuration; none for guests. */
  readonly remote: readonly string[];
  /** What its owner calls each of `remote`, or an empty text; as many, or none if none has a name. */
  readonly remote_names: readonly string[];
  /** How it can be reached, as its agent found last; empty if it does not say, and for guests. */
  readonly ways: Ways;
  /** A person has acknowledged everything that is wrong with it. */
  readonly acknowledged: boolean;
  /**
   * The end of its maintenance, during which nobody is notified about it. A past instant means
   * none.
   */
  readonly maintenance_until: string | null;
  /** It dies and comes back repeatedly. */
  readonly flapping: boolean;
  /** It is down, but its machine answers on the network, so only its agent is silent. */
  readonly agent_silent: boolean;
  /** The reason of its farewell, for a node that is stopped or did not come back; else `null`. */
  readonly farewell: FarewellReason | null;
  /** The version of its agent; `null` if it does not say. */
  readonly version: string | null;
  /** Its agent is older than the hub. */
  readonly outdated: boolean;
  /** `null`: it takes no upgrades from its hub; for guests, too. */
  readonly upgrade: UpgradeView | null;
  /** Its own report of a storage fault, and its begin; `null`: no fault is known. */
  readonly storage: { readonly fault: StorageFault; readonly since: string } | null;
}
