/** Hosts and addresses as people write them, and the errors for invalid ones. */

import assert from "node:assert/strict";
import {
  bracketed,
  isAddress,
  isAnyHost,
  parseHost,
  parseHostAndPort,
  reachedLocally,
  unmapped,
  withoutZone,
} from "../../../core/network/host.ts";
import { configOf, fileEntries, issueOf, issuesOf } from "../../support/program/config_texts.ts";

Deno.test("a host is a name or an address, in brackets or not", () => {
  const rows: readonly (readonly [string, string])[] = [
    ["hub.lan", "hub.lan"],
    ["hub.lan.", "hub.lan."],
    ["john_snow.local", "john_snow.local"],
    ["192.0.2.2", "192.0.2.2"],
    ["::1", "::1"],
    ["[fd00::10]", "fd00::10"],
    ["::ffff:192.0.2.2", "::ffff:192.0.2.2"],
    ["::", "::"],
    ["1:2:3:4:5:6:7:8", "1:2:3:4:5:6:7:8"],
    ["1:2:3:4:5:6:192.0.2.2", "1:2:3:4:5:6:192.0.2.2"],
    ["fe80::1%eth0", "fe80::1%eth0"],
    ["[fe80::1%wlan0.5]", "fe80::1%wlan0.5"],
    ["[fe80::1%25eth0]", "fe80::1%eth0"],
  ];
  for (const [text, host] of rows) {
    assert.deepEqual(parseHost(text), { ok: true, value: host }, text);
    assert.equal(configOf(`mqtt.host=${text}`).mqtt.host, host, text);
  }
});

Deno.test("an invalid host gets a specific error", () => {
  const rows: readonly (readonly [string, RegExp])[] = [
    ["192.0.2.2:1883", /alone: host = 192\.0\.2\.2, and port = 1883/],
    ["hub.lan:1883", /alone: host = hub\.lan, and port = 1883/],
    ["[::1]:1883", /alone: host = ::1, and port = 1883/],
    ["mqtt://hub.lan", /a URL has a key of its own/],
    ["256.1.1.1", /four numbers from 0 to 255/],
    ["192.168.1", /four numbers/],
    ["192.168.001.010", /four numbers/],
    ["1883", /four numbers/],
    ["fe80::1", /interface behind a link-local address: fe80::1%eth0/],
    ["fe80::1%", /interface's name after the %/],
    ["fe80::1%a-name-of-17-char", /interface's name after the %/],
    ["1:2:3", /host name or IP address, such as/],
    ["1:2:3:4:5:6:7:8:9", /host name or IP address/],
    ["1:2:3:4:5:6:7::8", /host name or IP address/],
    ["12345::1", /host name or IP address/],
    ["::192.0.2.2:1", /host name or IP address/],
    ["192.0.2.2::", /host name or IP address/],
    ["::256.0.2.2", /host name or IP address/],
    ["::1::", /host name or IP address/],
    ["[::1", /brackets/],
    ["[::1]1883", /brackets/],
    ["[hub.lan]", /host name or IP address/],
    ["hub lan", /host name or IP address/],
    ["-hub.lan", /host name or IP address/],
    ["hub..lan", /host name or IP address/],
    [`${"a".repeat(64)}.lan`, /host name or IP address/],
    [`${"a.".repeat(127)}lan`, /host name or IP address/],
    ["hub.lan:", /port from 0 to 65535/],
    ["hub.lan:66000", /port from 0 to 65535/],
  ];
  for (const [text, expected] of rows) {
    const parsed = parseHost(text);
    assert.ok(!parsed.ok, text);
    assert.match(parsed.expected, expected, text);
    assert.match(issueOf(`mqtt.host=${text}`), /^config.ini:1: \[mqtt\] host: expected /, text);
  }
  assert.equal(issuesOf(fileEntries("mqtt.host=192.0.2.2:1883")).length, 1);
});

Deno.test("a URL and a listening address accept the same hosts", () => {
  const address = (url: string) => {
    const { host, port } = configOf(`mqtt.url=${url}`).mqtt;
    return [host, port];
  };
  assert.deepEqual(address("mqtt://[fe80::1%25eth0]:1885"), ["fe80::1%eth0", 1885]);
  assert.deepEqual(address("mqtts://[fe80::1%eth0]/"), ["fe80::1%eth0", 8883]);
  assert.match(issueOf("mqtt.url=mqtt://fe80::1:1883"), /one colon|interface|brackets/);
  assert.match(issueOf("mqtt.url=mqtt://::1"), /brackets around the IPv6 address/);
  assert.match(issueOf("mqtt.url=mqtt://256.1.1.1"), /four numbers/);
  assert.match(issueOf("mqtt.url=mqtt://hub.lan:x"), /port from 0 to 65535/);
  const listen = (text: string) => configOf(`hub.listen=${text}`).hub.listen;
  assert.deepEqual(listen("*:8080"), { hostname: "*", port: 8080 });
  assert.deepEqual(listen("0.0.0.0:8080"), { hostname: "0.0.0.0", port: 8080 });
  assert.deepEqual(listen("[fe80::1%eth0]:0"), { hostname: "fe80::1%eth0", port: 0 });
  assert.match(issueOf("hub.listen=*"), /expected an address and port such as \*:8080/);
  assert.match(issueOf("hub.listen=*.lan:80"), /expected an address and port/);
});

Deno.test("an address and a name are distinguished", () => {
  for (const host of ["192.0.2.2", "::1", "fe80::1%eth0"]) assert.ok(isAddress(host), host);
  for (const host of ["hub.lan", "1.2.3", "fe80", "*"]) assert.ok(!isAddress(host), host);
  assert.deepEqual(parseHostAndPort("hub.lan"), {
    ok: true,
    value: { hostname: "hub.lan", port: undefined },
  });
  assert.equal(withoutZone("fe80::1%eth0"), "fe80::1");
  assert.equal(unmapped("::ffff:192.0.2.2"), "192.0.2.2");
  assert.equal(unmapped("::ffff:1"), "::ffff:1");
  assert.deepEqual(["::1", "hub.lan"].map(bracketed), ["[::1]", "hub.lan"]);
  assert.deepEqual(["*", "0.0.0.0", "::", "::1"].map(isAnyHost), [true, true, true, false]);
  assert.deepEqual(["*", "0.0.0.0", "::", "fd00::1"].map(reachedLocally), [
    "127.0.0.1",
    "127.0.0.1",
    "::1",
    "fd00::1",
  ]);
});
