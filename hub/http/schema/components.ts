/** The names of schemas in the OpenAPI document. */

import type * as v from "valibot";
import * as answers from "./answers.ts";
import * as cluster from "./cluster.ts";
import { availability, transitions, vitalsHistory } from "./history.ts";
import { delivery, incident, reason } from "./incident.ts";
import { node, statusNode, vital } from "./node.ts";
import { tls } from "./tls.ts";
import { instant, liveness, nodeId } from "./values.ts";

export const COMPONENTS: Readonly<Record<string, v.GenericSchema>> = {
  Instant: instant,
  NodeId: nodeId,
  Liveness: liveness,
  Vital: vital,
  Node: node,
  StatusNode: statusNode,
  Incident: incident,
  Reason: reason,
  Delivery: delivery,
  Blind: cluster.blind,
  Notification: cluster.notification,
  Alarm: cluster.alarm,
  Silence: cluster.silence,
  Maintenance: cluster.maintenance,
  Refusal: cluster.refusal,
  Refused: cluster.refused,
  Join: cluster.join,
  Watchdog: cluster.watchdog,
  Brokers: cluster.brokers,
  Snapshot: cluster.snapshot,
  Change: cluster.change,
  Feed: cluster.feed,
  Nodes: answers.nodes,
  Status: answers.status,
  Incidents: answers.incidents,
  Deliveries: answers.deliveries,
  Transitions: transitions,
  Availability: availability,
  VitalsHistory: vitalsHistory,
  InForce: answers.inForce,
  Acknowledged: answers.acknowledged,
  Sessions: answers.sessions,
  Refusals: answers.refusals,
  Backups: answers.backups,
  Credentials: answers.credentials,
  Tls: tls,
  Renamed: answers.renamed,
  Done: answers.done,
  UpgradesAsked: answers.upgradesAsked,
  Noted: answers.noted,
  Enrolled: answers.enrolled,
  JoinOffer: answers.joinOffer,
  EnrolAnswer: answers.enrolAnswer,
  Joins: answers.joins,
  TestMessages: answers.testAnswer,
  OpenApi: answers.openApi,
  Error: answers.error,
};
