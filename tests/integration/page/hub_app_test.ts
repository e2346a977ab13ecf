/** The HTTP app of a hub inside this process: what it answers when its parts are missing or fail. */

import assert from "node:assert/strict";
import type { RefusalView } from "../../../core/api/refusal_view.ts";
import { HubActions } from "../../../hub/actions/cluster_actions.ts";
import { NodeActions } from "../../../hub/actions/node_actions.ts";
import { HubAlarm } from "../../../hub/alarm/alarm.ts";
import { Credentials } from "../../../hub/credentials/credentials.ts";
import { GivenLinks } from "../../../hub/live/given_links.ts";
import { passwordFile } from "../../../hub/credentials/enrol.ts";
import { TestActions } from "../../../hub/delivery/test_actions.ts";
import { createApp } from "../../../hub/front/app.ts";
import { Availability } from "../../../hub/history/availability.ts";
import { VitalsHistory } from "../../../hub/history/vitals_history.ts";
import { Access } from "../../../hub/http/access.ts";
import { Sessions } from "../../../hub/http/login_sessions.ts";
import { isOfPrograms } from "../../../hub/http/page_files.ts";
import { JoinOffers } from "../../../hub/join/join_offers.ts";
import { Joins } from "../../../hub/join/joins.ts";
import { PackageFolder } from "../../../hub/join/package_folder.ts";
import { Feed } from "../../../hub/live/feed.ts";
import { Metrics } from "../../../hub/live/metrics.ts";
import { Projection } from "../../../hub/live/projection.ts";
import { Refusals } from "../../../hub/live/refusals.ts";
import { Store } from "../../../hub/store/store.ts";
import { Upgrades } from "../../../hub/update/upgrades.ts";
import { loadConfig } from "../../../io/config/config_file.ts";
import { configureLog } from "../../../io/log/log.ts";
import { systemClock } from "../../../io/time/clock.ts";
import { errorOf } from "../../support/page/hub_http.ts";
import { ApiDocument } from "../../support/page/openapi.ts";
import { TemporaryFolder } from "../../support/program/temporary_folder.ts";

/** Actions without a monitor. */
function actionsOver(store: Store): HubActions {
  const alarm = new HubAlarm({ store, clock: systemClock, publish: () => {} });
  return new HubActions({
    alarm,
    clock: systemClock,
    act: () => Promise.resolve(new Set<number>()),
  });
}

/** What adds nodes, without a monitor. */
function additionsOver(store: Store, folder: TemporaryFolder) {
  const path = folder.write("config.ini", `[hub]\nstate = ${folder.path}\n`);
  const config = loadConfig({ path, explicit: true, environment: () => undefined });
  const credentials = new Credentials(passwordFile(config));
  const nodeActions = new NodeActions({
    config,
    credentials,
    store,
    links: new GivenLinks(store),
    feed: { nodeChanged: () => {} },
    act: () => Promise.resolve(),
    identity: () => undefined,
  });
  const joins = new Joins({ clock: systemClock, onChange: () => {} });
  const packages = new PackageFolder(folder.file("packages"));
  const upgrades = new Upgrades({
    clock: systemClock,
    versions: () => packages.versions(),
    send: () => {},
    onChange: () => {},
  });
  const joinOffers = new JoinOffers({
    config,
    joins,
    nodeActions,
    packages,
    identity: () => undefined,
    canSign: false,
  });
  const update = { credentials, signingKey: undefined, upgrades };
  return { nodeActions, joins, joinOffers, packages, ...update };
}

/** The application with an empty in-memory store, open to everyone, without a page. */
function appOver(
  store: Store,
  sessions: Sessions,
  folder: TemporaryFolder,
  refusals = new Refusals(),
) {
  const projection = new Projection(systemClock);
  projection.askRefused(() => refusals.active());
  return createApp({
    access: new Access({ password: "password", sessions, clock: systemClock, refusals }),
    actions: actionsOver(store),
    availability: new Availability(store, projection, systemClock),
    testActions: new TestActions({
      onDelivery: () => {},
      targets: [],
      clock: systemClock,
      stop: new AbortController().signal,
      publish: () => Promise.resolve(false),
    }),
    ...additionsOver(store, folder),
    feed: new Feed(projection, store, systemClock),
    metrics: new Metrics({ projection, store, refusals, clock: systemClock }),
    projection,
    refusals,
    store,
    vitals: new VitalsHistory(store, systemClock),
    pageFolder: folder.file("absent"),
    publicStatus: true,
    names: new Set(),
    trustedProxies: [],
    identity: () => undefined,
    plain: "lan",
    backup: () => null,
  });
}

Deno.test("hub shows refused clients to the owner, and not to guests", async () => {
  using store = new Store(":memory:");
  using folder = new TemporaryFolder();
  using sessions = new Sessions(store, systemClock, "password");
  const refusals = new Refusals();
  const app = appOver(store, sessions, folder, refusals);
  for (let index = 0; index < 30; index++) refusals.note("broker_login", "2001:db8:1:2::7");
  refusals.note("page_login", "192.168.1.9");
  const owner = { headers: { Authorization: "Bearer password" } };
  const answer = await (await app.request("/api/v1/refusals", owner)).json();
  const document = await ApiDocument.from({ fetch: (path) => app.request(path) });
  document.assertSays("Refusals", answer);
  assert.deepEqual(
    answer.clients.map((client: RefusalView & { active: boolean }) => {
      const { reason, from, count, active } = client;
      return [reason, from, count, active];
    }),
    [
      ["broker_login", "2001:db8:1:2::/64", 30, true],
      ["page_login", "192.168.1.9", 1, false],
    ],
  );
  const status = await (await app.request("/api/v1/status", owner)).json();
  document.assertSays("Status", status);
  assert.deepEqual(status.refused.map(({ from }: RefusalView) => from), ["2001:db8:1:2::/64"]);
  assert.equal(await errorOf(await app.request("/api/v1/refusals"), 401), "unauthorized");
  const ofGuest = await (await app.request("/api/v1/status")).json();
  assert.deepEqual(ofGuest.refused, []);
});

Deno.test("the OpenAPI document has every operation that the hub has", async () => {
  using store = new Store(":memory:");
  using folder = new TemporaryFolder();
  using sessions = new Sessions(store, systemClock, "password");
  const app = appOver(store, sessions, folder);
  const { operations } = await ApiDocument.from({ fetch: (path) => app.request(path) });
  const routes = app.routes.filter(({ method, path }) => method !== "ALL" && isOfPrograms(path))
    .map(({ method, path }) => `${method} ${path.replace(":id", "{id}")}`);
  assert.ok(routes.length > 20);
  assert.deepEqual(
    [...new Set(routes)].toSorted(),
    operations.map(({ method, path }) => `${method} ${path}`).toSorted(),
  );
});

Deno.test("hub whose page is missing still answers everything else", async () => {
  using store = new Store(":memory:");
  using folder = new TemporaryFolder();
  using sessions = new Sessions(store, systemClock, "password");
  const app = appOver(store, sessions, folder);
  assert.equal(await errorOf(await app.request("/"), 404), "not_found");
  assert.equal((await app.request("/healthz")).status, 200);
  assert.deepEqual(await (await app.request("/api/v1/nodes")).json(), { blind: true, nodes: [] });
});

Deno.test("hub that cannot answer logs the stack, and sends no details to the browser", async () => {
  using folder = new TemporaryFolder();
  const store = new Store(":memory:");
  using sessions = new Sessions(store, systemClock, "password");
  const app = appOver(store, sessions, folder);
  store[Symbol.dispose]();
  const lines: string[] = [];
  const write = (line: string) => lines.push(line);
  using _log = configureLog({ level: "info", format: "text", systemd: false, write });
  const response = await app.request("/api/v1/incidents");
  const text = await response.clone().text();
  assert.equal(await errorOf(response, 500), "internal");
  assert.doesNotMatch(text, /database|statement/i);
  assert.match(lines.join("\n"), / error http {2}cannot answer .*database.*\\n {4}at /);
});
