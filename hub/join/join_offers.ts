/** Makes lines for new Pis, as a person asks for them. */

import type { Config } from "../../core/config/settings.ts";
import { getLog } from "../../io/log/log.ts";
import type { NodeActions } from "../actions/node_actions.ts";
import { applyCommand } from "../credentials/enrol.ts";
import { type AskedAt, hubAddress, isClear, type PageIdentity } from "./hub_address.ts";
import { type JoinCommands, joinCommands } from "./line.ts";
import { type Joins, OPEN_MAX } from "./joins.ts";
import type { PackageFolder } from "./package_folder.ts";

export interface JoinOffersOptions {
  readonly config: Config;
  readonly joins: Joins;
  readonly nodeActions: NodeActions;
  readonly packages: PackageFolder;
  /** `undefined`: the hub speaks no TLS. */
  readonly identity: () => PageIdentity | undefined;
  /** Whether the hub can sign packages. */
  readonly canSign: boolean;
}

export interface OfferRequest {
  readonly id: string;
  readonly name: string | undefined;
  /** The node's credential may be replaced. */
  readonly mayRenew: boolean;
  /** Whether the Pi takes upgrades from this hub; `undefined`: as before. */
  readonly updates: boolean | undefined;
  readonly askedAt: AskedAt | undefined;
}

/** What the person gets, as the API shows it. */
export interface JoinOffer extends JoinCommands {
  readonly id: string;
  readonly name: string;
  readonly join: string;
  readonly until: string;
  readonly encrypted: boolean;
  readonly architectures: readonly string[];
  readonly note?: string;
}

export type Offered =
  | { readonly kind: "offered"; readonly offer: JoinOffer }
  | { readonly kind: "exists" }
  | { readonly kind: "full"; readonly max: number }
  /** Upgrades were wanted, and anybody on the way could change them. */
  | { readonly kind: "no_tls" }
  /** Upgrades were wanted, and the hub can sign nothing. */
  | { readonly kind: "no_key" }
  /** As many lines are open as possible. */
  | { readonly kind: "crowded"; readonly max: number };

const log = getLog("join");

export class JoinOffers {
  readonly #options: JoinOffersOptions;

  constructor(options: JoinOffersOptions) {
    this.#options = options;
  }

  async offer({ id, name, mayRenew, askedAt, updates }: OfferRequest): Promise<Offered> {
    const { config, identity, joins, nodeActions, packages, canSign } = this.#options;
    const refusal = nodeActions.refusalOf(id, mayRenew);
    if (refusal !== undefined) return refusal;
    const shown = name ?? nodeActions.knownNameOf(id) ?? id;
    const address = hubAddress({ config, identity: identity(), askedAt });
    if (updates === true && !address.url.startsWith("https:")) return { kind: "no_tls" };
    if (updates === true && !canSign) return { kind: "no_key" };
    const architectures = await packages.architectures();
    const made = joins.make({ node: id, name: shown, address, updates });
    if (made === undefined) return { kind: "crowded", max: OPEN_MAX };
    // Their digests take some seconds on a slow card, and the script will need them.
    void packages.list();
    const { join, token } = made;
    const note = applyCommand(config);
    log.info("made a line for a Pi", { node: id, join: join.id });
    return {
      kind: "offered",
      offer: {
        id,
        name: shown,
        join: join.id,
        ...joinCommands(address, token),
        until: joins.view(join).until,
        encrypted: !isClear(address),
        architectures,
        ...(note === undefined ? {} : { note }),
      },
    };
  }
}
