/** What the page makes of what a person types and chooses. */

import assert from "node:assert/strict";
import { idOf, isNodeId } from "../../../web/add_page/node_id.ts";
import {
  filterOf,
  NO_FILTER,
  questionOf,
  searchOf,
} from "../../../web/incidents_page/incident_filter.ts";
import { browserOf } from "../../../web/sessions_page/browser_name.ts";

const NOW_MS = Date.parse("2026-03-08T13:02:11.000Z");

Deno.test("an id is made of a name as a person would", () => {
  const ids = {
    "John Snow": "john-snow",
    "  Küche (oben) #2 ": "kuche-oben-2",
    "Straße": "strasse",
    "Ærø": "r",
    "日本": "",
    "<script>": "script",
    [`${"a".repeat(62)} b`]: "a".repeat(62),
  };
  for (const [name, id] of Object.entries(ids)) {
    assert.equal(idOf(name), id, name);
    assert.equal(isNodeId(id), id !== "", name);
  }
  assert.ok(!isNodeId("John"));
  assert.ok(!isNodeId("a".repeat(64)));
});

Deno.test("a filter survives the address, and nonsense there is no filter", () => {
  const filter = { node: "john-snow", kind: "flapping", days: "30", open: true } as const;
  assert.equal(searchOf(filter), "?node=john-snow&kind=flapping&days=30&open=1");
  assert.deepEqual(filterOf(searchOf(filter)), filter);
  assert.equal(searchOf(NO_FILTER), "");
  assert.deepEqual(filterOf("?kind=murder&days=-1&open=yes&x=1"), NO_FILTER);
});

Deno.test("the hub is asked by instants of its own time, on whole minutes", () => {
  const filter = { node: "a&b", kind: "", days: "7", open: false } as const;
  assert.equal(
    questionOf(filter, NOW_MS, 100),
    "?node=a%26b&from=2026-03-01T13%3A02%3A00.000Z&limit=100",
  );
  assert.equal(questionOf(NO_FILTER, NOW_MS), "");
});

Deno.test("a browser is known by its name and its system", () => {
  const chrome = "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) " +
    "HeadlessChrome/140.0.0.0 Safari/537.36";
  assert.deepEqual(browserOf(chrome), { browser: "Chrome", system: "Linux" });
  const phone = "Mozilla/5.0 (iPhone; CPU iPhone OS 18_0 like Mac OS X) AppleWebKit/605.1.15 " +
    "(KHTML, like Gecko) Version/18.0 Mobile/15E148 Safari/604.1";
  assert.deepEqual(browserOf(phone), { browser: "Safari", system: "iPhone" });
  const edge =
    "Mozilla/5.0 (Windows NT 10.0) AppleWebKit/537.36 Chrome/140.0 Safari/537.36 Edg/140";
  assert.deepEqual(browserOf(edge), { browser: "Edge", system: "Windows" });
  assert.deepEqual(browserOf("<b>evil</b>"), { browser: undefined, system: undefined });
});
