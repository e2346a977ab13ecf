/** A listener that strangers can neither stop nor delay. */

import assert from "node:assert/strict";
import { Acceptor } from "../../../hub/listen/acceptor.ts";
import { resetLoad } from "../../support/limits/reset_load.ts";
import { until, within } from "../../support/time/until.ts";

/**
 * For a machine that is busy with other tests; far less than a pause for each stranger would take.
 */
const PATIENT = { withinMs: 30_000 };

Deno.test("a client that hangs up before it is accepted delays nobody", async () => {
  let accepted = 0;
  const troubles: unknown[] = [];
  await using acceptor = new Acceptor({
    listen: { hostname: "127.0.0.1", port: 0 },
    onConnection(connection) {
      accepted++;
      connection.close();
    },
    onTrouble: (error) => troubles.push(error),
  });
  await resetLoad(acceptor.address.port, 1000);
  using connection = await Deno.connect(acceptor.address);
  const end = connection.read(new Uint8Array(1)).catch(() => null);
  assert.equal(await within("the connection to be accepted", end, PATIENT), null);
  assert.ok(accepted > 0);
  assert.deepEqual(troubles, []);
});

Deno.test("a connection with which something is wrong is closed, and the next one is accepted", async () => {
  let count = 0;
  const troubles: unknown[] = [];
  await using acceptor = new Acceptor({
    listen: { hostname: "127.0.0.1", port: 0 },
    onConnection(connection) {
      if (++count === 1) throw new Error("the first one");
      connection.close();
    },
    onTrouble: (error) => troubles.push(error),
  });
  for (let round = 0; round < 2; round++) {
    using connection = await Deno.connect(acceptor.address);
    assert.equal(await connection.read(new Uint8Array(1)).catch(() => null), null);
  }
  await until("both to have come", () => count === 2);
  assert.equal(troubles.length, 1);
});
