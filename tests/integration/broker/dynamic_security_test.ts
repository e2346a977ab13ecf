/** The hub drives the dynamic-security plugin of a real Mosquitto. */

import assert from "node:assert/strict";
import { join } from "node:path";
import { Credentials } from "../../../hub/credentials/credentials.ts";
import { hashPassword } from "../../../hub/credentials/password_hash.ts";
import { type DynamicMosquitto, startDynamic } from "../../support/broker/dynamic_mosquitto.ts";
import { ConnectRefused, TestClient } from "../../support/broker/mqtt_client.ts";
import { post } from "../../support/page/hub_actions.ts";
import { parseConfigText } from "../../../io/config/config_text.ts";
import { asRun, lineFor, pathOf, valueIn } from "../../support/join/line.ts";
import { Hub, startAgent, withSections } from "../../support/program/programs.ts";
import { until, within } from "../../support/time/until.ts";

const CONTROL = "$CONTROL/dynamic-security/v1";

/** A hub on a Mosquitto with the plugin, whose user `khal-drogo` is older than the plugin. */
class Stage implements AsyncDisposable {
  readonly broker: DynamicMosquitto;
  readonly hub: Hub;
  readonly #old: ReadonlyMap<string, string>;

  private constructor(broker: DynamicMosquitto, hub: Hub, old: ReadonlyMap<string, string>) {
    this.broker = broker;
    this.hub = hub;
    this.#old = old;
  }

  /** `more` users have the password `x`. */
  static async start(more: readonly string[] = []): Promise<Stage> {
    await using parts = new AsyncDisposableStack();
    const hub = parts.use(new Hub({}, {}));
    Deno.mkdirSync(hub.statePath, { mode: 0o700 });
    const lines = more.map((user) => `${user}:${hashPassword("x")}\n`);
    Deno.writeTextFileSync(join(hub.statePath, "passwd"), lines.join(""));
    const credentials = new Credentials(join(hub.statePath, "passwd"));
    const old = new Map(["hub", "khal-drogo"].map((id) => [id, credentials.enrol(id)]));
    const broker = parts.use(await startDynamic(credentials.hashes()));
    const url = `mqtt://127.0.0.1:${broker.port}`;
    hub.configure({
      mqtt: { url, username: "hub", password: old.get("hub") ?? "" },
      hub: { broker: "none", mosquitto: "dynamic_security" },
    });
    await hub.start();
    await hub.untilSeeing();
    parts.move();
    return new Stage(broker, hub, old);
  }

  get seedFile(): string {
    return join(this.hub.statePath, "dynamic-security.json");
  }

  /** The password of a user of the beginning. */
  old(user: string): string {
    return this.#old.get(user) ?? "";
  }

  async enrol(id: string, renew = false): Promise<string> {
    const response = await post(this.hub, "enrol", { id, renew });
    const answer = await response.json();
    assert.equal(response.status, 200, JSON.stringify(answer));
    assert.equal(answer.note, undefined, "nothing is left to do");
    return /^password = (\S+)$/m.exec(answer.config)?.[1] ?? "";
  }

  /** The hub's second connection may be back later than the one by which it sees. */
  async untilEnrolled(id: string): Promise<void> {
    await until(`the credential of ${id}`, async () => {
      const response = await post(this.hub, "enrol", { id });
      await response.body?.cancel();
      return response.status === 200;
    });
  }

  async connect(username: string, password: string): Promise<TestClient> {
    return await TestClient.connect({ port: this.broker.port, username, password });
  }

  async isAdmitted(username: string, password: string): Promise<boolean> {
    try {
      await using _client = await this.connect(username, password);
      return true;
    } catch (error) {
      if (error instanceof ConnectRefused) return false;
      throw error;
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.hub[Symbol.asyncDispose]();
    await this.broker[Symbol.asyncDispose]();
  }
}

Deno.test("Pis of the password file keep their passwords, and a new one is admitted at once", async () => {
  await using stage = await Stage.start();
  assert.equal(await stage.isAdmitted("khal-drogo", stage.old("khal-drogo")), true);
  assert.equal(await stage.isAdmitted("khal-drogo", "wrong"), false);
  const password = await stage.enrol("john-snow");
  assert.equal(await stage.isAdmitted("john-snow", password), true);
  assert.equal(await stage.isAdmitted("john-snow", stage.old("khal-drogo")), false);
});

Deno.test("a node speaks for itself alone, hears all, and cannot command the plugin", async () => {
  await using stage = await Stage.start();
  await using node = await stage.connect("john-snow", await stage.enrol("john-snow"));
  await using hub = await stage.connect("hub", stage.old("hub"));
  await hub.subscribe("rpi-cluster/v1/#", 1);
  for (
    const topic of [
      "rpi-cluster/v1/nodes/john-snow/echo",
      "rpi-cluster/v1/nodes/khal-drogo/echo",
      "rpi-cluster/v1/nodes/john-snow/other",
      "rpi-cluster/v1/hub/alarm",
      CONTROL,
      "rpi-cluster/v1/nodes/john-snow/vitals",
    ]
  ) {
    await node.publish(topic, "{}", { qos: 1 });
  }
  await hub.heard("the last one", ({ topic }) => topic.endsWith("/john-snow/vitals"));
  const ofNodes = hub.messages.filter(({ payload }) => payload === "{}").map(({ topic }) => topic);
  assert.deepEqual(ofNodes, [
    "rpi-cluster/v1/nodes/john-snow/echo",
    "rpi-cluster/v1/nodes/john-snow/vitals",
  ]);
  assert.ok(await node.subscribe("rpi-cluster/v1/nodes/khal-drogo/heartbeat", 1) <= 1);
  assert.ok(await node.subscribe("rpi-cluster/v1/#", 1) <= 1);
  for (const filter of ["#", `${CONTROL}/response`, "$SYS/#", "other/#"]) {
    assert.ok(await node.subscribe(filter, 1) > 2, filter);
  }
});

Deno.test("a renewed or revoked credential ends the node's connection at once", async () => {
  await using stage = await Stage.start();
  const first = await stage.enrol("john-snow");
  await using cut = await stage.connect("john-snow", first);
  const second = await stage.enrol("john-snow", true);
  await within("the end of the connection", cut.closed);
  assert.equal(await stage.isAdmitted("john-snow", first), false);
  await using node = await stage.connect("john-snow", second);
  // The page revokes nodes that the hub knows.
  const birth = { kind: "birth", session: "s", every_ms: 1000 };
  await node.publish("rpi-cluster/v1/nodes/john-snow/status", JSON.stringify(birth), {
    qos: 1,
    retain: true,
  });
  await stage.hub.waitForLiveness("john-snow", "alive");
  const revoked = await post(stage.hub, "nodes/john-snow/revoke", {});
  assert.deepEqual([revoked.status, await revoked.json()], [200, {}]);
  await within("the end of the connection", node.closed);
  assert.equal(await stage.isAdmitted("john-snow", second), false);
});

Deno.test("a Pi that joins by its line is admitted at once, and cut off when it is revoked", async () => {
  await using stage = await Stage.start();
  const { hub, broker } = stage;
  const offer = await lineFor(hub, "john-snow", { name: "John Snow" });
  const path = pathOf(offer);
  const key = valueIn(await (await hub.fetch(path)).text(), "KEY");
  const answer = await asRun(hub, `${path}/config`, { key });
  const text = await answer.text();
  assert.equal(answer.status, 200, text);
  const sections: Record<string, Record<string, string>> = {};
  for (const { section, key, value } of parseConfigText(text, "config.ini")) {
    if (key !== "") (sections[section] ??= {})[key] = value;
  }
  // The address of this machine for other machines, where the broker of a test does not listen.
  const url = `mqtt://127.0.0.1:${broker.port}`;
  await using agent = await startAgent(withSections(sections, { mqtt: { url } }));
  await hub.waitForLiveness("john-snow", "alive");
  await until("the hub to say that it is up", async () => {
    const said = await asRun(hub, `${path}/progress`, { key, body: { step: "started" } });
    return (await said.json()).up;
  });
  const revoked = await post(hub, "nodes/john-snow/revoke", {});
  assert.deepEqual(await revoked.json(), {}, "nothing is left to do");
  await agent.process.line(/cannot connect|not authori[sz]ed|login/);
  assert.equal(await stage.isAdmitted("john-snow", sections.mqtt?.password ?? ""), false);
  assert.deepEqual(await hub.nodes(), []);
});

Deno.test("the commands need no reload: enrol asks the running hub, and it notices a revocation", async () => {
  await using stage = await Stage.start();
  const enrolled = await stage.hub.enrol("john-snow", "John Snow");
  const password = String(enrolled.mqtt?.password);
  assert.equal(await stage.isAdmitted("john-snow", password), true);
  const again = await stage.hub.run("enrol", "john-snow");
  assert.equal(again.code, 1, again.text);
  await using node = await stage.connect("john-snow", password);
  const { code, text } = await stage.hub.run("revoke", "john-snow");
  assert.equal(code, 0, text);
  assert.ok(!text.includes("reload"), text);
  await within("the end of the connection", node.closed);
  assert.equal(await stage.isAdmitted("john-snow", password), false);
});

Deno.test("credentials outlive a restart of Mosquitto, and the loss of its file", async () => {
  await using stage = await Stage.start();
  const password = await stage.enrol("john-snow");
  await stage.broker.mosquitto.stop();
  await stage.broker.mosquitto.start();
  assert.equal(await stage.isAdmitted("john-snow", password), true);
  await until(
    "the hub's file to have John Snow",
    () => Deno.readTextFileSync(stage.seedFile).includes('"john-snow"'),
  );
  assert.equal((Deno.statSync(stage.seedFile).mode ?? 0) & 0o777, 0o600);
  await stage.broker.mosquitto.stop();
  // What the sample's drop-in does where the file is missing.
  Deno.copyFileSync(stage.seedFile, stage.broker.pluginFile);
  await stage.broker.mosquitto.start();
  assert.equal(await stage.isAdmitted("john-snow", password), true);
  assert.equal(await stage.isAdmitted("khal-drogo", stage.old("khal-drogo")), true);
  await stage.untilEnrolled("arya");
});

Deno.test("what was revoked while Mosquitto was away ends when it is back", async () => {
  await using stage = await Stage.start();
  const password = await stage.enrol("john-snow");
  await stage.broker.mosquitto.stop();
  const { code, text } = await stage.hub.run("revoke", "john-snow");
  assert.equal(code, 0, text);
  await stage.broker.mosquitto.start();
  await until(
    "the end of the credential",
    async () => !await stage.isAdmitted("john-snow", password),
  );
});

Deno.test("without Mosquitto no credential is made, and the answer says why", async () => {
  await using stage = await Stage.start();
  await stage.broker.mosquitto.stop();
  const refusal = await until("the refusal", async () => {
    const response = await post(stage.hub, "enrol", { id: "john-snow" });
    const { error } = await response.json();
    return response.status === 503 ? error : undefined;
  });
  assert.equal(refusal.code, "broker");
  assert.match(refusal.message, /Mosquitto/);
  await stage.broker.mosquitto.start();
  await stage.untilEnrolled("john-snow");
});

Deno.test("clients and roles of others stay, and a user that Mosquitto lost is named in the log", async () => {
  await using stage = await Stage.start();
  await using admin = await stage.connect("hub", stage.old("hub"));
  await admin.subscribe(`${CONTROL}/response`, 1);
  const commands = [
    { command: "createRole", rolename: "lights" },
    {
      command: "createClient",
      username: "home-assistant",
      password: "x",
      roles: [{ rolename: "lights" }],
    },
    { command: "deleteClient", username: "khal-drogo" },
  ];
  await admin.publish(CONTROL, JSON.stringify({ commands }), { qos: 1 });
  await admin.heard("the answer", ({ payload }) => payload.includes("deleteClient"));
  await stage.hub.stop();
  await stage.hub.start();
  await stage.hub.process.line("Mosquitto does not know users of the hub");
  assert.equal(await stage.isAdmitted("home-assistant", "x"), true);
  assert.equal(await stage.isAdmitted("khal-drogo", stage.old("khal-drogo")), false);
  const renewed = await stage.enrol("khal-drogo", true);
  assert.equal(await stage.isAdmitted("khal-drogo", renewed), true);
});

Deno.test("more users than fit into one answer are compared", async () => {
  const users = Array.from({ length: 200 }, (_, index) => `${"x".repeat(55)}-${index}`);
  await using stage = await Stage.start(users);
  const [first = "", last = ""] = [users[0], users.at(-1)];
  assert.equal(await stage.isAdmitted(last, "x"), true);
  await stage.hub.stop();
  const credentials = new Credentials(join(stage.hub.statePath, "passwd"));
  for (const user of users.slice(100)) assert.ok(credentials.revoke(user));
  await stage.hub.start();
  await until("the end of the last", async () => !await stage.isAdmitted(last, "x"));
  for (const user of users.slice(100, 103)) {
    await until(`the end of ${user}`, async () => !await stage.isAdmitted(user, "x"));
  }
  assert.equal(await stage.isAdmitted(first, "x"), true);
  assert.ok(!stage.hub.process.lines.some((line) => line.includes("does not know users")));
});
