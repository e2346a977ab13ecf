/** Adds, renames, forgets and revokes nodes. */

import type { UnheardCredential } from "../../core/api/credential_view.ts";
import type { MonitorInput } from "../../core/alerting/policy/monitor.ts";
import type { Config } from "../../core/config/settings.ts";
import type { RemoteLink } from "../../core/config/value/remote.ts";
import { HUB_USER } from "../../core/protocol/access.ts";
import { getLog } from "../../io/log/log.ts";
import { type Credentials, KeeperError } from "../credentials/credentials.ts";
import { applyCommand, enrolInHub, enrolledMax, hasRoomFor } from "../credentials/enrol.ts";
import { forgetEnrolledName, keepEnrolledName, knownNameOf } from "../credentials/known_names.ts";
import type { Feed } from "../live/feed.ts";
import type { GivenLinks } from "../live/given_links.ts";
import type { Store } from "../store/store.ts";
import type { TlsIdentity } from "../tls/identity.ts";

export interface NodeActionsOptions {
  readonly config: Config;
  readonly credentials: Credentials;
  readonly store: Pick<Store, "nodes" | "facts">;
  readonly links: GivenLinks;
  readonly feed: Pick<Feed, "nodeChanged">;
  /** Passes the input to the monitor. Resolves once the monitor's output is on disk. */
  readonly act: (input: MonitorInput) => Promise<unknown>;
  /** `undefined`: the hub has no TLS. */
  readonly identity: () => TlsIdentity | undefined;
}

/** The setup of a new node. Its configuration is the only place that holds the password. */
export interface NewNode {
  readonly id: string;
  /** The content of its `config.ini`. */
  readonly config: string;
  /** A shell command that writes this file on the node. */
  readonly command: string;
}

export type Enrolled =
  | { readonly kind: "enrolled"; readonly node: NewNode; readonly note: string | undefined }
  /** The broker did not take the credential, so there is none. */
  | { readonly kind: "broker"; readonly why: string }
  | EnrolRefusal;

export type EnrolRefusal =
  /** The node has a credential, which a new one would end. */
  | { readonly kind: "exists" }
  /** As many nodes have a credential as the broker may serve. */
  | { readonly kind: "full"; readonly max: number };

const log = getLog("hub");

/**
 * Each method returns or resolves once the action is in force and on disk. A returned text says
 * what a person still has to do.
 */
export class NodeActions {
  readonly #options: NodeActionsOptions;
  /** Nodes whose credential is being written. */
  readonly #underWay = new Set<string>();

  constructor(options: NodeActionsOptions) {
    this.#options = options;
  }

  /** `undefined` restores the node's own name. */
  async rename(node: string, name: string | undefined): Promise<void> {
    await this.#options.act({ kind: "renamed", node, name });
  }

  /** Says how people reach a node; `undefined` restores its own links. */
  setLinks(node: string, links: readonly RemoteLink[] | undefined): void {
    this.#options.links.set(node, links);
    this.#options.feed.nodeChanged(node);
  }

  /** The node is no longer watched until it publishes again. */
  async forget(node: string): Promise<string | undefined> {
    this.#options.links.set(node, undefined);
    await this.#options.act({ kind: "forgotten", node });
    const isNamed = this.#options.config.cluster.nodes.includes(node);
    return isNamed
      ? `take ${node} out of [cluster] nodes, or the hub's next start expects it`
      : undefined;
  }

  /** Works like `hub revoke`: the credential ends, and the node is no longer watched. */
  async revoke(node: string): Promise<string | undefined> {
    const { config, credentials, store, act } = this.#options;
    const hadCredential = await credentials.revokeInBackground(node);
    forgetEnrolledName(store, node);
    this.#options.links.set(node, undefined);
    await act({ kind: "revoked", node });
    if (hadCredential) log.info("revoked", { node });
    return hadCredential ? applyCommand(config) : undefined;
  }

  /**
   * Works like `hub enrol`. `mayRenew` allows it to end an existing credential; the node keeps its
   * name.
   */
  async enrol(id: string, givenName: string | undefined, mayRenew: boolean): Promise<Enrolled> {
    const refusal = this.refusalOf(id, mayRenew);
    if (refusal !== undefined) return refusal;
    this.#underWay.add(id);
    try {
      return await this.#enrol(id, givenName);
    } catch (error) {
      if (error instanceof KeeperError) return { kind: "broker", why: error.message };
      throw error;
    } finally {
      this.#underWay.delete(id);
    }
  }

  /** Why the node can have no new credential; `undefined` when it can. */
  refusalOf(id: string, mayRenew: boolean): EnrolRefusal | undefined {
    const { config, credentials } = this.#options;
    const users = [...new Set([...credentials.users(), ...this.#underWay])];
    if (this.#underWay.has(id) || users.includes(id) && !mayRenew) return { kind: "exists" };
    if (!hasRoomFor(id, users, config)) return { kind: "full", max: enrolledMax(config) };
    return undefined;
  }

  /** Whether it has a credential; a node may have one and never have been heard. */
  isEnrolled(id: string): boolean {
    return this.#options.credentials.has(id);
  }

  /** Those who have a credential, and were never heard; by id. */
  unheard(isHeard: (id: string) => boolean): readonly UnheardCredential[] {
    const { credentials } = this.#options;
    return credentials.known.filter((id) => id !== HUB_USER && !isHeard(id)).toSorted()
      .map((id) => ({ id, name: this.knownNameOf(id) ?? id }));
  }

  /** The name with which the node was enrolled, or which it announced. */
  knownNameOf(id: string): string | undefined {
    return knownNameOf(this.#options.store, id);
  }

  async #enrol(id: string, givenName: string | undefined): Promise<Enrolled> {
    const { config, credentials, store, identity } = this.#options;
    const name = givenName ?? knownNameOf(store, id);
    const text = await enrolInHub(credentials, { config, id, name, identity: identity() });
    if (name !== undefined) keepEnrolledName(store, id, name);
    log.info("enrolled", { node: id });
    const note = applyCommand(config);
    return { kind: "enrolled", node: { id, config: text, command: commandOf(text) }, note };
  }
}

function commandOf(config: string): string {
  const install = "sudo install -D -m 640 -g rpi-cluster-node /dev/stdin";
  return `${install} /etc/rpi-cluster-alert/config.ini <<'END'\n${config}END\n`;
}
