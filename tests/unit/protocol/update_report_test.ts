/** What nodes say of upgrades, and what a hub asks: hostile until decoded. */

import assert from "node:assert/strict";
import {
  decodeUpdate,
  decodeUpdateFile,
  isSameUpdate,
} from "../../../core/protocol/update_report.ts";
import { decodeUpdateRequest, encodeUpdateRequest } from "../../../core/protocol/update_request.ts";
import { encodeVitals } from "../../../core/protocol/wire_encoding.ts";
import { message, TOPICS } from "../../support/nodes/wire_messages.ts";

Deno.test("the updater's file says how far it is, and nothing else is believed", () => {
  const run = "0123456789abcdef";
  assert.deepEqual(decodeUpdateFile(`run=${run}\nstate=running\nfailure=\nversion=\n`), {
    state: "running",
    run,
  });
  assert.deepEqual(
    decodeUpdateFile(`run=${run}\nstate=failed\nfailure=signature\nversion=0.2.0\n`),
    { state: "failed", run, version: "0.2.0", failure: "signature" },
  );
  for (const text of ["", "state=", "state=dancing", "__proto__=x\nstate", "x".repeat(10_000)]) {
    assert.equal(decodeUpdateFile(text), undefined, text.slice(0, 20));
  }
  // A power cut may leave a part of it.
  assert.deepEqual(decodeUpdateFile("state=done\nrun=a b\nversion=../0.2.0"), { state: "done" });
});

Deno.test("a report of a newer agent keeps what this version knows", () => {
  assert.deepEqual(decodeUpdate({ state: "failed", failure: "cosmic_rays", more: 1 }), {
    state: "failed",
    failure: "other",
  });
  assert.deepEqual(decodeUpdate({ state: "failed" }), { state: "failed", failure: "other" });
  for (const value of [undefined, null, 7, "done", [], ["done"], { state: 1 }]) {
    assert.equal(decodeUpdate(value), undefined);
  }
});

Deno.test("reports are the same if they say the same", () => {
  const one = { state: "failed", run: "a", failure: "signature" } as const;
  assert.ok(isSameUpdate(one, { ...one }));
  assert.ok(isSameUpdate(undefined, undefined));
  for (const other of [undefined, { ...one, run: "b" }, { ...one, failure: "older" } as const]) {
    assert.equal(isSameUpdate(one, other), false);
  }
});

Deno.test("a report travels with the vitals, and is no vital", () => {
  const update = { state: "done", run: "a", version: "0.2.0" } as const;
  const vitals = { cpu: { value: 17, level: "ok" } } as const;
  const heard = message(TOPICS.vitals("arya"), encodeVitals("s", { vitals, update }));
  assert.deepEqual(heard, { kind: "vitals", session: "s", vitals, update });
  const wrong = message(
    TOPICS.vitals("arya"),
    JSON.stringify({ session: "s", ...vitals, update: { value: 3, level: "ok" } }),
  );
  assert.deepEqual(wrong, { kind: "vitals", session: "s", vitals });
});

Deno.test("a request names a version, and nothing that could be installed", () => {
  const request = { version: "0.2.0~rc1-1" };
  assert.deepEqual(decodeUpdateRequest(encodeUpdateRequest(request)), { ok: true, value: request });
  for (
    const payload of ["", "{}", "[]", '{"version":7}', '{"version":"$(reboot)"}', "x".repeat(9000)]
  ) {
    assert.equal(decodeUpdateRequest(payload).ok, false, payload.slice(0, 20));
  }
});
