/** The line over TLS: its first contact goes to the hub alone, whoever stands in between. */

import assert from "node:assert/strict";
import { parseConfigText } from "../../../io/config/config_text.ts";
import { joinsOf, lineFor, pathOf, valueIn } from "../../support/join/line.ts";
import { runCommand } from "../../support/program/command.ts";
import { TemporaryFolder } from "../../support/program/temporary_folder.ts";
import { TestAuthority } from "../../support/tls/certificates.ts";
import { RogueServer } from "../../support/tls/rogue_server.ts";
import { startTlsHub } from "../../support/tls/tls_hub.ts";

/** The file of the script, in the folder, after its first lines were changed. */
function part(folder: TemporaryFolder, script: string, calls: string): string {
  return folder.write("part.sh", script.replace(/\n\{\n {2}main[^]*$/, `\n${calls}\n`));
}

/** What curl and shell say. */
async function shell(...args: readonly string[]) {
  return await runCommand("sh", { args });
}

/** curl's exit code for another public key than the pinned one. */
const PINNED_KEY_MISMATCH = 90;

Deno.test("the line pins the hub's key, and so does each request of its script", async () => {
  using folder = new TemporaryFolder();
  const architecture = (await runCommand("dpkg", { args: ["--print-architecture"] })).stdout.trim();
  const file = `rpi-cluster-alert-common_0.1.0_${architecture}.deb`;
  folder.write(file, "content");
  folder.write(file.replace("common", "agent"), "content of the agent");
  await using hub = await startTlsHub({ hub: { packages: folder.path } });
  const { line, encrypted, commands: [fetch = ""] } = await lineFor(hub, "john-snow");
  assert.ok(encrypted);
  const start = `curl -fsSL -k --pinnedpubkey sha256//`;
  assert.ok(line.startsWith(start) && line.includes(` https://127.0.0.1:${hub.https}/join/`), line);
  using home = new TemporaryFolder();
  const fetched = await shell("-c", `cd ${home.path} && ${fetch}`);
  assert.equal(fetched.code, 0, fetched.stderr);
  const script = Deno.readTextFileSync(home.file("join.sh"));
  assert.match(valueIn(script, "PIN"), /^sha256\/\/\S{44}$/);
  const calls =
    `arch=${architecture}; work=${home.path}; NAME=x; download common && post config '{}'`;
  const asked = await shell(part(home, script, calls));
  assert.equal(asked.code, 0, asked.stderr);
  assert.equal(Deno.readTextFileSync(home.file(file)), "content");
  const config = asked.stdout.slice(asked.stdout.indexOf("\n") + 1);
  const entries = parseConfigText(config, "config.ini").map(({ key, value }) => [key, value]);
  const { url = "", ca = "" } = Object.fromEntries(entries);
  assert.match(url, new RegExp(`^mqtts://.*:${hub.mqtts}$`));
  assert.ok(ca.length > 100, "the Pi knows the hub's authority");
  assert.equal((await joinsOf(hub))[0]?.step, "configured");
});

Deno.test("a line says by which keys a Pi knows what comes from its hub, or nothing of it", async () => {
  await using hub = await startTlsHub();
  const valuesOf = async (more: Readonly<Record<string, unknown>>) => {
    const offer = await lineFor(hub, "john-snow", more);
    const script = await (await hub.fetch(pathOf(offer))).text();
    return ["UPDATES", "UPDATE_KEY", "UPDATE_PIN", "PIN"].map((name) => valueIn(script, name));
  };
  const key = `${hub.statePath}/update.key`;
  const args = ["pkey", "-in", key, "-pubout", "-outform", "DER", "-out", "/dev/stdout"];
  const { stdout } = await shell("-c", `openssl ${args.join(" ")} | base64 -w 0`);
  const [updates, publicKey, pin, pinOfLine = ""] = await valuesOf({ updates: true });
  assert.deepEqual([updates, publicKey], ["yes", stdout]);
  assert.equal(`sha256//${pin}`, pinOfLine);
  assert.deepEqual((await valuesOf({ updates: false })).slice(0, 3), ["no", "", ""]);
  assert.deepEqual((await valuesOf({})).slice(0, 3), ["as before", "", ""]);
});

Deno.test("a man in the middle with another key gets nothing: no line, no key, no script to run", async () => {
  await using hub = await startTlsHub();
  const offer = await lineFor(hub, "john-snow");
  const theirs = await TestAuthority.make("theirs");
  await using rogue = new RogueServer(await theirs.server());
  const detour = (text: string) => text.replaceAll(`:${hub.https}`, `:${rogue.port}`);
  const fetch = detour(offer.line).replace(" | sudo sh", "");
  const { code, stdout } = await shell("-c", fetch);
  assert.deepEqual([code, stdout], [PINNED_KEY_MISMATCH, ""]);
  assert.deepEqual([rogue.attempts, rogue.receivedBytes], [1, 0]);

  // Who comes between later gets no more.
  const script = await (await hub.fetch(pathOf(offer))).text();
  using folder = new TemporaryFolder();
  const file = part(folder, detour(script), "post config '{}'");
  const late = await shell(file);
  assert.deepEqual([late.code, late.stdout], [PINNED_KEY_MISMATCH, ""]);
  assert.equal(rogue.receivedBytes, 0);
  assert.deepEqual(await hub.nodes(), []);
  assert.equal((await joinsOf(hub))[0]?.step, "fetched");
});
