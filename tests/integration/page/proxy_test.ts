/** The hub behind a real reverse proxy that is configured as the documents say. */

import assert from "node:assert/strict";
import { COOKIE, errorOf } from "../../support/page/hub_http.ts";
import { documentedLocation, Nginx } from "../../support/page/nginx.ts";
import { startHub } from "../../support/program/programs.ts";
import { within } from "../../support/time/until.ts";

/** A browser at the proxy: its page logs in and watches. */
class Browser implements Disposable {
  readonly origin: string;
  readonly #client: Deno.HttpClient;

  constructor(nginx: Nginx) {
    this.origin = `https://127.0.0.1:${nginx.port}`;
    this.#client = Deno.createHttpClient({
      caCerts: [Deno.readTextFileSync(nginx.authority.caFile)],
    });
  }

  async login(password: string, origin = this.origin): Promise<Response> {
    return await fetch(`${this.origin}/api/v1/login`, {
      client: this.#client,
      method: "POST",
      headers: { "Content-Type": "application/json", Origin: origin },
      body: JSON.stringify({ password }),
    });
  }

  /** Returns the first message of the feed; throws when there is none. */
  async snapshot(cookie: string): Promise<string> {
    const socket = new WebSocket(`${this.origin.replace("https", "wss")}/ws`, {
      client: this.#client,
      headers: { Cookie: cookie, Origin: this.origin },
    });
    const message = Promise.withResolvers<string>();
    socket.onmessage = ({ data }) => message.resolve(data);
    socket.onerror = (event) => {
      event.preventDefault();
      message.reject(new Error("the feed was refused"));
    };
    const closed = new Promise((resolve) => socket.onclose = resolve);
    try {
      return await within("a snapshot", message.promise);
    } finally {
      socket.close();
      await within("the feed to end", closed);
    }
  }

  [Symbol.dispose](): void {
    this.#client.close();
  }
}

for (const trusted of ["", "127.0.0.1"]) {
  const whom = trusted === "" ? "that it does not know" : "that it trusts";
  Deno.test(`hub serves its page through nginx on another port ${whom}, and no other page`, async () => {
    await using hub = await startHub({ hub: { trusted_proxies: trusted } });
    await using nginx = await Nginx.start(documentedLocation(hub.url));
    using browser = new Browser(nginx);
    const response = await browser.login(hub.password);
    assert.equal(response.status, 200, await response.text());
    const cookie = response.headers.get("set-cookie") ?? "";
    assert.match(cookie, new RegExp(`^${COOKIE}=.*; Secure`));
    const snapshot = await browser.snapshot(cookie.split(";")[0] ?? "");
    assert.equal(JSON.parse(snapshot).kind, "snapshot");
    for (const origin of ["https://127.0.0.1", `https://127.0.0.1:${nginx.port - 1}`]) {
      assert.equal(await errorOf(await browser.login(hub.password, origin), 403), "foreign_origin");
    }
    const plain = await browser.login(hub.password, browser.origin.replace("https", "http"));
    await plain.body?.cancel();
    // Only a trusted proxy can report that the page was loaded over TLS.
    assert.equal(plain.status, trusted === "" ? 200 : 403);
  });
}
