/** Links to nodes: from an owner's configuration, and from the birth of an unknown node. */

import assert from "node:assert/strict";
import { parseRemotes, remotesOf } from "../../../core/config/value/remote.ts";

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
  assert.deepEqual(parseRemotes(GOOD.join(", ")), { ok: true, value: GOOD });
  assert.deepEqual(remotesOf(GOOD), GOOD);
  assert.deepEqual(parseRemotes(""), { ok: true, value: [] });
});

Deno.test("a URL that a browser would execute, or with a password or unusual characters, is not a link", () => {
  for (const url of BAD) {
    assert.deepEqual(remotesOf(["ssh://a", url]), ["ssh://a"], url);
    if (url.trim() === url && url !== "") assert.equal(parseRemotes(url).ok, false, url);
  }
});

Deno.test("links are a list of at most eight, each once", () => {
  const many = Array.from({ length: 9 }, (_, index) => `ssh://pi-${index}`);
  assert.deepEqual(remotesOf(many), many.slice(0, 8));
  assert.deepEqual(remotesOf(["ssh://a", "ssh://a"]), ["ssh://a"]);
  assert.equal(parseRemotes(many.join(",")).ok, false);
  for (const fact of [undefined, 7, "ssh://a"]) assert.deepEqual(remotesOf(fact), []);
});
