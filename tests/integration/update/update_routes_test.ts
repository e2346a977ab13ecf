/** What the hub gives to updaters: signed, to Pis with a credential, and to nobody else. */

import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { runCommand } from "../../support/program/command.ts";
import { type Hub, startHub } from "../../support/program/programs.ts";
import { TemporaryFolder } from "../../support/program/temporary_folder.ts";
import { packageNames, writePackages } from "../../support/update/hub_packages.ts";

const NONCE = "0123456789abcdef0123456789abcdef";
const LIST = `/update/arm64/manifest?nonce=${NONCE}`;
const AGENT = "rpi-cluster-alert-agent_0.2.0_arm64.deb";

interface Answer {
  readonly status: number;
  readonly text: string;
}

async function ask(hub: Hub, path: string, login?: string): Promise<Answer> {
  const headers: Record<string, string> = login === undefined
    ? {}
    : { Authorization: `Basic ${btoa(login)}` };
  const response = await hub.fetch(path, { headers });
  return { status: response.status, text: await response.text() };
}

/** What openssl says of a signature, as the updater asks it. */
async function opensslVerdict(
  folder: TemporaryFolder,
  { key, signature, list }: {
    readonly key: string;
    readonly signature: string;
    readonly list: string;
  },
): Promise<string> {
  const bytes = Uint8Array.from(atob(signature), (one) => one.charCodeAt(0));
  Deno.writeFileSync(folder.file("signature"), bytes);
  const files = [
    folder.write("key.pem", key),
    folder.file("signature"),
    folder.write("list", list),
  ];
  const args = ["dgst", "-sha256", "-verify", files[0] ?? "", "-signature", ...files.slice(1)];
  return (await runCommand("openssl", { args })).stdout.trim();
}

async function publicKeyOf(hub: Hub): Promise<string> {
  const args = ["pkey", "-in", `${hub.statePath}/update.key`, "-pubout"];
  return (await runCommand("openssl", { args })).stdout;
}

Deno.test("a Pi gets a list that is signed for it and for its run, and what the list names", async () => {
  using folder = new TemporaryFolder();
  await using hub = await startHub({ hub: { packages: writePackages(folder, "0.2.0") } });
  const login = `john-snow:${hub.credential("john-snow")}`;
  const { status, text } = await ask(hub, LIST, login);
  assert.equal(status, 200, text);
  const [signature = ""] = text.split("\n");
  const list = text.slice(signature.length + 1);
  const lines = list.split("\n");
  assert.deepEqual(lines.slice(0, 5), [
    "rpi-cluster-alert update 1",
    "node john-snow",
    `nonce ${NONCE}`,
    "architecture arm64",
    "version 0.2.0",
  ]);
  const expected = packageNames("0.2.0").map((name) => {
    const content = `the content of ${name}`;
    const sum = createHash("sha256").update(content).digest("hex");
    return `file ${sum} ${content.length} ${name}`;
  });
  assert.deepEqual(lines.slice(5).toSorted(), ["", ...expected].toSorted());

  const key = await publicKeyOf(hub);
  assert.equal(await opensslVerdict(folder, { key, signature, list }), "Verified OK");
  const forged = list.replace("john-snow", "arya");
  const verdict = await opensslVerdict(folder, { key, signature, list: forged });
  assert.doesNotMatch(verdict, /OK/);

  const fetched = await ask(hub, `/update/file/${AGENT}`, login);
  assert.deepEqual(fetched, { status: 200, text: `the content of ${AGENT}` });
});

Deno.test("nothing is there for anybody without a credential, and no other file for anybody", async () => {
  using folder = new TemporaryFolder();
  await using hub = await startHub({ hub: { packages: writePackages(folder, "0.2.0") } });
  const password = hub.credential("john-snow");
  const login = `john-snow:${password}`;
  for (const path of [LIST, `/update/file/${AGENT}`, "/update/", "/update/file/"]) {
    const { status, text } = await ask(hub, path);
    assert.equal(status, 401, `${path}: ${text}`);
    assert.doesNotMatch(text, /content of|nonce/);
  }
  const strangers = [
    "",
    `:${password}`,
    "john-snow:",
    `arya:${password}`,
    `hub:${password}`,
    `john-snow:${"x".repeat(6000)}`,
    `:${hub.password}`,
  ];
  for (const stranger of strangers) {
    const { status, text } = await ask(hub, LIST, stranger);
    assert.equal(status, 401, `${stranger.slice(0, 40)}: ${text}`);
  }
  for (const header of ["Basic", "Basic !", "Basic w6k=", `Bearer ${hub.password}`, "Basic\t"]) {
    const response = await hub.fetch(LIST, { headers: { Authorization: header } });
    await response.body?.cancel();
    assert.equal(response.status, 401, header);
  }
  const paths: readonly (readonly [string, number])[] = [
    ["/update/file/..%2Fpassword", 404],
    ["/update/file/update.key", 404],
    [`/update/file/${AGENT.replace("agent", "hub")}`, 404],
    ["/update/riscv64/manifest?nonce=" + NONCE, 404],
    ["/update/arm64/manifest", 400],
    ["/update/arm64/manifest?nonce=" + NONCE.toUpperCase(), 400],
    [`/update/arm64/manifest?nonce=${NONCE}%0Anode+arya`, 400],
  ];
  for (const [path, expected] of paths) {
    const { status, text } = await ask(hub, path, login);
    assert.equal(status, expected, `${path}: ${text}`);
  }
  const log = hub.process.lines.join("\n");
  assert.ok(!log.includes(password));
});

Deno.test("the key stays, for its owner alone, and a hub without one goes on without upgrades", async () => {
  using folder = new TemporaryFolder();
  await using hub = await startHub({ hub: { packages: writePackages(folder, "0.2.0") } });
  const login = `john-snow:${hub.credential("john-snow")}`;
  const path = `${hub.statePath}/update.key`;
  const key = await publicKeyOf(hub);
  assert.equal((Deno.statSync(path).mode ?? 0) & 0o777, 0o600);
  await hub.stop();
  await hub.start();
  assert.equal(await publicKeyOf(hub), key);

  await hub.stop();
  Deno.writeTextFileSync(path, "no key");
  await hub.start();
  assert.ok(hub.process.lines.some((line) => line.includes("no Pi can be upgraded")));
  const { status, text } = await ask(hub, LIST, login);
  assert.deepEqual([status, JSON.parse(text).error.code], [503, "internal"]);
});
