/** Requests a line for a new Pi, or its password and configuration, from the hub. */

import { type ReadonlySignal, type Signal, useComputed, useSignal } from "@preact/signals";
import type { Api } from "../live/api.ts";
import { text } from "../texts/texts.ts";
import { idOf, isNodeId } from "./node_id.ts";
import type { Offer } from "./offer.ts";

/** The hub's result, which is shown once: a line, or a configuration. */
export type Made = Offer | Enrolled;

/** What the person wants for the new Pi. */
export type Wish = "line" | "config";

/** A new Pi's configuration. */
export interface Enrolled {
  readonly id: string;
  readonly name: string;
  readonly config: string;
  /** A shell command that writes the configuration on the Pi. */
  readonly command: string;
  /** What a person still has to do, such as reloading Mosquitto. */
  readonly note?: string;
}

/** The id has a credential, which a new one would end. */
const CONFLICT = 409;

export interface Enrolment {
  readonly name: Signal<string>;
  /** Follows the name until the person types another id into `ownId`. */
  readonly id: ReadonlySignal<string>;
  readonly ownId: Signal<string | undefined>;
  /** Whether a line lets the Pi take upgrades from the hub. Otherwise it stays as it was. */
  readonly updates: Signal<boolean>;
  readonly busy: Signal<boolean>;
  /** Why the request failed. */
  readonly why: Signal<string | undefined>;
  /** Whether the form asks if an existing credential may end. */
  readonly isAsked: Signal<boolean>;
  readonly enrol: (wish: Wish) => Promise<void>;
  /** Repeats the last request: an existing credential may end. */
  readonly again: () => Promise<void>;
  /** Empties the form for another Pi. */
  readonly clear: () => void;
}

/** The state of a form that adds a Pi. */
export function useEnrolment(api: Api, onMade: (made: Made) => void): Enrolment {
  const name = useSignal("");
  const ownId = useSignal<string | undefined>(undefined);
  const updates = useSignal(false);
  const busy = useSignal(false);
  const why = useSignal<string | undefined>(undefined);
  const isAsked = useSignal(false);
  const wish = useSignal<Wish>("line");
  const id = useComputed(() => ownId.value ?? idOf(name.value));
  const send = async (mayRenew: boolean) => {
    if (!isNodeId(id.value)) {
      why.value = text("addPage.idWrong");
      return;
    }
    busy.value = true;
    const chosen = name.value.trim() || id.value;
    const answer = await api.post<Made>("/api/v1/enrol", {
      id: id.value,
      name: chosen,
      ...(mayRenew ? { renew: true } : {}),
      ...(wish.value === "line" ? { join: true, ...(updates.value ? { updates: true } : {}) } : {}),
    });
    busy.value = false;
    isAsked.value = false;
    if (answer.kind === "good") onMade({ ...answer.body, name: chosen });
    else if (answer.status === CONFLICT && !mayRenew) isAsked.value = true;
    else why.value = answer.why;
  };
  const enrol = async (wanted: Wish) => {
    wish.value = wanted;
    await send(false);
  };
  const clear = () => {
    name.value = "";
    ownId.value = undefined;
    updates.value = false;
    why.value = undefined;
  };
  return { name, id, ownId, updates, busy, why, isAsked, enrol, again: () => send(true), clear };
}
