/** What the hub gives to Pis that join: to the one with the line, once, and to nobody else. */

import assert from "node:assert/strict";
import { Credentials } from "../../../hub/credentials/credentials.ts";
import { parseConfigText } from "../../../io/config/config_text.ts";
import { DOWNLOADS_MAX } from "../../../hub/join/package_folder.ts";
import { errorOf } from "../../support/page/hub_http.ts";
import { asRun, joinsOf, lineFor, pathOf, valueIn } from "../../support/join/line.ts";
import { post } from "../../support/page/hub_actions.ts";
import { type Hub, startAgent, startHub } from "../../support/program/programs.ts";
import { TemporaryFolder } from "../../support/program/temporary_folder.ts";
import { until } from "../../support/time/until.ts";

const CLIENTS = 50;
const PACKAGE = "rpi-cluster-alert-agent_0.1.0_amd64.deb";
const COMMON = "rpi-cluster-alert-common_0.1.0_amd64.deb";
const SHA256_OF_ABC = "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad";

function usersOf(hub: Hub): readonly string[] {
  return new Credentials(`${hub.statePath}/passwd`).users();
}

/** Fetches the script of a line that was not used. */
async function fetchScript(hub: Hub, path: string): Promise<string> {
  const response = await hub.fetch(path);
  const script = await response.text();
  assert.equal(response.status, 200, script);
  assert.match(response.headers.get("Content-Type") ?? "", /^text\/x-shellscript/);
  assert.equal(response.headers.get("Cache-Control"), "no-store, no-transform");
  return script;
}

Deno.test("of 50 clients with one line, one gets the script, and nobody has a credential by it", async () => {
  await using hub = await startHub();
  const path = pathOf(await lineFor(hub, "john-snow"));
  const answers = await Promise.all(Array.from({ length: CLIENTS }, async () => {
    const response = await hub.fetch(path);
    return { status: response.status, text: await response.text() };
  }));
  const won = answers.filter(({ status }) => status === 200);
  assert.equal(won.length, 1);
  const lost = answers.filter(({ status }) => status === 410);
  assert.equal(lost.length, CLIENTS - 1);
  for (const { text } of lost) assert.match(text, /"code":"gone".*was used, by 127\.0\.0\.1/);
  assert.deepEqual(usersOf(hub), []);

  const key = valueIn(won[0]?.text ?? "", "KEY");
  const configs = await Promise.all(
    Array.from({ length: CLIENTS }, () => asRun(hub, `${path}/config`, { key: `${key}x` })),
  );
  for (const response of configs) {
    assert.ok([401, 429].includes(response.status), `${response.status}`);
    await response.body?.cancel();
  }
  assert.deepEqual(usersOf(hub), []);
});

Deno.test("the script's run gets a configuration with which an agent is heard, and the page follows", async () => {
  await using hub = await startHub();
  const offer = await lineFor(hub, "john-snow", { name: "John Snow" });
  const step = async () => (await joinsOf(hub)).map((one) => [one.node, one.step, one.failure]);
  assert.deepEqual(await step(), [["john-snow", "made", null]]);
  const path = pathOf(offer);
  const script = await fetchScript(hub, path);
  assert.equal(valueIn(script, "NAME"), "John Snow");
  assert.equal(valueIn(script, "HUB"), hub.url);
  const key = valueIn(script, "KEY");
  const progress = async (body: unknown) => {
    const response = await asRun(hub, `${path}/progress`, { key, body });
    assert.equal(response.status, 200, await response.clone().text());
    return await response.json();
  };
  assert.deepEqual(await step(), [["john-snow", "fetched", null]]);
  assert.deepEqual(await progress({ step: "installed" }), { up: false });
  assert.deepEqual(await step(), [["john-snow", "installed", null]]);
  assert.deepEqual(usersOf(hub), []);

  const response = await asRun(hub, `${path}/config`, { key });
  const text = await response.text();
  assert.equal(response.status, 200, text);
  assert.deepEqual(usersOf(hub), ["john-snow"]);
  assert.deepEqual(await step(), [["john-snow", "configured", null]]);
  assert.deepEqual(await progress({ step: "started", units: "agent tracker" }), { up: false });
  const sections: Record<string, Record<string, string>> = {};
  for (const { section, key, value } of parseConfigText(text, "config.ini")) {
    if (key !== "") (sections[section] ??= {})[key] = value;
  }
  await using _agent = await startAgent(sections);
  await until("the hub to say that it is up", async () => {
    const { up } = await progress({ step: "started", units: "agent tracker" });
    return up;
  });
  assert.deepEqual(await step(), [["john-snow", "up", null]]);
  assert.equal((await hub.waitForLiveness("john-snow", "alive")).name, "John Snow");
  const late = await asRun(hub, `${path}/config`, { key });
  assert.equal(await errorOf(late, 410), "gone");
  const log = hub.process.lines.join("\n");
  for (const secret of [key, path, sections.mqtt?.password ?? ""]) assert.ok(!log.includes(secret));
});

Deno.test("every way in is closed without the line, with a wrong, a used and another's one", async () => {
  await using hub = await startHub();
  const [mine, other, unused] = [
    pathOf(await lineFor(hub, "john-snow")),
    pathOf(await lineFor(hub, "arya")),
    pathOf(await lineFor(hub, "bran")),
  ];
  const key = valueIn(await fetchScript(hub, mine), "KEY");
  const keyOfOther = valueIn(await fetchScript(hub, other), "KEY");
  const actions = ["progress", "config", "leave"];
  const statusOf = async (response: Response) => {
    await response.body?.cancel();
    return response.status;
  };
  for (const token of ["x", "x".repeat(32), "%00", "..%2f..%2fpasswd", "é", "x".repeat(5000)]) {
    const wrong = `/join/${token}`;
    for (const path of [wrong, `${wrong}/${PACKAGE}`]) {
      assert.ok([400, 404, 414, 429, 431].includes(await statusOf(await hub.fetch(path))), path);
    }
    for (const action of actions) {
      const status = await statusOf(await asRun(hub, `${wrong}/${action}`, { key }));
      assert.ok([400, 404, 414, 429, 431].includes(status), `${wrong}/${action}: ${status}`);
    }
  }
  for (const action of actions) {
    for (const wrong of ["", "x", "x".repeat(32), keyOfOther, mine.slice(6)]) {
      const status = await statusOf(await asRun(hub, `${mine}/${action}`, { key: wrong }));
      assert.ok([401, 429].includes(status), `${action} with ${wrong}: ${status}`);
    }
    // Nobody has used this line, so nobody has its key.
    const status = await statusOf(await asRun(hub, `${unused}/${action}`, { key }));
    assert.equal(status, 410, action);
    assert.equal(await statusOf(await hub.fetch(`${mine}/${action}`)), 404, "reads nothing");
  }
  assert.equal(await statusOf(await hub.fetch(`${unused}/${PACKAGE}`)), 410);
  assert.equal(await statusOf(await hub.fetch(mine, { method: "DELETE" })), 405);
  assert.deepEqual(usersOf(hub), []);
  // The guesses have not used up or put off what is right.
  assert.equal(await statusOf(await asRun(hub, `${mine}/config`, { key })), 200);
  await fetchScript(hub, unused);
  const refused = await hub.api<{ readonly clients: readonly { readonly reason: string }[] }>(
    "/api/v1/refusals",
  );
  assert.ok(refused.clients.some(({ reason }) => reason === "join"));
});

Deno.test("a foreign page, a form and a body that is none change nothing", async () => {
  await using hub = await startHub();
  const path = pathOf(await lineFor(hub, "john-snow"));
  const key = valueIn(await fetchScript(hub, path), "KEY");
  const send = async (headers: Readonly<Record<string, string>>, body: string) =>
    await hub.fetch(`${path}/progress`, {
      method: "POST",
      headers: { Authorization: `Bearer ${key}`, "Content-Type": "application/json", ...headers },
      body,
    });
  const good = '{"step":"installed"}';
  assert.equal(
    await errorOf(await send({ Origin: "https://evil.example" }, good), 403),
    "foreign_origin",
  );
  assert.equal(
    await errorOf(await send({ "Content-Type": "text/plain" }, good), 415),
    "unsupported_media_type",
  );
  assert.equal(await errorOf(await send({}, "x".repeat(5000)), 413), "too_large");
  for (const body of ["", "{", "[]", "null", '{"step":"up"}', '{"failure":"x"}', '{"a":1}']) {
    assert.equal(await errorOf(await send({}, body), 400), "bad_request", body);
  }
  assert.equal((await joinsOf(hub))[0]?.step, "fetched");
});

Deno.test("looking at the address in a browser, or by HEAD, does not use the line up", async () => {
  await using hub = await startHub();
  const path = pathOf(await lineFor(hub, "john-snow"));
  const inBrowser = await hub.fetch(path, { headers: { Accept: "text/html,*/*" } });
  assert.match(await inBrowser.text(), /works once/);
  const byHead = await hub.fetch(path, { method: "HEAD" });
  assert.deepEqual([byHead.status, await byHead.text()], [204, ""]);
  assert.equal((await joinsOf(hub))[0]?.step, "made");
  await fetchScript(hub, path);
});

Deno.test("packages come from the hub's folder, whole, with their digests in the script", async () => {
  using folder = new TemporaryFolder();
  folder.write(PACKAGE, "abc");
  folder.write(COMMON, "x".repeat(300_000));
  folder.write("rpi-cluster-alert-agent_0.0.9_amd64.deb", "old");
  folder.write("rpi-cluster-alert-common_0.0.9_amd64.deb", "old");
  folder.write("rpi-cluster-alert-agent_0.2.0_amd64.deb", "without its common package");
  folder.write("secret.deb", "of somebody else");
  await using hub = await startHub({ hub: { packages: folder.path } });
  const offer = await lineFor(hub, "john-snow");
  assert.deepEqual(offer.architectures, ["amd64"]);
  const path = pathOf(offer);
  const before = await hub.fetch(`${path}/${PACKAGE}`);
  assert.equal(await errorOf(before, 410), "gone");
  const script = await fetchScript(hub, path);
  const sums = valueIn(script, "PACKAGES").split("\n").toSorted();
  assert.equal(sums.length, 2);
  assert.ok(sums.includes(`${SHA256_OF_ABC}  ${PACKAGE}`), sums.join());
  const sizes = await Promise.all([PACKAGE, COMMON].map(async (name) => {
    const response = await hub.fetch(`${path}/${name}`);
    assert.equal(response.status, 200);
    const { length } = await response.bytes();
    assert.equal(response.headers.get("Content-Length"), `${length}`);
    return length;
  }));
  assert.deepEqual(sizes, [3, 300_000]);
  for (const name of ["secret.deb", "..%2fhub.db", "config.ini", "%2e%2e"]) {
    const response = await hub.fetch(`${path}/${name}`);
    await response.body?.cancel();
    assert.equal(response.status, 404, name);
  }
});

Deno.test("Pis that hang up in the middle of a package harm nobody, and free their places", async () => {
  using folder = new TemporaryFolder();
  folder.write(PACKAGE, "x".repeat(20_000_000));
  folder.write(COMMON, "abc");
  await using hub = await startHub({ hub: { packages: folder.path } });
  const path = pathOf(await lineFor(hub, "john-snow"));
  await fetchScript(hub, path);
  const { hostname, port } = new URL(hub.url);
  for (let index = 0; index < 3 * DOWNLOADS_MAX; index++) {
    using connection = await Deno.connect({ hostname, port: Number(port) });
    const head = `GET ${path}/${PACKAGE} HTTP/1.1\r\nHost: ${hostname}\r\n\r\n`;
    await connection.write(new TextEncoder().encode(head));
    await connection.read(new Uint8Array(1000));
  }
  const whole = await until("a free place", async () => {
    const response = await hub.fetch(`${path}/${PACKAGE}`);
    if (response.status === 200) return response;
    assert.equal(response.status, 503);
    assert.match(response.headers.get("Retry-After") ?? "", /^\d+$/);
    await response.body?.cancel();
    return undefined;
  });
  assert.equal((await whole.bytes()).length, 20_000_000);
});

Deno.test("a restart of the hub ends the lines, and a new one is had at once", async () => {
  await using hub = await startHub();
  const path = pathOf(await lineFor(hub, "john-snow"));
  await hub.stop();
  await hub.start();
  assert.equal(await errorOf(await hub.fetch(path), 404), "not_found");
  assert.deepEqual(await joinsOf(hub), []);
  await fetchScript(hub, pathOf(await lineFor(hub, "john-snow")));
});

Deno.test("a revoked Pi gets no other credential by the script that it has", async () => {
  await using hub = await startHub();
  const ways = [
    () => hub.run("revoke", "john-snow"),
    () => post(hub, "nodes/john-snow/revoke", {}).then((response) => response.text()),
  ];
  for (const revoke of ways) {
    const path = pathOf(await lineFor(hub, "john-snow"));
    const key = valueIn(await fetchScript(hub, path), "KEY");
    const config = await asRun(hub, `${path}/config`, { key });
    assert.equal(config.status, 200, await config.text());
    await revoke();
    await until("the end of the run", async () => (await joinsOf(hub))[0]?.failure === "expired");
    assert.equal(await errorOf(await asRun(hub, `${path}/config`, { key }), 410), "gone");
    assert.deepEqual(usersOf(hub), []);
  }
});

Deno.test("a line takes a Pi out: its credential ends", async () => {
  await using hub = await startHub();
  hub.credential("john-snow");
  const response = await post(hub, "enrol", { id: "john-snow", join: true });
  assert.equal(await errorOf(response, 409), "exists");
  const path = pathOf(await lineFor(hub, "john-snow", { renew: true }));
  assert.deepEqual(usersOf(hub), ["john-snow"], "the old one holds until the new one is fetched");
  const key = valueIn(await fetchScript(hub, path), "KEY");
  const left = await asRun(hub, `${path}/leave`, { key });
  assert.deepEqual([left.status, await left.json()], [200, {}]);
  assert.deepEqual(usersOf(hub), []);
  assert.equal((await joinsOf(hub))[0]?.step, "removed");
});
