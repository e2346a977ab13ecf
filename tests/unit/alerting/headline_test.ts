import assert from "node:assert/strict";
import type { AlertItem } from "../../../core/alerting/alert.ts";
import { headlineOf } from "../../../core/alerting/message/headline.ts";
import { alertOf, back, down, flapping, stillDown } from "../../support/alerting/alert_items.ts";

function headline(...items: readonly AlertItem[]): string {
  const { severity, title } = headlineOf(alertOf(items));
  return `${severity}: ${title}`;
}

Deno.test("a headline says who is down, and how bad it is", () => {
  assert.equal(headline(down("John Snow")), "critical: John Snow is down");
  assert.equal(headline(stillDown("John Snow")), "critical: John Snow is still down");
  assert.match(headline(back("John Snow", 60_000)), /^resolved: John Snow is (up|back)/);
  assert.match(headline(flapping("John Snow")), /^warning: John Snow/);
});

Deno.test("a headline is short, however many it is about", () => {
  const names = Array.from({ length: 30 }, (_, index) => `Pi with a very long name ${index}`);
  const title = headline(...names.map((name) => down(name)), back("Arya", 60_000));
  assert.match(title, /^critical: .* and 27 more are down|^critical: /);
  assert.ok(title.length <= 110, title);
});

Deno.test("the worst news decides how bad a message is", () => {
  assert.match(headline(back("Arya", 60_000), down("John Snow")), /^critical: John Snow is down/);
});
