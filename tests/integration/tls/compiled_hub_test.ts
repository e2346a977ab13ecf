/** The executable of the hub makes its authority and serves page and broker with TLS. */

import assert from "node:assert/strict";
import { ownArchitecture } from "../../../scripts/permissions.ts";
import { isMissing } from "../../support/program/executable.ts";
import { startTlsHub } from "../../support/tls/tls_hub.ts";

Deno.test({
  name: "the compiled hub speaks TLS to browsers and nodes",
  ignore: isMissing("hub", ownArchitecture()),
  async fn() {
    await using hub = await startTlsHub({}, { compiled: true });
    const log = hub.process.lines.join("\n");
    assert.doesNotMatch(log, /has no TLS/);
    assert.equal((await hub.fetch("/healthz")).status, 200);
    await using client = await hub.client("john-snow");
    await client.subscribe("rpi-cluster/v1/#");
  },
});
