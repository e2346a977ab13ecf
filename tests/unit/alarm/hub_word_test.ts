/** The word of a hub that is heard by several brokers, and of two hubs on one. */

import assert from "node:assert/strict";
import {
  confirmedView,
  doubtAt,
  hearEcho,
  hearStatus,
  hearView,
  hearVisibility,
  type HubWord,
  newHubWord,
} from "../../../core/alarm/hub_word.ts";
import { lastWill } from "../../support/detection/cluster_score.ts";
import { view } from "../../support/detection/hub_score.ts";
import { HUB, hubSays } from "../../support/detection/watch_score.ts";

const PARTNER = "hub-of-the-attic";

function echoOf(observer: string, link = 0) {
  return { kind: "echo", node: undefined, observer, seq: 1, view: 1, link } as const;
}

/** A word that counts: the hub was heard by both brokers at 1 s. */
function trusted(): HubWord {
  const word = newHubWord();
  hearVisibility(word, false, 0);
  hearView(word, view(1), 900);
  hearEcho(word, echoOf(HUB), 1000);
  hearEcho(word, echoOf(HUB, 1), 1001);
  assert.equal(doubtAt(word, 1002), undefined);
  return word;
}

Deno.test("one broker's last will of a hub that the other one has does not make it gone", () => {
  const word = trusted();
  hearStatus(word, { ...hubSays(lastWill(HUB)), link: 1 }, 2000);
  assert.equal(doubtAt(word, 2000), undefined);
  // Heard by nobody since, it is gone by the other one's will.
  hearStatus(word, { ...hubSays(lastWill(HUB)), link: 0 }, 9000);
  assert.equal(doubtAt(word, 9000), "gone");
});

Deno.test("the last wills of both brokers, one after the other, make it gone", () => {
  const word = trusted();
  hearStatus(word, { ...hubSays(lastWill(HUB)), link: 1 }, 2000);
  hearStatus(word, { ...hubSays(lastWill(HUB)), link: 0 }, 2001);
  assert.equal(doubtAt(word, 2001), "gone");
});

Deno.test("a second hub is not followed while the first one is heard", () => {
  const word = trusted();
  hearView(word, { ...view(7), session: PARTNER }, 2000);
  hearEcho(word, { ...echoOf(PARTNER), view: 7 }, 2001);
  assert.equal(word.session, HUB);
  assert.equal(confirmedView(word)?.number, 1);
  assert.equal(doubtAt(word, 6000), undefined);
  // It is followed when the first one is silent, with the view that it published before.
  hearEcho(word, { ...echoOf(PARTNER), view: 7 }, 7002);
  assert.equal(confirmedView(word)?.session, PARTNER);
  assert.equal(doubtAt(word, 7002), undefined);
});
