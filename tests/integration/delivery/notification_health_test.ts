/** Whether anybody would be told, by what is on disk: a hub knows it as soon as it starts. */

import assert from "node:assert/strict";
import { subjectKey } from "../../../core/alerting/alert.ts";
import type { NotificationView } from "../../../core/alerting/notification.ts";
import { NotificationHealth } from "../../../hub/delivery/notification_health.ts";
import { NEVER_MS } from "../../../hub/store/database/instants.ts";
import type { Outcome } from "../../../hub/store/outbox/outbox_rows.ts";
import { Store } from "../../../hub/store/store.ts";
import { TemporaryFolder } from "../../support/program/temporary_folder.ts";
import { HandClock } from "../../support/time/hand_clock.ts";

const MINUTE_MS = 60_000;
const ACCEPTED = { kind: "accepted", reference: "SM1" } as const;
const REFUSED = { kind: "refused", why: "no" } as const;

/** A database that hubs open one after the other. */
class Fixture implements Disposable {
  readonly clock = new HandClock();
  readonly shown: NotificationView[] = [];
  readonly #folder = new TemporaryFolder();
  store = this.#open();
  health = this.#start();

  restart(): void {
    this.store[Symbol.dispose]();
    this.store = this.#open();
    this.health = this.#start();
  }

  /** A message that ended so, a minute after the one before. */
  ended(
    state: Outcome["state"],
    more: { readonly channel?: string; readonly dueAtMs?: number } = {},
  ) {
    const { channel = "twilio", dueAtMs = NEVER_MS } = more;
    this.clock.moveTo(this.clock.nowMs() + MINUTE_MS);
    const message = { route: "people", recipient: "+49", text: "x", items: [] };
    const { outbox } = this.store;
    const atMs = this.clock.wallMs(this.clock.nowMs());
    const id = outbox.add({ ...message, channel, incidentIds: [], atMs });
    outbox.beginAttempt(id);
    outbox.settle(id, { state, isUncertain: false, dueAtMs });
    this.health.look();
  }

  get state(): string {
    return this.health.view.channels.map(({ state }) => state).join();
  }

  [Symbol.dispose](): void {
    this.store[Symbol.dispose]();
    this.#folder[Symbol.dispose]();
  }

  #start(): NotificationHealth {
    const health = new NotificationHealth({
      channels: [{ name: "twilio" }],
      isInOrder: false,
      store: this.store,
      clock: this.clock,
      onChange: (view) => this.shown.push(view),
    });
    health.look();
    return health;
  }

  #open(): Store {
    return new Store(this.#folder.file("hub.db"));
  }
}

Deno.test("three messages in a row that were refused or never arrived make a channel that fails", () => {
  using fixture = new Fixture();
  fixture.ended("delivered");
  for (const state of ["refused", "expired"] as const) fixture.ended(state);
  assert.equal(fixture.state, "works");
  fixture.ended("refused");
  assert.deepEqual([fixture.state, fixture.health.view.state], ["failing", "failing"]);
  assert.deepEqual(fixture.shown.map(({ state }) => state), ["works", "failing"]);
  fixture.restart();
  assert.equal(fixture.state, "failing");
  fixture.ended("delivered");
  assert.equal(fixture.state, "works");
});

Deno.test("messages of which a network never says whether they arrive are no failures", () => {
  using fixture = new Fixture();
  for (let count = 0; count < 5; count++) fixture.ended("expired");
  assert.equal(fixture.state, "works");
  fixture.ended("delivered");
  for (let count = 0; count < 3; count++) fixture.ended("expired");
  assert.equal(fixture.state, "failing");
});

Deno.test("what waits, joined another or went elsewhere while the channel was down is no failure", () => {
  using fixture = new Fixture();
  for (let count = 0; count < 3; count++) {
    fixture.ended("merged");
    fixture.ended("pending", { dueAtMs: 0 });
    fixture.ended("refused", { dueAtMs: 0 });
    fixture.ended("refused", { channel: "webhook" });
  }
  assert.equal(fixture.state, "works");
});

Deno.test("a test message that is taken ends the failures before it, also for the next hub", () => {
  using fixture = new Fixture();
  for (let count = 0; count < 3; count++) fixture.ended("refused");
  fixture.clock.moveTo(fixture.clock.nowMs() + MINUTE_MS);
  fixture.health.noteTest("twilio", REFUSED);
  assert.equal(fixture.state, "failing");
  fixture.health.noteTest("twilio", ACCEPTED);
  assert.equal(fixture.state, "works");
  fixture.restart();
  assert.equal(fixture.state, "works");
  for (let count = 0; count < 3; count++) fixture.ended("refused");
  assert.equal(fixture.state, "failing");
});

Deno.test("a channel that took no messages when the hub stopped takes none until the contrary is known", () => {
  using fixture = new Fixture();
  const subject = subjectKey({ kind: "uplink", channel: "twilio" });
  const about = {
    kind: "uplink",
    node: "",
    name: "twilio",
    cause: { kind: "other", text: "63038" },
  } as const;
  fixture.store.incidents.open({ ...about, subject, diedAtMs: fixture.clock.wallMs(0) });
  fixture.restart();
  assert.equal(fixture.state, "down");
  const report = { kind: "uplink", channel: "twilio", cause: "", sinceMs: 0 } as const;
  fixture.health.noteProvider({ ...report, up: true });
  assert.equal(fixture.state, "works");
  fixture.health.noteProvider({ ...report, up: false });
  assert.equal(fixture.health.view.state, "failing");
});
