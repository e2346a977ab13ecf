/** Links to nodes: from an owner's configuration, and from the birth of an unknown node. */

import assert from "node:assert/strict";
import { parseRemotes, portOf, remoteFacts, remotesOf } from "../../../core/config/value/remote.ts";

function unnamed(urls: readonly string[]) {
  return urls.map((url) => ({ url, name: undefined }));
}

const GOOD = [
  "ssh://john-snow.local",
  "ssh://pi@john-snow.local:2222",
  "sftp://192.168.1.7/home/pi",
  "http://[fd00::7]:8123/lovelace?kiosk#top",
  "HTTPS://Pi.example/%20a;b=(c)",
  "vnc://john-snow:5900",
  "rdp://john-snow",
];

const BAD = [
  "javascript:alert(1)",
  "javascript://x/%0aalert(1)",
  "data:text/html,x",
  "file:///etc/passwd",
  "telnet://john-snow",
  "//john-snow/",
  "john-snow.local",
  "ssh://",
  "ssh://pi:secret@john-snow",
  "http://a b/",
  'http://a/"onclick="x',
  "http://a/<script>",
  "http://a/\nSet-Cookie: x",
  "http://a/\u202egnp.exe",
  "http://ä.example/",
  " http://a/",
  `http://a/${"x".repeat(256)}`,
  "",
];

Deno.test("links are those that open a shell, files, a page or a screen", () => {
  assert.deepEqual(parseRemotes(GOOD.join(", ")), { ok: true, value: unnamed(GOOD) });
  assert.deepEqual(remotesOf(GOOD), unnamed(GOOD));
  assert.deepEqual(parseRemotes(""), { ok: true, value: [] });
});

Deno.test("a URL that a browser would execute, or with a password or unusual characters, is not a link", () => {
  for (const url of BAD) {
    assert.deepEqual(remotesOf(["ssh://a", url]), unnamed(["ssh://a"]), url);
    if (url.trim() === url && url !== "") assert.equal(parseRemotes(url).ok, false, url);
  }
});

Deno.test("links are a list of at most eight, each once", () => {
  const many = Array.from({ length: 9 }, (_, index) => `ssh://pi-${index}`);
  assert.deepEqual(remotesOf(many), unnamed(many.slice(0, 8)));
  assert.deepEqual(remotesOf(["ssh://a", "ssh://a"]), unnamed(["ssh://a"]));
  assert.equal(parseRemotes(many.join(",")).ok, false);
  for (const fact of [undefined, 7, "ssh://a"]) assert.deepEqual(remotesOf(fact), []);
});

Deno.test("a name may stand before a link, and is beside the links in a birth", () => {
  const links = [
    { url: "https://connect.raspberrypi.com/devices", name: "Connect" },
    { url: "ssh://alice@john-snow.local", name: undefined },
    { url: "https://john-snow.local:9090", name: "Kühlschrank 2" },
  ];
  const text = "Connect: https://connect.raspberrypi.com/devices, ssh://alice@john-snow.local, " +
    "Kühlschrank 2:  https://john-snow.local:9090";
  assert.deepEqual(parseRemotes(text), { ok: true, value: links });
  const { remote, remote_names: names } = remoteFacts(links);
  assert.deepEqual(names, ["Connect", "", "Kühlschrank 2"]);
  assert.deepEqual(remotesOf(remote, names), links);
  assert.deepEqual(remoteFacts(links.slice(1, 2)), { remote: ["ssh://alice@john-snow.local"] });
  assert.deepEqual(remoteFacts([]), {});
});

Deno.test("a name that could be something else is refused, and ignored in a birth", () => {
  const names = ["", " ", "-x", "a".repeat(25), "a<b", "\u202eevil", "a\nb", "ssh"];
  for (const name of names.slice(0, -1)) {
    assert.equal(parseRemotes(`${name}: ssh://a`).ok, false, JSON.stringify(name));
    assert.deepEqual(remotesOf(["ssh://a"], [name]), unnamed(["ssh://a"]), JSON.stringify(name));
  }
  // An unsafe link takes its name with it.
  assert.deepEqual(remotesOf(["javascript:alert(1)", "ssh://a"], ["Web", "Shell"]), [
    { url: "ssh://a", name: "Shell" },
  ]);
  assert.deepEqual(remotesOf(["ssh://a"], "Shell"), unnamed(["ssh://a"]));
});

Deno.test("the port of a link is the one that is looked at", () => {
  const links = unnamed(["http://a:8080", "ssh://a", "SSH://pi@[fd00::22]:2222", "vnc://a/"]);
  assert.equal(portOf(links, "ssh"), 2222);
  assert.equal(portOf(links, "vnc"), undefined);
  assert.equal(portOf(unnamed(["ssh://a:99999", "vnc://a:5901/x"]), "ssh"), undefined);
  assert.equal(portOf(unnamed(["vnc://a:5901/x"]), "vnc"), 5901);
});
