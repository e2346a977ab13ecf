/** What the first view says of upgrades. */

import assert from "node:assert/strict";
import type { NodeView } from "../../../core/api/node_view.ts";
import type { UpgradeView } from "../../../core/api/upgrade_view.ts";
import { rolloutOf } from "../../../web/upgrade/rollout.ts";
import { node } from "../../support/page/page_views.ts";

const NONE: UpgradeView = { available: null, step: null, version: null, failure: null };

function pi(
  id: string,
  upgrade: Partial<UpgradeView> | null,
  more: Partial<NodeView> = {},
): NodeView {
  return node(id, "alive", { upgrade: upgrade && { ...NONE, ...upgrade }, ...more });
}

function summary(nodes: readonly NodeView[]) {
  const rollout = rolloutOf(nodes);
  return rollout && {
    ...rollout,
    available: rollout.available.map(({ id }) => id),
    current: rollout.current?.id,
    stoppedAt: rollout.stoppedAt?.id,
  };
}

Deno.test("a cluster without upgrades says nothing of them", () => {
  assert.equal(rolloutOf([]), undefined);
  assert.equal(rolloutOf([pi("arya", null, { outdated: true }), pi("bran", {})]), undefined);
  assert.equal(rolloutOf([pi("arya", { step: "done", version: "0.2.0" })]), undefined);
});

Deno.test("Pis that are up, and for which there is a newer version, can be upgraded", () => {
  const nodes = [
    pi("arya", { available: "0.2.0" }),
    pi("bran", { available: "0.2.0" }, { liveness: "dead" }),
    pi("john-snow", { available: "0.2.0", step: "failed", failure: "checksum" }),
    pi("sansa", null),
  ];
  assert.deepEqual(summary(nodes), {
    available: ["arya", "john-snow"],
    current: undefined,
    done: 0,
    waiting: 0,
    stoppedAt: undefined,
  });
});

Deno.test("a row of upgrades shows the current one, and how many are done and wait", () => {
  const version = "0.2.0";
  const nodes = [
    pi("arya", { step: "done", version }),
    pi("bran", { step: "running", version, available: version }),
    pi("catelyn", { step: "done", version: "0.1.9" }),
    pi("john-snow", { step: "waiting", version, available: version }),
  ];
  assert.deepEqual(summary(nodes), {
    available: [],
    current: "bran",
    done: 1,
    waiting: 1,
    stoppedAt: undefined,
  });
});

Deno.test("a row that has stopped names the Pi at which it did", () => {
  const nodes = [
    pi("arya", { step: "failed", failure: "not_up", available: "0.2.0" }),
    pi("bran", { step: "failed", failure: "signature", available: "0.2.0" }),
    pi("john-snow", { step: "failed", failure: "stopped", available: "0.2.0" }),
  ];
  assert.equal(summary(nodes)?.stoppedAt, "bran");
});
