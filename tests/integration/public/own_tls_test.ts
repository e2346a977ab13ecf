/** A hub on a public machine with its own TLS, as `docs/public-hub.md` describes it. */

import assert from "node:assert/strict";
import { factsOf } from "../../../hub/tls/certificate_facts.ts";
import { parseConfigText } from "../../../io/config/config_text.ts";
import { networkHindrance, TestNetwork } from "../../support/network/network.ts";
import { runCommand } from "../../support/program/command.ts";
import { docBlock, replaced } from "../../support/program/doc_block.ts";
import { type Sections, startAgent, withSections } from "../../support/program/programs.ts";
import { TemporaryFolder } from "../../support/program/temporary_folder.ts";
import { TestAuthority } from "../../support/tls/certificates.ts";
import { startTlsHub } from "../../support/tls/tls_hub.ts";
import { until } from "../../support/time/until.ts";

const DOC = "docs/public-hub.md";
const NAME = "pis.example.org";

/** The document's configuration; only the state folder is the test's. */
function settings(): Sections {
  const text = docBlock(DOC, "ini", "public_address");
  const sections: Record<string, Record<string, string>> = {};
  for (const { section, key, value } of parseConfigText(text, DOC)) {
    if (key !== "" && key !== "state") (sections[section] ??= {})[key] = value;
  }
  return sections;
}

async function sh(script: string, cwd: string, env: Record<string, string> = {}): Promise<void> {
  const { code, stderr } = await runCommand("env", {
    args: [
      ...Object.entries(env).map(([name, value]) => `${name}=${value}`),
      ...["sh", "-e", "-c", script],
    ],
    cwd,
  });
  assert.equal(code, 0, stderr);
}

Deno.test("the document's hub enrols Pis by its public name, and serves a certificate that is given", async () => {
  using folder = new TemporaryFolder();
  const authority = await TestAuthority.make("an authority that browsers know");
  const given = await authority.server({ names: [NAME] });
  folder.write("fullchain.pem", given.certificate);
  folder.write("privkey.pem", given.key);
  const files = { certificate_file: folder.file("page.crt"), key_file: folder.file("page.key") };
  await using hub = await startTlsHub(withSections(settings(), { hub: files }));
  await hub.restart({ ...settings().hub, ...files, mqtts_listen: `*:${hub.mqtts}` });

  const config = await hub.enrol("john-snow", "John Snow");
  assert.equal(config.mqtt?.url, `mqtts://${NAME}:${hub.mqtts}`);
  // No name server of the test knows it.
  const here = { mqtt: { url: `mqtts://127.0.0.1:${hub.mqtts}` } };
  await using _agent = await startAgent(withSections(config, here));
  await hub.waitForLiveness("john-snow", "alive");

  // The hook of certbot, without the user, whom this machine may not have.
  const hook = replaced(docBlock(DOC, "sh", "page.key\ninstall"), {
    "cd /etc/rpi-cluster-alert": `cd ${folder.path}`,
    " -o rpi-cluster-alert": "",
  });
  await sh(hook, folder.path, { RENEWED_LINEAGE: folder.path });
  const { fingerprint } = factsOf(given.certificate);
  await until("the given certificate", async () => {
    return (await hub.served(hub.https, NAME)).fingerprint === fingerprint;
  });
  assert.notEqual((await hub.served(hub.mqtts, NAME)).fingerprint, fingerprint);
  await hub.waitForLiveness("john-snow", "alive");
});

const hindrance = networkHindrance();

Deno.test({
  name: "the document's firewall, changed as it says, opens the hub's ports in place of nginx's",
  ignore: hindrance !== undefined && Deno.env.get("CI") !== "true",
  fn: async () => {
    using folder = new TemporaryFolder();
    const rules = folder.write("nftables.conf", docBlock(DOC, "nft", "table inet pis"));
    const [sed = ""] = docBlock(DOC, "sh", "s/{ 22, 80").split("\n");
    await sh(sed.replace("sudo ", "").replace("/etc/nftables.conf", rules), folder.path);
    const text = Deno.readTextFileSync(rules);
    assert.match(text, /tcp dport \{ 22, 8443, 8883 \} accept/);
    assert.doesNotMatch(text, /\b443\b|\b80\b/);
    await using network = await TestNetwork.open();
    const machine = await network.addMachine();
    await sh([...machine.through, "nft", "-f", rules].join(" "), folder.path);
  },
});
