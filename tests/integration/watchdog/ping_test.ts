/** One ping to a watcher that can fail in every way: a real HTTP server. */

import assert from "node:assert/strict";
import type { PingError } from "../../../core/watchdog/watchdog.ts";
import { Cleaner } from "../../../hub/notify/http/reason.ts";
import { ping } from "../../../hub/watchdog/ping.ts";
import { failureRequest, successRequest } from "../../../hub/watchdog/ping_request.ts";
import { type WebhookBehaviour, WebhookDouble } from "../../support/delivery/webhook_double.ts";
import { freePort } from "../../support/network/free_port.ts";
import { scaled } from "../../support/time/patience.ts";

const SECRET = "/ping/5b8f2a1c-secret-of-the-check";

function watcher(): WebhookDouble {
  return new WebhookDouble(() => ({ status: 200, json: "OK" }));
}

async function pinged(url: string, timeoutMs = scaled(2000)): Promise<PingError | undefined> {
  const stop = new AbortController();
  const cleaner = new Cleaner([url]);
  return await ping(successRequest({ url }), { stop: stop.signal, cleaner, timeoutMs });
}

async function answered(behaviour: WebhookBehaviour, timeoutMs?: number) {
  await using double = watcher();
  double.otherwise(behaviour);
  const error = await pinged(double.url + SECRET, timeoutMs);
  assert.ok(!JSON.stringify(error ?? {}).includes("secret-of-the-check"), "the URL was told");
  return error;
}

Deno.test("a ping is a GET of the URL as it is written", async () => {
  await using double = watcher();
  assert.equal(await pinged(`${double.url + SECRET}?rid=1`), undefined);
  const [request] = double.requests;
  assert.equal(request?.method, "GET");
  assert.equal(request?.path, `${SECRET}?rid=1`);
  assert.match(request?.headers.get("user-agent") ?? "", /^rpi-cluster-alert\//);
});

Deno.test("every way in which a watcher can fail is told as a code, without the URL", async () => {
  const raw = (status: number, body = "") => ({ kind: "raw", status, body }) as const;
  const cases: readonly (readonly [WebhookBehaviour, PingError])[] = [
    [raw(404, `no such check: ${SECRET}`), {
      code: "refused",
      status: 404,
      said: "no such check: (secret)",
    }],
    [raw(500), { code: "refused", status: 500, said: "" }],
    [raw(200, "OK (not found)"), { code: "refused", status: 200, said: "OK (not found)" }],
    [raw(200, "<!doctype html><title>Log in</title>"), {
      code: "refused",
      status: 200,
      said: "a web page",
    }],
    [{ kind: "hang" }, { code: "no_answer" }],
  ];
  for (const [behaviour, error] of cases) {
    assert.deepEqual(await answered(behaviour, scaled(500)), error);
  }
  for (const kind of ["reset", "close"] as const) {
    assert.equal((await answered({ kind }))?.code, "unreachable", kind);
  }
  assert.equal((await pinged(`http://127.0.0.1:${freePort()}${SECRET}`))?.code, "unreachable");
  assert.equal((await pinged(`https://no-such-host.invalid${SECRET}`))?.code, "unreachable");
});

Deno.test("the status decides: a body that is long or never ends changes nothing", async () => {
  assert.equal(await answered({ kind: "huge_body", status: 200, bytes: 100_000 }), undefined);
  assert.equal(await answered({ kind: "slow_body", status: 200 }, scaled(500)), undefined);
});

Deno.test("a redirect is not followed: the secret goes to nobody else", async () => {
  await using elsewhere = watcher();
  for (const status of [301, 302, 307, 308]) {
    const headers = { Location: elsewhere.url + SECRET };
    assert.deepEqual(await answered({ kind: "raw", status, headers }), { code: "redirected" });
  }
  assert.deepEqual(elsewhere.requests, []);
});

Deno.test("a stop ends a ping that hangs at once", async () => {
  await using double = watcher();
  double.otherwise({ kind: "hang" });
  const stop = new AbortController();
  const url = double.url + SECRET;
  const cleaner = new Cleaner([url]);
  const under = ping(successRequest({ url }), { stop: stop.signal, cleaner, timeoutMs: 600_000 });
  await double.waitFor("requests", 1, 10_000);
  stop.abort();
  assert.deepEqual(await under, { code: "no_answer" });
});

Deno.test("Healthchecks and Better Stack are told of a fault at /fail, with the reason", () => {
  const url = "https://hc-ping.com/5b8f2a1c";
  assert.deepEqual(failureRequest({ url }, "the disk is full"), {
    url: `${url}/fail`,
    headers: { "Content-Type": "text/plain; charset=utf-8" },
    body: "the disk is full",
  });
  assert.equal(failureRequest({ url: `${url}/?rid=7` }, "x")?.url, `${url}/fail?rid=7`);
});

Deno.test("Uptime Kuma is told of both by its query", () => {
  const url = "https://kuma.example/api/push/abc?status=up&msg=OK&ping=";
  assert.equal(successRequest({ url }).url, url);
  const failure = failureRequest({ url }, `the disk is full ${"x".repeat(1000)}`);
  assert.equal(failure?.body, undefined);
  const query = new URL(failure?.url ?? "").searchParams;
  assert.equal(query.get("status"), "down");
  assert.match(query.get("msg") ?? "", /^the disk is full x+…$/);
  assert.ok((query.get("msg") ?? "").length <= 250);
});

Deno.test("a URL of its own for faults is used as it is, and none leaves silence", () => {
  const url = "https://example.org/alive";
  const failUrl = "https://example.org/broken?id=1";
  assert.equal(failureRequest({ url, failUrl }, "x")?.url, failUrl);
  assert.equal(failureRequest({ url, failUrl: "none" }, "x"), undefined);
});
