/**
 * A client that guesses the hub's password is slowed down; a client that knows it can still log in.
 */

import assert from "node:assert/strict";
import { Access } from "../../../hub/http/access.ts";
import { Sessions } from "../../../hub/http/login_sessions.ts";
import { Refusals } from "../../../hub/live/refusals.ts";
import { Store } from "../../../hub/store/store.ts";
import { systemClock } from "../../../io/time/clock.ts";
import { LoginFlood, TYPED } from "../../support/limits/login_flood.ts";
import { errorOf, loginWith, session } from "../../support/page/hub_http.ts";
import { documentedLocation, Nginx } from "../../support/page/nginx.ts";
import { type Hub, startHub } from "../../support/program/programs.ts";
import { isInTime, patience } from "../../support/time/patience.ts";
import { until } from "../../support/time/until.ts";

/** The time limit for the owner's login. On a busy machine the test tries again. */
const OWNER_MS = 2000;
const PATIENT = { withinMs: 60_000 };
const BROWSERS = 150;

/** Waits until the flood has used up all free attempts. */
async function untilItCounts(flood: LoginFlood): Promise<void> {
  await until("the flood to be answered", () => flood.total > 2 * BROWSERS, PATIENT);
}

/** Every answer to `ask` must be 200, and one must come in time once this machine is less busy. */
async function untilInTime(what: string, ask: () => Promise<Response>): Promise<void> {
  await until(`${what} in time`, async () => {
    const startMs = performance.now();
    const response = await ask();
    assert.equal(response.status, 200, `${what}: ${await response.text()}`);
    return isInTime(performance.now() - startMs, OWNER_MS);
  }, PATIENT);
}

/** Asserts that no guess was right, and that all answers were refusals. */
function assertRefused(flood: LoginFlood): void {
  const strange = [...flood.answers.keys()].filter((status) => status !== 401 && status !== 429);
  assert.deepEqual(strange, []);
}

async function refusedLogins(hub: Hub): Promise<number> {
  const headers = { Authorization: `Bearer ${hub.password}` };
  const text = await (await hub.fetch("/metrics", { headers })).text();
  return Number(/^rpi_cluster_refused_total\{reason="page_login"\} (\d+)$/m.exec(text)?.[1]);
}

Deno.test("owner logs in beside a flood of wrong passwords from the same address, which log and metrics show", async () => {
  await using hub = await startHub();
  const cookie = await session(hub);
  {
    await using flood = new LoginFlood({ origin: hub.url, count: BROWSERS });
    await untilItCounts(flood);
    for (let count = 0; count < 3; count++) {
      await untilInTime("a login", () => loginWith(hub, hub.password));
      const headers = { Authorization: `Bearer ${hub.password}` };
      await untilInTime("a Bearer token", () => hub.fetch("/api/v1/nodes", { headers }));
      await untilInTime("a session", () => {
        return hub.fetch("/api/v1/nodes", { headers: { Cookie: cookie } });
      });
    }
    assertRefused(flood);
    const { total } = flood;
    assert.ok(await refusedLogins(hub) >= total);
  }
  await hub.process.line(
    /refused logins to the page: wrong password.*addresses="?127\.0\.0\.1 \(/,
    PATIENT,
  );
  const lines = hub.process.lines.filter((line) => line.includes("refused logins"));
  assert.ok(lines.length <= 3, lines.join("\n"));
  assert.ok(!hub.process.lines.some((line) => line.includes(TYPED)));
});

Deno.test("owner logs in from a new address beside a flood from many others", async () => {
  await using hub = await startHub();
  const clients = Array.from({ length: 30 }, (_, index) => {
    return Deno.createHttpClient({ localAddress: `127.0.1.${index + 1}` });
  });
  try {
    await using flood = new LoginFlood({ origin: hub.url, count: BROWSERS, clients });
    await untilItCounts(flood);
    for (let count = 0; count < 5; count++) {
      using client = Deno.createHttpClient({ localAddress: `127.0.2.${count + 1}` });
      await untilInTime("a login", () => {
        return fetch(`${hub.url}/api/v1/login`, {
          client,
          method: "POST",
          headers: { "Content-Type": "application/json" },
          body: JSON.stringify({ password: hub.password }),
        });
      });
    }
    assertRefused(flood);
  } finally {
    for (const client of clients) client.close();
  }
});

for (const trusted of ["", "127.0.0.1"]) {
  const whom = trusted === "" ? "that the hub does not know" : "that the hub trusts";
  Deno.test(`owner logs in through a proxy ${whom}, beside a flood through it`, async () => {
    await using hub = await startHub({ hub: { trusted_proxies: trusted } });
    await using nginx = await Nginx.start(documentedLocation(hub.url));
    using client = Deno.createHttpClient({
      caCerts: [Deno.readTextFileSync(nginx.authority.caFile)],
    });
    const origin = `https://127.0.0.1:${nginx.port}`;
    await using flood = new LoginFlood({ origin, count: BROWSERS, clients: [client] });
    await untilItCounts(flood);
    for (let count = 0; count < 5; count++) {
      await untilInTime("a login", () => {
        return fetch(`${origin}/api/v1/login`, {
          client,
          method: "POST",
          headers: { "Content-Type": "application/json", Origin: origin },
          body: JSON.stringify({ password: hub.password }),
        });
      });
    }
    assertRefused(flood);
  });
}

/** One password can be guessed, the other cannot. */
const PASSWORDS = ["hunter2", "correct horse battery staple"] as const;

for (const password of PASSWORDS) {
  const isLong = password.length >= 20;
  const outcome = isLong ? "is compared at once" : "is put off, right or wrong";
  Deno.test(`a password of ${password.length} characters ${outcome} where too many wait`, async () => {
    using store = new Store(":memory:");
    using sessions = new Sessions(store, systemClock, password);
    const refusals = new Refusals();
    const access = new Access({ password, sessions, clock: systemClock, refusals });
    const home = new AbortController();
    const ask = (text: string) => access.login(text, "192.0.2.1", home.signal);
    for (let count = 0; count < 5; count++) assert.equal((await ask("wrong")).kind, "wrong");
    const waiting = Array.from({ length: 192 }, () => ask("wrong"));
    const putOff = { kind: "too_many", retryAfterS: 1 };
    assert.deepEqual(await ask("wrong"), putOff);
    assert.deepEqual(await ask(password), isLong ? { kind: "admitted" } : putOff);
    // Another address, from which nobody guessed.
    const other = await access.login(password, "192.0.2.2", home.signal);
    assert.equal(other.kind, "admitted");
    assert.equal(refusals.counts.get("page_login"), isLong ? 6 : 7);
    assert.deepEqual(
      new Set((await Promise.all(waiting)).map(({ kind }) => kind)),
      new Set(["wrong"]),
    );
    assert.equal((await ask(password)).kind, "admitted");
  });
}

function accessWith(sessions: Sessions): Access {
  const refusals = new Refusals();
  return new Access({ password: "password", sessions, clock: systemClock, refusals });
}

Deno.test("a guess whose sender hangs up before its turn is not looked at", async () => {
  using store = new Store(":memory:");
  using sessions = new Sessions(store, systemClock, "password");
  const access = accessWith(sessions);
  const stays = new AbortController();
  for (let count = 0; count < 5; count++) await access.login("wrong", "192.0.2.1", stays.signal);
  const hangsUp = new AbortController();
  const guess = access.login("password", "192.0.2.1", hangsUp.signal);
  hangsUp.abort();
  assert.notEqual((await guess).kind, "admitted");
  assert.equal((await access.login("password", "192.0.2.1", stays.signal)).kind, "admitted");
});

for (const framing of ["Content-Length", "chunked"]) {
  Deno.test(`a login (${framing}) whose browser hangs up before its turn begins no session`, async () => {
    await using hub = await startHub();
    const cookie = await session(hub);
    for (let count = 0; count < 5; count++) await errorOf(await loginWith(hub, "wrong"), 401);
    const { hostname, port } = new URL(hub.url);
    const body = JSON.stringify({ password: hub.password });
    const framed = framing === "chunked"
      ? `Transfer-Encoding: chunked\r\n\r\n${body.length.toString(16)}\r\n${body}\r\n0\r\n\r\n`
      : `Content-Length: ${body.length}\r\n\r\n${body}`;
    const login = "POST /api/v1/login HTTP/1.1\r\nHost: hub\r\nContent-Type: application/json\r\n";
    const browser = await Deno.connect({ hostname, port: Number(port) });
    await browser.write(new TextEncoder().encode(login + framed));
    browser.close();
    // This one arrives later, so its turn is later.
    await errorOf(await loginWith(hub, "wrong"), 401);
    const response = await hub.fetch("/api/v1/sessions", { headers: { Cookie: cookie } });
    const { sessions } = await response.json();
    assert.equal(sessions.length, 1);
  });
}

Deno.test("guesses of one IPv6 network of 64 bits count as those of one address", async () => {
  using store = new Store(":memory:");
  using sessions = new Sessions(store, systemClock, "password");
  const access = accessWith(sessions);
  const { signal } = new AbortController();
  for (let count = 1; count <= 5; count++) {
    await access.login("wrong", `2001:db8:0:7::${count}`, signal);
  }
  const waits = async (address: string) => {
    const hurry = new AbortController();
    const login = access.login("password", address, hurry.signal);
    hurry.abort();
    return (await login).kind !== "admitted";
  };
  for (const same of ["2001:db8::7:1:2:3:4", "2001:0db8:0:7:ffff::", "2001:db8:0:7::1"]) {
    assert.equal(await waits(same), true, same);
  }
  assert.equal(await waits("2001:db8:0:8::1"), false);
});

Deno.test("a delayed login or Bearer token gets status 429 with the time to retry", async () => {
  await using hub = await startHub({ hub: { password: "hunter2" } });
  await hub.process.line(/warning .*the page's password is short/);
  const waiting = new AbortController();
  const ask = (body: string, signal: AbortSignal) =>
    fetch(`${hub.url}/api/v1/login`, {
      method: "POST",
      headers: { "Content-Type": "application/json" },
      body,
      signal,
    });
  const wrong = JSON.stringify({ password: "wrong" });
  for (let count = 0; count < 5; count++) {
    assert.equal(await errorOf(await ask(wrong, waiting.signal), 401), "unauthorized");
  }
  // More than the hub lets wait of one address, again and again until the test has seen enough.
  const load = Array.from({ length: 300 }, async () => {
    while (!waiting.signal.aborted) {
      await ask(wrong, waiting.signal).then((response) => response.body?.cancel()).catch(() => {});
    }
  });
  const isPutOff = async (send: () => Promise<Response>) => {
    const response = await send();
    if (response.status !== 429) {
      await response.body?.cancel();
      return false;
    }
    assert.equal(response.headers.get("retry-after"), "1");
    assert.equal(await errorOf(response, 429), "too_many_attempts");
    return true;
  };
  const headers = { Authorization: "Bearer hunter2" };
  try {
    const right = JSON.stringify({ password: "hunter2" });
    await until("a login to be put off", () => isPutOff(() => ask(right, waiting.signal)), PATIENT);
    await until("a Bearer token to be put off", () => {
      return isPutOff(() => hub.fetch("/api/v1/nodes", { headers }));
    }, PATIENT);
  } finally {
    waiting.abort();
    await Promise.all(load);
  }
  await until("the owner to log in", async () => {
    const response = await ask(
      JSON.stringify({ password: "hunter2" }),
      AbortSignal.timeout(patience(10_000)),
    );
    await response.body?.cancel();
    return response.ok;
  }, PATIENT);
});
