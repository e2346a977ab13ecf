/** A line, or a script, whose time is up is worth nothing at any of its addresses. */

import assert from "node:assert/strict";
import { NodeActions } from "../../../hub/actions/node_actions.ts";
import { Credentials } from "../../../hub/credentials/credentials.ts";
import { passwordFile } from "../../../hub/credentials/enrol.ts";
import { joinRoutes } from "../../../hub/http/routes/join.ts";
import { LINE_MS, RUN_MS } from "../../../hub/join/join.ts";
import { Joins } from "../../../hub/join/joins.ts";
import { PackageFolder } from "../../../hub/join/package_folder.ts";
import { GivenLinks } from "../../../hub/live/given_links.ts";
import { Projection } from "../../../hub/live/projection.ts";
import { Refusals } from "../../../hub/live/refusals.ts";
import { Store } from "../../../hub/store/store.ts";
import { loadConfig } from "../../../io/config/config_file.ts";
import { valueIn } from "../../support/join/line.ts";
import { errorOf } from "../../support/page/hub_http.ts";
import { TemporaryFolder } from "../../support/program/temporary_folder.ts";
import { SteppedClock } from "../../support/time/stepped_clock.ts";

const PACKAGE = "rpi-cluster-alert-common_0.1.0_amd64.deb";
const ADDRESS = { url: "https://hub.lan:8443", pin: "pin" };

/** The routes of a hub, by a clock that moves on command. */
class Fixture implements Disposable {
  readonly clock = new SteppedClock();
  readonly joins = new Joins({ clock: this.clock, onChange: () => {} });
  readonly credentials: Credentials;
  readonly #folder = new TemporaryFolder();
  readonly #store = new Store(":memory:");
  readonly #routes: ReturnType<typeof joinRoutes>;

  constructor() {
    const path = this.#folder.write("config.ini", `[hub]\nstate = ${this.#folder.path}\n`);
    const config = loadConfig({ path, explicit: true, environment: () => undefined });
    this.credentials = new Credentials(passwordFile(config));
    const store = this.#store;
    this.#routes = joinRoutes({
      joins: this.joins,
      packages: new PackageFolder(this.#folder.file("packages")),
      nodeActions: new NodeActions({
        config,
        credentials: this.credentials,
        store,
        links: new GivenLinks(store),
        feed: { nodeChanged: () => {} },
        act: () => Promise.resolve(),
        identity: () => undefined,
      }),
      projection: new Projection(this.clock),
      refusals: new Refusals(),
      store,
      identity: () => undefined,
      signingKey: undefined,
    });
  }

  /** The path of a new line. */
  make(node: string): string {
    const made = this.joins.make({ node, name: node, address: ADDRESS });
    assert.ok(made);
    return `/join/${made.token}`;
  }

  async get(path: string): Promise<Response> {
    return await this.#routes.request(path);
  }

  async post(path: string, key: string, body: unknown = {}): Promise<Response> {
    return await this.#routes.request(path, {
      method: "POST",
      headers: { Authorization: `Bearer ${key}`, "Content-Type": "application/json" },
      body: JSON.stringify(body),
    });
  }

  async script(path: string): Promise<string> {
    const response = await this.get(path);
    assert.equal(response.status, 200);
    return await response.text();
  }

  /** Asserts that nobody gets anything with the line, by whatever key. */
  async isClosed(path: string, keys: readonly string[]): Promise<void> {
    assert.equal(await errorOf(await this.get(path), 410), "gone");
    assert.equal(await errorOf(await this.get(`${path}/${PACKAGE}`), 410), "gone");
    for (const key of keys) {
      for (const action of ["config", "leave", "progress"]) {
        const body = action === "progress" ? { step: "installed" } : {};
        const response = await this.post(`${path}/${action}`, key, body);
        assert.equal(await errorOf(response, 410), "gone", action);
      }
    }
  }

  [Symbol.dispose](): void {
    this.joins[Symbol.dispose]();
    this.#store[Symbol.dispose]();
    this.#folder[Symbol.dispose]();
  }
}

Deno.test("a line that nobody used in time gives nothing", async () => {
  using fixture = new Fixture();
  const other = fixture.make("arya");
  const keyOfOther = valueIn(await fixture.script(other), "KEY");
  const path = fixture.make("john-snow");
  fixture.clock.pass(LINE_MS);
  await fixture.isClosed(path, ["", keyOfOther, path.slice(6)]);
  assert.deepEqual(fixture.credentials.users(), []);
});

Deno.test("a script that did not finish in time gets no credential, and takes no Pi out", async () => {
  using fixture = new Fixture();
  const known = fixture.make("john-snow");
  const first = valueIn(await fixture.script(known), "KEY");
  assert.equal((await fixture.post(`${known}/config`, first)).status, 200);
  assert.deepEqual(fixture.credentials.users(), ["john-snow"]);
  const late = fixture.make("john-snow");
  const key = valueIn(await fixture.script(late), "KEY");
  fixture.clock.pass(RUN_MS - 1);
  const inTime = await fixture.post(`${late}/progress`, key, { step: "installed" });
  assert.equal(inTime.status, 200);
  fixture.clock.pass(1);
  await fixture.isClosed(late, [key, first]);
  assert.deepEqual(fixture.credentials.users(), ["john-snow"], "it keeps what it had");
});
