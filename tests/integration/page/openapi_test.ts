/** The hub's OpenAPI document: whether it is valid, and whether the hub answers as it says. */

import { validate } from "@readme/openapi-parser";
import assert from "node:assert/strict";
import type { JoinView } from "../../../core/api/join_view.ts";
import { TestClient } from "../../support/broker/mqtt_client.ts";
import { PretendNode } from "../../support/nodes/pretend_node.ts";
import { session } from "../../support/page/hub_http.ts";
import { ApiDocument, type ApiOperation } from "../../support/page/openapi.ts";
import { QUICK_DEATHS } from "../../support/program/detection_times.ts";
import { type Hub, startHub } from "../../support/program/programs.ts";
import { until } from "../../support/time/until.ts";

const SETTINGS = {
  cluster: { ...QUICK_DEATHS, nodes: "arya" },
  alerts: { hold: "0s", group: "0s" },
  sms: { provider: "print", to: "+4915112345678" },
};
/** More than the hub lets wait at a time. */
const GUESSES = 600;
const NO_BROKER = { hub: { broker: "none" }, mqtt: { url: "mqtt://127.0.0.1:9" } };

/** What a call sends; what is left out is left out there, too. */
interface Call {
  readonly id?: string;
  readonly query?: string;
  readonly body?: unknown;
  readonly headers?: Readonly<Record<string, string>>;
  /** Without the password. */
  readonly asStranger?: true;
  readonly status: number;
}

const NODE_READS: readonly Call[] = [
  { id: "john-snow", status: 200 },
  { id: "john-snow", query: "strange=1", status: 400 },
  { id: "nobody", status: 404 },
];
const INCIDENT_READS: readonly Call[] = [
  { status: 200 },
  { query: "node=john-snow&kind=node&from=2020-01-01T00:00:00Z&open=1&limit=5", status: 200 },
  { query: "kind=none", status: 400 },
];
const NODE_ACTION = [{ id: "nobody", body: {}, status: 404 }] as const;
const OF_SILENCE = [
  { body: { for: "2h" }, status: 200 },
  { body: { node: "john-snow", for: "2h" }, status: 200 },
  { body: { for: "soon" }, status: 400 },
  { body: { node: "nobody", for: "2h" }, status: 404 },
] as const;
const NO_SESSION = [{ id: "999999", status: 404 }, { id: "x", status: 404 }] as const;

/** How each operation is called; one that is new in the document must be entered here. */
const CALLS: Readonly<Record<string, readonly Call[]>> = {
  login: [
    { body: { password: "wrong" }, status: 401 },
    { body: {}, status: 400 },
    { body: "{", status: 400 },
  ],
  logout: [{ status: 200 }],
  getNodes: [{ status: 200 }],
  getDeliveries: [
    { status: 200 },
    { query: "incident=1&limit=1", status: 200 },
    { query: "limit=0", status: 400 },
  ],
  getMetrics: [{ status: 200 }],
  getHealth: [{ status: 200 }, { asStranger: true, status: 200 }],
  getReadiness: [{ status: 200 }],
  getStatus: [{ status: 200 }],
  getBackups: [{ status: 200 }],
  getNode: NODE_READS,
  getTransitions: [...NODE_READS, { id: "john-snow", query: "limit=1", status: 200 }],
  getVitals: [...NODE_READS, { id: "john-snow", query: "span=7d", status: 200 }],
  getAvailability: [
    { status: 200 },
    { query: "span=30d&node=john-snow", status: 200 },
    { query: "span=1h", status: 400 },
    { query: "node=nobody", status: 404 },
  ],
  getIncidents: INCIDENT_READS,
  getIncidentsTable: INCIDENT_READS,
  watch: [
    { status: 426 },
    { headers: { Upgrade: "websocket", Connection: "Upgrade" }, status: 400 },
    { headers: { Upgrade: "websocket", Origin: "https://example.org" }, status: 403 },
  ],
  silence: OF_SILENCE,
  maintain: OF_SILENCE,
  acknowledge: [
    { body: {}, status: 200 },
    { body: { node: "john-snow" }, status: 200 },
    { body: { node: 7 }, status: 400 },
    { body: { node: "nobody" }, status: 404 },
  ],
  getAlarm: [{ status: 200 }],
  renameNode: [
    { id: "arya", body: { name: "Arya" }, status: 200 },
    { id: "arya", body: { name: null }, status: 200 },
    { id: "arya", body: { name: "" }, status: 400 },
    ...NODE_ACTION,
  ],
  setNodeLinks: [
    { id: "arya", body: { links: "Cockpit: https://arya.local:9090" }, status: 200 },
    { id: "arya", body: { links: null }, status: 200 },
    { id: "arya", body: { links: "javascript:alert(1)" }, status: 400 },
    { id: "nobody", body: { links: null }, status: 404 },
  ],
  enrolNode: [
    { body: { id: "bran" }, status: 200 },
    { body: { id: "bran", name: "Bran", renew: true }, status: 200 },
    { body: { id: "bran" }, status: 409 },
    { body: { id: "Not an id" }, status: 400 },
    { body: { id: "sansa", join: true }, status: 200 },
    { body: { id: "bran", join: true }, status: 409 },
    { body: { id: "sansa", join: "yes" }, status: 400 },
    { body: { id: "sansa", join: true, updates: true }, status: 403 },
    { body: { id: "sansa", updates: true }, status: 400 },
  ],
  getUnheardCredentials: [{ status: 200 }],
  upgradeNode: [{ id: "arya", body: {}, status: 409 }, ...NODE_ACTION],
  upgradeAllNodes: [{ body: {}, status: 200 }, { body: { node: "arya" }, status: 400 }],
  getJoins: [{ status: 200 }],
  endJoin: [{ id: "nothing", status: 404 }],
  testAlarm: [
    { body: { node: "arya" }, status: 200 },
    { body: { node: "arya" }, status: 429 },
    { body: {}, status: 400 },
    { body: { node: "nobody" }, status: 404 },
  ],
  sendTestMessages: [{ body: {}, status: 200 }, { body: { to: "me" }, status: 400 }],
  getRefusals: [{ status: 200 }],
  getSessions: [{ status: 200 }],
  endOtherSessions: [{ status: 200 }],
  endSession: NO_SESSION,
  getOpenApi: [{ status: 200 }, { asStranger: true, status: 200 }],
  getTls: [{ status: 200 }, { asStranger: true, status: 200 }],
  getAuthority: [{ asStranger: true, status: 404 }],
  forgetNode: [{ id: "arya", body: {}, status: 200 }, ...NODE_ACTION],
  // It was enrolled and never heard.
  revokeNode: [{ id: "bran", body: {}, status: 200 }, ...NODE_ACTION],
};

/** Answers that another test provokes, or that nobody can. */
const ELSEWHERE: Readonly<Record<string, string>> = {
  "getAuthority 200": "hub_tls_test.ts",
  "watch 101": "a WebSocket has no body; feed_schema_test.ts",
  "watch 429": "refused_feed_test.ts",
  "watch 503": "refused_feed_test.ts",
  "enrolNode 503": "hub_disk_test.ts",
  "upgradeNode 200": "upgrade_test.ts",
  "revokeNode 503": "hub_disk_test.ts",
};

class Caller {
  /** `getNodes 200` and the like: what was seen. */
  readonly seen = new Set<string>();
  readonly #hub: Hub;
  readonly #document: ApiDocument;

  constructor(hub: Hub, document: ApiDocument) {
    this.#hub = hub;
    this.#document = document;
  }

  /** Calls it; the answer must be one that the document describes. Answers its status. */
  async call(operation: ApiOperation, call: Omit<Call, "status">): Promise<number> {
    const { id = "nobody", query = "", body, headers = {}, asStranger } = call;
    const { method, operationId } = operation;
    const path = operation.path.replace("{id}", id) + (query === "" ? "" : `?${query}`);
    const response = await this.#hub.fetch(path, {
      method,
      headers: {
        ...(asStranger ? {} : { Authorization: `Bearer ${this.#hub.password}` }),
        ...(body === undefined ? {} : { "Content-Type": "application/json" }),
        ...headers,
      },
      ...(body === undefined
        ? {}
        : { body: typeof body === "string" ? body : JSON.stringify(body) }),
    });
    await this.#document.assertAnswer(operation, response);
    this.seen.add(`${operationId} ${response.status}`);
    return response.status;
  }

  async assertCall(operation: ApiOperation, { status, ...call }: Call): Promise<void> {
    const what = `${operation.operationId} ${JSON.stringify(call)}`;
    assert.equal(await this.call(operation, call), status, what);
  }
}

/** What every operation of its kind refuses, as its security, query and body say. */
function refusalsOf(operation: ApiOperation): readonly Call[] {
  const { method, parameters, requestBody, security } = operation;
  const isGuarded = security.length > 0;
  const body = requestBody === undefined ? {} : { body: {} };
  const foreign = { Origin: "https://example.org" };
  return [
    ...(isGuarded ? [{ ...body, asStranger: true, status: 401 } as const] : []),
    ...(parameters.some((one) => one.in === "query") ? [{ query: "nod=1", status: 400 }] : []),
    ...(method === "GET" ? [] : [{ ...body, headers: foreign, status: 403 }]),
    ...(requestBody === undefined ? [] : [
      { body: `{"a":"${"x".repeat(5000)}"}`, status: 413 },
      { body: "[]", status: 400 },
    ]),
    ...(requestBody === undefined || !isGuarded
      ? []
      : [{ ...body, headers: { "Content-Type": "text/plain" }, status: 415 }]),
  ];
}

Deno.test("the OpenAPI document is valid, complete, and its examples are as its schemas say", async () => {
  await using hub = await startHub();
  const document = await ApiDocument.from(hub);
  assert.match(document.json.openapi, /^3\.1\./);
  const found = await validate(JSON.parse(JSON.stringify(document.json)));
  assert.ok(found.valid, JSON.stringify(found));
  assert.ok(document.operations.length >= 25);
  const { securitySchemes } = document.json.components;
  for (const operation of document.operations) {
    assert.ok(operation.summary.length > 5, operation.path);
    assert.deepEqual(document.exampleFaults(operation), [], operation.operationId);
    for (const name of operation.security.flatMap(Object.keys)) {
      assert.ok(name in securitySchemes, `${operation.operationId}: ${name}`);
    }
  }
});

Deno.test("every operation answers as the OpenAPI document says, whether all is well or not", async () => {
  await using hub = await startHub(SETTINGS);
  const document = await ApiDocument.from(hub);
  const { operations } = document;
  const caller = new Caller(hub, document);
  const operationOf = (id: string) => {
    const operation = operations.find(({ operationId }) => operationId === id);
    assert.ok(operation, id);
    return operation;
  };
  assert.deepEqual(
    operations.map(({ operationId }) => operationId).toSorted(),
    Object.keys(CALLS).toSorted(),
    "enter how the operation is called",
  );
  // A cluster in which everything was: a death, a message, two sessions.
  const login = { username: "john-snow", password: hub.credential("john-snow") };
  const client = await TestClient.connect({ port: hub.brokerPort, ...login });
  const node = await PretendNode.start(client, {
    id: "john-snow",
    name: "John Snow",
    vitals: { temperature: { value: 48.2, level: "ok" } },
  });
  await hub.waitForLiveness("john-snow", "alive");
  await node[Symbol.asyncDispose]();
  await client.kill();
  await hub.waitForLiveness("john-snow", "dead");
  await session(hub);

  for (const operation of operations) {
    for (const call of refusalsOf(operation)) await caller.assertCall(operation, call);
  }
  for (const [id, calls] of Object.entries(CALLS)) {
    for (const call of calls) await caller.assertCall(operationOf(id), call);
  }
  await caller.assertCall(operationOf("login"), { body: { password: hub.password }, status: 200 });
  await caller.assertCall(operationOf("revokeNode"), { id: "john-snow", body: {}, status: 200 });
  const sessions = await hub.fetch("/api/v1/sessions", {
    headers: { Authorization: `Bearer ${hub.password}` },
  });
  const [first] = (await sessions.json()).sessions;
  await caller.assertCall(operationOf("endSession"), { id: String(first.id), status: 200 });

  const { joins: [line] } = await hub.api<{ readonly joins: readonly JoinView[] }>("/api/v1/joins");
  await caller.assertCall(operationOf("endJoin"), { id: line?.id ?? "", status: 200 });

  await assertCrowded(caller, operations);
  await assertBlind(document, caller, operationOf);
  const described = operations.flatMap(({ operationId, responses }) =>
    Object.keys(responses).map((status) => `${operationId} ${status}`)
  );
  const unseen = described.filter((one) =>
    !caller.seen.has(one) && !one.endsWith(" 500") && !(one in ELSEWHERE)
  );
  assert.deepEqual(unseen, [], "described, and never answered");
});

/** While more passwords are guessed than may wait, each operation tells that too many came. */
async function assertCrowded(caller: Caller, operations: readonly ApiOperation[]): Promise<void> {
  const guessed = operations.filter(({ operationId, security, responses }) =>
    "429" in responses && (security.length > 0 || operationId === "login")
  );
  await until("each operation to be crowded", async () => {
    const calls = Array.from({ length: GUESSES }, async (_, index) => {
      const operation = guessed[index % guessed.length];
      assert.ok(operation);
      const isLogin = operation.operationId === "login";
      const body = operation.requestBody === undefined ? {} : { body: { password: "wrong" } };
      const headers = isLogin ? {} : { Authorization: "Bearer wrong" };
      await caller.call(operation, { ...body, asStranger: true, headers }).catch(rethrowJudgement);
    });
    await Promise.all(calls);
    return guessed.every(({ operationId }) => caller.seen.has(`${operationId} 429`));
  }, { withinMs: 60_000 });
}

/** The hub may hang up on some of so many connections; what it answers must be right. */
function rethrowJudgement(error: unknown): void {
  if (!(error instanceof TypeError)) throw error;
}

/** What a hub answers that cannot trust its own view. */
async function assertBlind(
  document: ApiDocument,
  seen: Caller,
  operationOf: (id: string) => ApiOperation,
): Promise<void> {
  await using hub = await startHub({ ...NO_BROKER, cluster: { nodes: "arya" } });
  const caller = new Caller(hub, document);
  await caller.assertCall(operationOf("getReadiness"), { status: 503 });
  await caller.assertCall(operationOf("testAlarm"), { body: { node: "arya" }, status: 503 });
  for (const one of caller.seen) seen.seen.add(one);
}
