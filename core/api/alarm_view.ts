/** The alarm as the API and the feed show it. */

import type { IndicationKind } from "../alarm/indication.ts";

/** What LEDs and buzzers do, and the present silences. Instants are RFC 3339; no node means all. */
export interface AlarmView {
  /** Ids of the Pis whose trackers are heard, sorted. Without a tracker no LED shows anything. */
  readonly trackers: readonly string[];
  /**
   * The indication of a tracker with the hub's view. Each tracker has its own holds and quiet
   * hours.
   */
  readonly shows: IndicationKind;
  readonly silences: readonly {
    readonly node: string | null;
    readonly since: string;
    readonly until: string;
    /**
     * The node whose button was pressed, by its own account; absent if the silence came from the
     * hub's user.
     */
    readonly pressed_at?: string;
  }[];
  readonly maintenance: readonly { readonly node: string | null; readonly until: string }[];
}
