/** apt itself installs from the repository of a release, and from no other. */

import assert from "node:assert/strict";
import { makeRepository } from "../../../scripts/debian/repository.ts";
import { makePackages } from "../../../scripts/package.ts";
import { ownArchitecture } from "../../../scripts/permissions.ts";
import { runCommand } from "../../support/program/command.ts";
import { blocksBelow, replaced } from "../../support/program/doc_block.ts";
import { isMissing } from "../../support/program/executable.ts";
import { TemporaryFolder } from "../../support/program/temporary_folder.ts";
import { TestNetwork } from "../../support/network/network.ts";
import { machineHindrance } from "../guest.ts";
import { DebianMachine } from "./debian_machine.ts";
import { releaseHindrance } from "./debian_root.ts";
import { serveFolder } from "./folder_server.ts";
import { DOC, installedVersion } from "./installation.ts";

const VERSION = "0.1.0~test";
/** Where the document has the repository. */
const PAGES = "https://OWNER.github.io/rpi-cluster-alert";

/** apt with settings, lists and a state of its own: this machine's stay as they are. */
class PrivateApt implements Disposable {
  readonly #folder = new TemporaryFolder();

  constructor(source: string) {
    for (const name of ["lists/partial", "archives/partial", "none"]) {
      Deno.mkdirSync(this.#folder.file(name), { recursive: true });
    }
    this.#folder.write("sources.list", `${source}\n`);
    this.#folder.write("status", "");
  }

  async run(...args: readonly string[]) {
    const settings = {
      "APT::Sandbox::User": "root",
      "Debug::NoLocking": "1",
      "Dir::Cache": this.#folder.path,
      "Dir::Etc::preferencesparts": this.#folder.file("none"),
      "Dir::Etc::sourcelist": this.#folder.file("sources.list"),
      "Dir::Etc::sourceparts": this.#folder.file("none"),
      "Dir::State::Lists": this.#folder.file("lists"),
      "Dir::State::status": this.#folder.file("status"),
    };
    const options = Object.entries(settings).flatMap(([name, value]) => ["-o", `${name}=${value}`]);
    return await runCommand("apt-get", { args: [...options, ...args], cwd: this.#folder.path });
  }

  [Symbol.dispose](): void {
    this.#folder[Symbol.dispose]();
  }
}

/** A key of gpg's that no passphrase protects, in a key ring of its own. */
async function makeKey(home: string): Promise<string> {
  Deno.mkdirSync(home, { mode: 0o700 });
  const args = ["--batch", "--passphrase", "", "--quick-gen-key", "test@localhost", "ed25519"];
  const made = await runCommand("gpg", { args: [`--homedir=${home}`, ...args, "sign", "never"] });
  assert.equal(made.code, 0, made.stderr);
  return "test@localhost";
}

/** Makes a repository of the packages for this machine, in a new folder below. */
async function publish(folder: TemporaryFolder): Promise<string> {
  const home = folder.file("gpg");
  const key = await makeKey(home);
  const packages = await makePackages({
    version: VERSION,
    folder: folder.file("packages"),
    targets: [ownArchitecture()],
    compression: "none",
  });
  const repository = folder.file("repository");
  try {
    await makeRepository({ packages, folder: repository, key, keyRing: home });
  } finally {
    await runCommand("gpgconf", { args: [`--homedir=${home}`, "--kill", "all"] });
  }
  return repository;
}

Deno.test({
  name: "apt takes a package from the signed repository, and nothing that was changed since",
  ignore: isMissing("agent", ownArchitecture()),
  fn: async () => {
    using folder = new TemporaryFolder();
    const repository = await publish(folder);
    const signedBy = `signed-by=${repository}/rpi-cluster-alert.asc`;
    const source = `deb [${signedBy}] file:${repository} stable main`;

    using apt = new PrivateApt(source);
    const updated = await apt.run("update");
    assert.equal(updated.code, 0, updated.stderr);
    assert.doesNotMatch(updated.stderr, /^[WE]:/m);
    const shown = await apt.run("install", "--simulate", "rpi-cluster-alert-packages");
    assert.match(shown.stdout, /Inst rpi-cluster-alert-packages \(0\.1\.0~test /);
    const fetched = await apt.run("download", "rpi-cluster-alert-tracker");
    assert.equal(fetched.code, 0, fetched.stderr);

    const release = `${repository}/dists/stable/InRelease`;
    Deno.writeTextFileSync(release, Deno.readTextFileSync(release).replace("Alert", "Alarm"));
    using other = new PrivateApt(source);
    const refused = await other.run("update");
    assert.match(refused.stderr, /not valid|not signed|BADSIG|invalid/i);
    assert.notEqual((await other.run("download", "rpi-cluster-alert-tracker")).code, 0);
  },
});

const hindrance = machineHindrance() ?? releaseHindrance("this machine");

Deno.test({
  name: "the lines of the document add the repository, from which apt installs a hub",
  ignore: hindrance !== undefined && Deno.env.get("CI") !== "true",
  fn: async () => {
    using folder = new TemporaryFolder();
    const repository = await publish(folder);
    await using network = await TestNetwork.open();
    const { namespacePath } = await network.addMachine();
    await using server = serveFolder(network.address, repository);
    await using machine = await DebianMachine.boot({
      release: "this machine",
      hostname: "hub",
      network: namespacePath,
    });
    // Its other sources are out of reach.
    await machine.shell("rm -rf /etc/apt/sources.list /etc/apt/sources.list.d/*");
    const [lines = ""] = blocksBelow(DOC, "Updates with the system", "sh");
    await machine.shell(replaced(lines, { [PAGES]: server.url }));
    await machine.shell("sudo apt install -y rpi-cluster-alert-hub");
    for (const name of ["hub", "packages"]) {
      const version = await installedVersion(machine, `rpi-cluster-alert-${name}`);
      assert.equal(version, `installed ${VERSION}`);
    }
    await machine.untilActive("hub");
  },
});
