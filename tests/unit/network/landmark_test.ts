import assert from "node:assert/strict";
import { configOf, fileEntries, issuesOf } from "../../support/program/config_texts.ts";

function landmarks(text: string) {
  return configOf("cluster.", `cluster.landmarks=${text}`).cluster.landmarks;
}

Deno.test("a landmark is a name or an address, with a port or without", () => {
  assert.deepEqual(landmarks("nas.lan, 192.168.1.2:22, [FD00::1]:443, [2001:db8::5]"), [
    { hostname: "nas.lan", port: undefined },
    { hostname: "192.168.1.2", port: 22 },
    { hostname: "fd00::1", port: 443 },
    { hostname: "2001:db8::5", port: undefined },
  ]);
  assert.deepEqual(landmarks(""), []);
});

for (
  const text of [
    "fd00::1",
    "fd00::1:443",
    "[192.168.1.2]:22",
    "[fd00::1",
    "nas.lan:",
    "nas.lan:0",
    "nas.lan:65536",
    "nas.lan:22:33",
    "http://nas.lan",
    "na s.lan",
    "-nas.lan",
    "192.168.1",
    "192.168.1.256",
    "192.168.01.2",
    "1.2.3.4.5",
    "nas..lan",
  ]
) {
  Deno.test(`${text} is no landmark`, () => {
    const [issue = ""] = issuesOf(fileEntries("cluster.", `cluster.landmarks=${text}`));
    assert.match(issue, /\[cluster\] landmarks: expected landmarks such as .*, found "/);
  });
}

for (const text of ["127.0.0.1:80", "localhost", "[::1]:22", "0.0.0.0", "224.0.0.1"]) {
  Deno.test(`${text} proves nothing about the network`, () => {
    const [issue = ""] = issuesOf(fileEntries("cluster.", `cluster.landmarks=${text}`));
    assert.match(issue, /each another machine/);
  });
}

Deno.test("there are eight landmarks at most", () => {
  const many = Array.from({ length: 9 }, (_, index) => `host-${index}.lan`).join(",");
  const [issue = ""] = issuesOf(fileEntries("cluster.", `cluster.landmarks=${many}`));
  assert.match(issue, /at most 8 of them/);
});
