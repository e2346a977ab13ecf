/** The operations of actions on a node. */

import { JOIN, JOIN_OFFER, OUTCOME } from "../api/examples.ts";
import {
  credentials,
  done,
  enrolAnswer,
  joins,
  noted,
  renamed,
  testAnswer,
  upgradesAsked,
} from "../schema/answers.ts";
import {
  bodyOf,
  linksOrOwn,
  nameOrNone,
  newNodeId,
  nodeToTest,
  yesNoOrUnchanged,
  yesOrNo,
} from "../schema/input.ts";
import { NO_SUCH_NODE } from "./no_such_node.ts";

const ACTION = { method: "post", access: "operator", tag: "Actions" } as const;
const OF_NODE = { ...ACTION, failures: [NO_SUCH_NODE] } as const;
const NOTHING = bodyOf({});
const TOO_SOON = {
  status: 429,
  code: "too_many_attempts",
  description: "It was asked for a moment ago.",
} as const;

export const renameOperation = {
  ...OF_NODE,
  id: "renameNode",
  path: "/api/v1/nodes/:id/rename",
  summary: "Say what people call a node",
  description: "null gives it its own name again.",
  body: bodyOf({ name: nameOrNone }),
  bodyExample: { name: "Attic" },
  answer: { description: "Its name now.", schema: renamed, example: { name: "Attic" } },
} as const;

export const linksOperation = {
  ...OF_NODE,
  id: "setNodeLinks",
  path: "/api/v1/nodes/:id/links",
  summary: "Say how people reach a node",
  description: "In place of the links of its own configuration; null restores these.",
  body: bodyOf({ links: linksOrOwn }),
  bodyExample: { links: "Cockpit: https://john-snow.local:9090" },
  answer: { description: "They are on the page.", schema: done, example: {} },
} as const;

export const forgetOperation = {
  ...OF_NODE,
  id: "forgetNode",
  path: "/api/v1/nodes/:id/forget",
  summary: "Watch a node no longer, until it is heard again",
  body: NOTHING,
  answer: { description: "It is no longer watched.", schema: noted, example: {} },
} as const;

const NO_DISK = {
  status: 503,
  code: "no_disk",
  description: "The hub's disk does not answer, so that nothing can be written now.",
} as const;

export const revokeOperation = {
  ...OF_NODE,
  id: "revokeNode",
  path: "/api/v1/nodes/:id/revoke",
  summary: "End a node's credential, and forget the node",
  body: NOTHING,
  answer: {
    description: "Its credential has ended.",
    schema: noted,
    example: { note: "systemctl reload mosquitto" },
  },
  failures: [...OF_NODE.failures, NO_DISK],
} as const;

export const enrolOperation = {
  ...ACTION,
  id: "enrolNode",
  path: "/api/v1/enrol",
  summary: "Make a node's credential, or a line with which it joins",
  description: "With join: true, the answer is a line that a person runs on the node within 15 " +
    "minutes, once. The credential begins when the node has installed the programs.",
  body: bodyOf({
    id: newNodeId,
    name: nameOrNone,
    renew: yesOrNo,
    join: yesOrNo,
    updates: yesNoOrUnchanged,
  }),
  bodyExample: { id: "arya", name: "Arya", join: true },
  answer: {
    description: "The new credential, or the line.",
    schema: enrolAnswer,
    example: JOIN_OFFER,
  },
  failures: [
    {
      status: 409,
      code: "exists",
      description: "It has a credential, which a new one would end: ask with renew.",
    },
    { status: 409, code: "full", description: "There are too many credentials." },
    {
      status: 403,
      code: "no_tls",
      description: "Upgrades were wanted, and the hub is reached there without TLS.",
    },
    { status: 503, code: "broker", description: "Mosquitto's plugin did not take the credential." },
    NO_DISK,
  ],
} as const;

export const credentialsOperation = {
  id: "getUnheardCredentials",
  method: "get",
  path: "/api/v1/credentials",
  tag: "Nodes",
  summary: "Credentials with which no node was heard",
  access: "operator",
  answer: {
    description: "By id. To end one, revoke its id.",
    schema: credentials,
    example: { unheard: [{ id: "arya", name: "Arya" }], total: 1 },
  },
} as const;

const OF_JOINS = { access: "operator", tag: "Actions" } as const;

export const joinsOperation = {
  ...OF_JOINS,
  id: "getJoins",
  method: "get",
  path: "/api/v1/joins",
  summary: "Lines for new nodes, and how far each of them is",
  answer: { description: "Newest first.", schema: joins, example: { joins: [JOIN] } },
} as const;

export const endJoinOperation = {
  ...OF_JOINS,
  id: "endJoin",
  method: "delete",
  path: "/api/v1/joins/:id",
  summary: "End a line that nobody has used",
  description: "A script that runs already is ended, too. A credential stays.",
  answer: { description: "Nobody can use it any more.", schema: done, example: {} },
  failures: [{
    status: 404,
    code: "not_found",
    description: "There is no open line with this id.",
  }],
} as const;

const UPDATES_OFF = {
  status: 409,
  code: "updates_off",
  description: "The node takes no upgrades from its hub.",
} as const;

export const upgradeOperation = {
  ...OF_NODE,
  id: "upgradeNode",
  path: "/api/v1/nodes/:id/upgrade",
  summary: "Upgrade a node from the hub",
  description:
    "The node's upgrade says how far it is (`upgrade` in the feed and in /api/v1/nodes).",
  body: NOTHING,
  answer: {
    description: "It was asked to, or is the next one.",
    schema: upgradesAsked,
    example: { nodes: ["arya"] },
  },
  failures: [
    ...OF_NODE.failures,
    UPDATES_OFF,
    { status: 409, code: "not_up", description: "The node is not up." },
    { status: 409, code: "up_to_date", description: "The hub has no newer version for it." },
  ],
} as const;

export const upgradeAllOperation = {
  ...ACTION,
  id: "upgradeAllNodes",
  path: "/api/v1/upgrade",
  summary: "Upgrade all nodes for which the hub has a newer version",
  description:
    "One after the other, and no further one after a failure. Nodes that are not up, or " +
    "take no upgrades, are left out.",
  body: NOTHING,
  answer: {
    description: "The nodes, in the order in which they are upgraded.",
    schema: upgradesAsked,
    example: { nodes: ["arya", "john-snow"] },
  },
} as const;

export const testAlarmOperation = {
  ...ACTION,
  id: "testAlarm",
  path: "/api/v1/alarm-test",
  summary: "Let a node's tracker play its alarm",
  body: bodyOf({ node: nodeToTest }),
  bodyExample: { node: "arya" },
  answer: { description: "It was asked to.", schema: done, example: {} },
  failures: [
    NO_SUCH_NODE,
    TOO_SOON,
    { status: 503, code: "blind", description: "The hub has no connection to the broker." },
  ],
} as const;

export const testMessageOperation = {
  ...ACTION,
  id: "sendTestMessages",
  path: "/api/v1/test-message",
  summary: "Send a test message to everybody, by every channel",
  body: NOTHING,
  answer: {
    description: "What became of each message.",
    schema: testAnswer,
    example: { outcomes: [OUTCOME] },
  },
  failures: [TOO_SOON],
} as const;
