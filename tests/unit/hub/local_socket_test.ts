import assert from "node:assert/strict";
import { isTooLong, localSocketOf, localSockets } from "../../../hub/commands/local_socket.ts";

const STATE = "/var/lib/rpi-cluster-alert";

Deno.test("a hub listens in the folder of its unit, one without unit in its state folder", () => {
  const ofUnit = localSocketOf(STATE, "/run/rpi-cluster-hub");
  assert.match(ofUnit, /^\/run\/rpi-cluster-hub\/[0-9a-f]{16}\.sock$/);
  assert.equal(localSocketOf(STATE, "/run/other:/run/rpi-cluster-hub"), ofUnit);
  for (const folders of [undefined, "", "/run/other", "/run/rpi-cluster-hub-2"]) {
    assert.equal(localSocketOf(STATE, folders), `${STATE}/hub.sock`);
  }
});

Deno.test("a command looks wherever a hub of its state folder may listen, and nowhere else", () => {
  const places = localSockets(STATE);
  for (const folders of [undefined, "/run/rpi-cluster-hub"]) {
    assert.ok(places.includes(localSocketOf(STATE, folders)));
    assert.ok(!places.includes(localSocketOf("/var/lib/other", folders)));
  }
});

Deno.test("a path with more bytes than the kernel accepts is detected", () => {
  assert.equal(isTooLong("/".padEnd(107, "x")), false);
  assert.equal(isTooLong("/".padEnd(108, "x")), true);
  assert.equal(isTooLong("/".padEnd(60, "ä")), true);
});
