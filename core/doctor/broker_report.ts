/** What a diagnosis of a broker found out by a short connection. */

import type { BrokerFault } from "../network/broker_fault.ts";
import type { BrokerSurvey } from "./broker_survey.ts";

export type BrokerReport =
  | { readonly kind: "failed"; readonly fault: BrokerFault }
  /** The broker ended the connection while it was in use. */
  | { readonly kind: "taken_over"; readonly look: BrokerSurvey }
  /** Connected and subscribed, but our own message did not come back. */
  | { readonly kind: "deaf"; readonly look: BrokerSurvey }
  | {
    readonly kind: "seen";
    readonly echoMs: number;
    readonly look: BrokerSurvey;
    /**
     * Whether the broker passed on a message to a topic of nobody, which it must refuse to a node.
     * `undefined` if that was not tried.
     */
    readonly mayWriteAnywhere?: boolean;
  };
