/** By what name people are told of a node, whatever strangers call themselves. */

import fc from "fast-check";
import assert from "node:assert/strict";
import { DisplayNames } from "../../../core/alerting/display_names.ts";
import { alertText } from "../../../core/alerting/message/message.ts";
import { cutText, nameOf } from "../../../core/alerting/message/names.ts";
import { smsParts } from "../../../core/alerting/sms.ts";
import { newNode, type NodeState } from "../../../core/detection/node_state.ts";
import { graphemesOf } from "../../../core/text/plain_text.ts";
import { alertOf, clock, down } from "../../support/alerting/alert_items.ts";

type Names = Readonly<Record<string, string | undefined>>;

function clusterOf(names: Names): Map<string, NodeState> {
  return new Map(
    Object.entries(names).map(([id, name]) => [id, { ...newNode(id, 0, true), name }]),
  );
}

function told(names: Names, id: string): string {
  return new DisplayNames().among(clusterOf(names))(id);
}

Deno.test("a name that is nobody else's is told as it is", () => {
  const names = {
    "john-snow": "John Snow",
    "pi-1": "pi-1",
    "pi-11": "Pi (upstairs)",
    "rack-1-11": "Rack 1-11",
    "rack-11-1": "Rack 11-1",
    "node-i": "node-i",
    "node-l": "node-l",
    "living-room": "living-room.local",
    version: "Node v1.2",
    snow: "雪",
    silent: undefined,
  };
  for (const [id, name] of Object.entries(names)) assert.equal(told(names, id), name ?? id);
  assert.equal(told(names, "unknown"), "unknown");
});

Deno.test("of nodes whose names can be confused each is told with its id", () => {
  const likes = [
    "John Snow",
    "john snow",
    "JOHN_SNOW",
    "john-snow",
    "J0hn Snow",
    "Jöhn Snöw",
    // Cyrillic o, full-width letters, an invisible character in between, a mark of direction.
    "J\u043ehn Sn\u043ew",
    "Ｊｏｈｎ Ｓｎｏｗ",
    "Jo\u200bhn Snow",
    "- John Snow -",
    "\u202eJohn Snow",
  ];
  for (const like of likes) {
    const names = { "john-snow": "John Snow", "pi-7": like };
    assert.match(told(names, "pi-7"), / \(pi-7\)$/, like);
    assert.equal(told(names, "john-snow"), "John Snow (john-snow)", like);
  }
  assert.equal(told({ "john-snow": "Attic", "pi-7": "john-snow" }, "pi-7"), "john-snow (pi-7)");
  assert.equal(
    told({ "john-snow": "John Snow", "pi-7": "John Snow (john-snow)" }, "pi-7"),
    "John Snow (john-snow) (pi-7)",
  );
});

Deno.test("a name is free again when its node goes or is called otherwise", () => {
  const names = new DisplayNames();
  const cluster = clusterOf({ "john-snow": "John Snow", "pi-7": "John Snow", "pi-8": "John Snow" });
  assert.equal(names.among(cluster)("john-snow"), "John Snow (john-snow)");
  cluster.delete("pi-8");
  assert.equal(names.among(cluster)("john-snow"), "John Snow (john-snow)");
  const other = cluster.get("pi-7");
  assert.ok(other);
  other.givenName = "Attic";
  assert.equal(names.among(cluster)("john-snow"), "John Snow");
  assert.equal(names.among(cluster)("pi-7"), "Attic");
});

Deno.test("whoever is called otherwise by another node's name is known at once", () => {
  const names = new DisplayNames();
  const concerned = (id: string, name: string) => {
    return [...names.learn({ ...newNode(id, 0, true), name })].sort();
  };
  assert.deepEqual(concerned("john-snow", "John Snow"), []);
  assert.deepEqual(concerned("pi-7", "John Snow (john-snow)"), []);
  assert.deepEqual(concerned("pi-8", "J0hn Snow"), ["john-snow"]);
  assert.deepEqual(concerned("pi-8", "J0hn Snow"), []);
  assert.deepEqual(concerned("pi-9", "John Snow"), []);
  assert.deepEqual([...names.forget("pi-9")], []);
  assert.deepEqual(concerned("pi-8", "Attic"), ["john-snow"]);
  assert.deepEqual([...names.forget("john-snow")], ["pi-7"]);
  assert.equal(names.nameOf("pi-7"), "John Snow (john-snow)");
  assert.deepEqual(concerned("john-snow", "John Snow"), ["pi-7"]);
});

Deno.test("names that are learned one by one are those of all at once, and each change is told", () => {
  const ids = ["a", "b", "john-snow", "pi-7"];
  const name = fc.constantFrom(
    ...ids,
    "John Snow",
    "J0hn Snow",
    "Attic",
    "A",
    "x (a)",
    "Attic (b)",
  );
  const change = fc.record({ id: fc.constantFrom(...ids), name: fc.option(name) });
  fc.assert(fc.property(fc.array(change, { maxLength: 30 }), (changes) => {
    const learned = new DisplayNames();
    const nodes = new Map<string, NodeState>();
    for (const { id, name } of changes) {
      const before = new Map([...nodes.keys()].map((one) => [one, learned.nameOf(one)]));
      const node = { ...newNode(id, 0, true), name: name ?? undefined };
      if (name === null) nodes.delete(id);
      else nodes.set(id, node);
      const concerned = name === null ? learned.forget(id) : learned.learn(node);
      const whole = new DisplayNames().among(nodes);
      for (const one of nodes.keys()) {
        assert.equal(learned.nameOf(one), whole(one));
        const isOther = before.has(one) && before.get(one) !== whole(one) && one !== id;
        if (isOther) assert.ok(concerned.has(one), `${one} after ${id} is ${name}`);
      }
    }
  }));
});

Deno.test("what a phone would make a link of is broken up, and told with the id", () => {
  const rows: readonly [string, string][] = [
    ["https://evil.example/login", "https evil. example/login (pi-7)"],
    ["evil.com", "evil. com (pi-7)"],
    ["Pi. Log in at www.evil.co.uk", "Pi. Log in at www. evil. co. uk (pi-7)"],
    ["evil.com/pi.local", "evil. com/pi. local (pi-7)"],
    ["me@evil.example", "me@evil. example (pi-7)"],
  ];
  for (const [name, expected] of rows) assert.equal(told({ "pi-7": name }, "pi-7"), expected);
  const own = { ...newNode("pi-7", 0, true), name: "evil.com", givenName: "grafana.example.com" };
  assert.equal(new DisplayNames().among(new Map([["pi-7", own]]))("pi-7"), "grafana.example.com");
});

Deno.test("thousands of nodes are named at once", () => {
  const ids = Array.from({ length: 5000 }, (_, index) => `pi-${index}`);
  const cluster = clusterOf(Object.fromEntries(ids.map((id) => [id, `Pi ${id}`])));
  const nameOf = new DisplayNames().among(cluster);
  for (const id of ids) assert.equal(nameOf(id), `Pi ${id}`);
});

Deno.test("a name is cut before the id beside it, and gives way to it", () => {
  const cut = (nameLength: number, node = "pi-7") =>
    nameOf({ node, name: `John Snow of Winterfell (${node})` }, { nameLength });
  assert.equal(cut(Infinity), "John Snow of Winterfell (pi-7)");
  assert.equal(cut(24), "John Snow...fell (pi-7)");
  assert.equal(cut(10), "pi-7");
  assert.equal(cut(10, "john-snow-of-winterfell"), "john...ell");
  const alert = alertOf([{ ...down("x"), node: "pi-7", name: "John Snow (pi-7)" }]);
  assert.match(alertText(alert, clock), /^John Snow \(pi-7\) is down\./);
});

Deno.test("a text is cut between the characters that people see", () => {
  const family = "👨‍👩‍👧‍👦";
  assert.deepEqual(graphemesOf(`a${family}é`), ["a", family, "é"]);
  assert.equal(cutText(family.repeat(4), 24), `${family.repeat(2)}...`);
  const piled = `a${"\u0301".repeat(100)}`;
  assert.equal([...cutText(piled, 10)].length, 10);
  fc.assert(
    fc.property(fc.string({ unit: "grapheme" }), fc.integer({ min: 10, max: 40 }), (s, max) => {
      assert.ok([...cutText(s, max)].length <= max);
    }),
  );
});

Deno.test("no name of a stranger reaches a message with a link or a mark in it", () => {
  const parts = fc.constantFrom(
    "http://",
    "evil.com",
    ".",
    "\u202e",
    "\n",
    "a",
    " (x)",
    "😀",
    "\u200f",
  );
  const anyName = fc.array(parts, { minLength: 1, maxLength: 8 }).map((some) => some.join(""));
  fc.assert(fc.property(anyName, (name) => {
    const alert = alertOf([{ ...down("x"), node: "pi-7", name: told({ "pi-7": name }, "pi-7") }]);
    const text = alertText(alert, clock);
    assert.equal(smsParts(text).parts, 1);
    assert.doesNotMatch(
      text,
      /:\/\/|[a-z]\.[a-z]{2}|[\p{Cc}\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]/u,
    );
  }));
});
