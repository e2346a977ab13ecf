import assert from "node:assert/strict";
import { newClientId } from "../../../io/mqtt/client_id.ts";

Deno.test("a client id names its program, and nobody can guess it", () => {
  for (const program of ["agent", "tracker", "hub", "doctor"] as const) {
    const ids = new Set(Array.from({ length: 1000 }, () => newClientId(program)));
    assert.equal(ids.size, 1000);
    // The ids that every broker accepts: MQTT 3.1.1, 3.1.3.1.
    for (const id of ids) assert.match(id, /^(?=.{23}$)(agent|tracker|hub|doctor)[0-9a-v]{16,}$/);
  }
});
