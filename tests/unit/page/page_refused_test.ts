/** What helps against somebody who is refused again and again. */

import assert from "node:assert/strict";
import type { RefusalReason, RefusalView } from "../../../core/api/refusal_view.ts";
import { REFUSAL_REASONS } from "../../../core/limits/refusal_report.ts";
import { refusedAdvice, refusedNode } from "../../../web/refused/refused.ts";
import { text } from "../../../web/texts/texts.ts";
import { AT } from "../../support/page/page_views.ts";

function refusal(reason: RefusalReason, from: string | null): RefusalView {
  return { reason, from, count: 40, since: AT, last: AT };
}

Deno.test("what helps depends on who is refused what", () => {
  const found = [
    ["rate", "pi-7", "revoke"],
    ["forbidden", "pi-7", "revoke"],
    ["sessions", "pi-7", "revoke"],
    ["nodes", "pi-20001", "second_hub"],
    ["broker_nodes", "pi-2001", "mosquitto"],
    ["rate", "rpi-cluster/v1/alarm", "presses"],
    ["broker_login", "192.168.1.9", "enrol"],
    ["broker_login", "127.0.0.1", "local"],
    ["half_open", "203.0.113.9", "firewall"],
    ["page_login", "2001:db8:1:2::/64", "firewall"],
    ["page_login", "127.0.0.1", "proxy"],
    ["viewers", "::1", "proxy"],
    ["page_login", null, "many"],
  ] as const;
  for (const [reason, from, advice] of found) {
    assert.equal(refusedAdvice(refusal(reason, from)), advice, `${reason} ${from}`);
  }
  assert.equal(refusedNode(refusal("rate", "pi-7")), "pi-7");
  assert.equal(refusedNode(refusal("page_login", "pi-7")), undefined);
});

Deno.test("each reason has its words", () => {
  for (const reason of REFUSAL_REASONS) assert.ok(text(`refused.reason_${reason}`).length > 10);
});
