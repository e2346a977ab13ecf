/** Values of the configuration: what each key accepts, and what an issue says. */

import assert from "node:assert/strict";
import type { Config } from "../../../core/config/settings.ts";
import {
  configOf,
  decoded,
  environmentEntry,
  fileEntries,
  issueOf,
  issuesOf,
} from "../../support/program/config_texts.ts";

Deno.test("a broker is a url, or host and port", () => {
  const address = ({ mqtt: { host, port, tls } }: Config) => [host, port, tls];
  assert.deepEqual(address(configOf("mqtt.url=mqtts://broker.example")), [
    "broker.example",
    8883,
    true,
  ]);
  assert.deepEqual(address(configOf("mqtt.url=MQTT://[::1]:1885/")), ["::1", 1885, false]);
  assert.deepEqual(address(configOf("mqtt.host=::1")), ["::1", 1883, false]);
  assert.deepEqual(address(configOf("mqtt.port=1885")), ["127.0.0.1", 1885, false]);
  assert.deepEqual(issuesOf(fileEntries("mqtt.url=mqtt://a", "mqtt.host=b", "mqtt.port=1")), [
    "config.ini:2: [mqtt] host: expected either url, or host and port, " +
    "found also url at config.ini:1",
  ]);
});

Deno.test("a url in the environment replaces host and port of the file, and the other way round", () => {
  const url = environmentEntry("mqtt", "url", "mqtts://a");
  const host = environmentEntry("mqtt", "host", "b");
  const port = environmentEntry("mqtt", "port", "99");
  assert.equal(decoded([url, ...fileEntries("mqtt.host=b", "mqtt.port=1")]).mqtt.port, 8883);
  assert.equal(decoded([host, ...fileEntries("mqtt.url=mqtts://a")]).mqtt.host, "b");
  assert.equal(decoded([port, ...fileEntries("mqtt.host=b", "mqtt.port=1")]).mqtt.port, 99);
  assert.match(
    issuesOf([port, ...fileEntries("mqtt.url=mqtts://a")]).join("\n"),
    /^RPI_CLUSTER_MQTT_PORT: \[mqtt\] port: expected either url/,
  );
});

Deno.test("a broker's scheme is mqtt or mqtts", () => {
  for (const url of ["ws://a", "http://a", "a:1883", "mqtt://", "mqtt://a:0", "mqtt://a:65536"]) {
    assert.match(issueOf(`mqtt.url=${url}`), /expected a URL such as mqtt:\/\//, url);
  }
});

Deno.test('an empty password of the hub is refused, because it would not mean "no password"', () => {
  assert.match(issueOf("hub.password="), /hub\] password: .*found an empty value$/);
  assert.match(issueOf("sms.auth_token="), /sms\] auth_token: .*found an empty value$/);
});

Deno.test("a key that may be absent may be empty", () => {
  const config = configOf("mqtt.username=", "mqtt.password=", "mqtt.ca_file=", "sms.to=");
  assert.deepEqual(config, decoded([]));
});

Deno.test("a password to the broker needs a user name", () => {
  assert.match(
    issueOf("mqtt.password=winter"),
    /^config.ini:1: \[mqtt\] username: expected a user/,
  );
});

Deno.test("a CA file without TLS is refused, because the connection would not be encrypted", () => {
  assert.match(
    issueOf("mqtt.ca_file=/etc/ca.pem"),
    /ca_file: expected a url that begins with mqtts/,
  );
  const url = "mqtt.url=mqtts://broker.example";
  assert.equal(configOf(url, "mqtt.ca_file=/etc/ca.pem").mqtt.caFile, "/etc/ca.pem");
});

Deno.test("node id and name come from the host name", () => {
  const node = (hostname: string) => {
    const { id, name } = decoded([], { hostname }).node;
    return `${id} ${name}`;
  };
  assert.equal(node("John-Snow.lan"), "john-snow-lan John-Snow.lan");
  assert.equal(node("Zoë's Pi"), "zoe-s-pi Zoë's Pi");
  assert.equal(node(""), "node node");
  assert.equal(node("--"), "node --");
  assert.equal(node("hub"), "hub-node hub");
  assert.equal(node("ALL"), "all-node ALL");
  assert.equal(node("2h"), "2h-node 2h");
  assert.match(node("x".repeat(70)), /^x{63} x{64}$/);
});

Deno.test("ids are lower-case letters, digits and hyphens, and not the hub's own", () => {
  assert.deepEqual(configOf("cluster.nodes=a, b-2 ,a").cluster.nodes, ["a", "b-2"]);
  for (const text of ["node.id=", "node.id=A", "node.id=a/b", "node.id=+", "cluster.nodes=a,,b"]) {
    assert.match(issueOf(text), /expected 1 to 63 lower-case letters, digits and hyphens/, text);
  }
  assert.match(issueOf(`node.id=${"a".repeat(64)}`), /expected 1 to 63/);
  assert.match(issueOf("node.id=hub"), /expected another id/);
  assert.match(issueOf("cluster.nodes=a,hub"), /expected another id/);
  assert.match(
    issueOf("node.id=all"),
    /expected another id, because "all" means every Pi in commands/,
  );
  assert.match(issueOf("cluster.nodes=a,off"), /expected another id, because "off" ends a silence/);
  assert.match(issueOf("cluster.groups=attic: a, 2h"), /another id, because "2h" is a duration/);
  assert.match(issueOf("node.id=--help"), /because commands take "--help" for an option/);
  assert.equal(configOf("node.id=all-2h-off").node.id, "all-2h-off");
});

Deno.test("lines are BCM numbers of the header, each used once", () => {
  assert.equal(configOf("rpi.button=0").rpi.button, 0);
  assert.deepEqual(configOf("rpi.buzzer=NONE").rpi.buzzer, { kind: "none" });
  const pwm = { kind: "pwm", chip: undefined, channel: 0 };
  assert.deepEqual(configOf("rpi.buzzer=pwm:0").rpi.buzzer, pwm);
  assert.deepEqual(configOf("rpi.buzzer=PWM:2/1").rpi.buzzer, { ...pwm, chip: 2, channel: 1 });
  assert.equal(configOf("rpi.lamp=22").rpi.lamp, 22);
  assert.equal(configOf("rpi.tone=440").rpi.toneHz, 440);
  assert.deepEqual(configOf("rpi.quiet=22:00-07:00").rpi.quiet, {
    fromMinute: 22 * 60,
    toMinute: 7 * 60,
  });
  assert.deepEqual(configOf("rpi.led=none").rpi.led, { kind: "none" });
  assert.deepEqual(configOf("rpi.led=sysfs:ACT").rpi.led, { kind: "sysfs", name: "ACT" });
  assert.match(
    issueOf("rpi.led=28"),
    /expected a BCM number from 0 to 27, or none, or an on-board/,
  );
  assert.match(
    issueOf("rpi.buzzer=GPIO4"),
    /expected a BCM number from 0 to 27, or none, or a PWM channel/,
  );
  assert.match(issueOf("rpi.led=sysfs:../../x"), /\[rpi\] led/);
  assert.match(issueOf("rpi.led=3"), /config.ini:1: \[rpi\] buzzer: expected another line/);
  assert.match(issueOf("rpi.button=2"), /\[rpi\] button: expected another line than that of led/);
  assert.match(issueOf("rpi.lamp=3"), /\[rpi\] lamp: expected another line than that of buzzer/);
  assert.match(issueOf("rpi.buzzer=pwm:"), /\[rpi\] buzzer: expected a BCM number/);
  assert.match(issueOf("rpi.tone=0"), /\[rpi\] tone: expected a whole number from 20 to 20000/);
  assert.match(issueOf("rpi.quiet=22"), /\[rpi\] quiet: expected two times of the day/);
});

Deno.test("suspect_after is shorter than dead_after", () => {
  const issue = issueOf("cluster.suspect_after=4s");
  assert.match(issue, /dead_after: expected longer than suspect_after, which is 4s, found 4s$/);
  assert.match(issue, /^config.ini:1/);
  assert.match(issueOf("cluster.dead_after=2s"), /dead_after: expected longer/);
});

Deno.test("an address to listen on has a host and a port", () => {
  assert.deepEqual(configOf("hub.listen=[::]:8080").hub.listen, { hostname: "::", port: 8080 });
  assert.deepEqual(configOf("hub.listen=localhost:0").hub.listen, {
    hostname: "localhost",
    port: 0,
  });
  for (const text of ["8080", ":8080", "::8080", "0.0.0.0", "0.0.0.0:65536", "a b:1"]) {
    assert.match(issueOf(`hub.broker_listen=${text}`), /expected an address and port/, text);
  }
});

Deno.test("twilio needs an account, a token, a sender and recipients", () => {
  const issues = issuesOf(fileEntries("sms.provider=twilio"));
  assert.deepEqual(issues.map((issue) => issue.split(": expected ")[0]), [
    "config.ini:1: [sms] account_sid",
    "config.ini:1: [sms] auth_token",
    "config.ini:1: [sms] to",
    "config.ini:1: [sms] from",
  ]);
  const sid = "0123456789abcdef0123456789abcdef";
  const sms = configOf(
    "sms.provider=Twilio",
    `sms.account_sid=AC${sid}`,
    "sms.auth_token=token",
    `sms.messaging_service_sid=MG${sid}`,
    "sms.to=+49 151 1234-5678, +33612345678",
    "sms.api_url=http://127.0.0.1:9999/proxy/",
  ).sms;
  assert.deepEqual(sms, {
    provider: "twilio",
    accountSid: `AC${sid}`,
    authToken: "token",
    messagingServiceSid: `MG${sid}`,
    to: ["+4915112345678", "+33612345678"],
    apiUrl: "http://127.0.0.1:9999/proxy",
    quiet: undefined,
  });
});

Deno.test("a recipient's number has the format E.164", () => {
  for (const number of ["0151123456", "4915112345678", "+0123456789", "+49", "+49x151"]) {
    assert.match(issueOf(`sms.to=${number}`), /expected E.164 numbers such as/, number);
  }
});

Deno.test("yes and no have their usual synonyms", () => {
  for (const text of ["yes", "TRUE", "on"]) {
    assert.equal(configOf(`rpi.active_low=${text}`).rpi.activeLow, true, text);
  }
  for (const text of ["no", "False", "off"]) {
    assert.equal(configOf(`hub.public_status=${text}`).hub.publicStatus, false, text);
  }
  assert.match(issueOf("rpi.active_low=1"), /expected yes or no, found "1"/);
});

Deno.test("a topic root has no wildcard and no empty level at its ends", () => {
  assert.equal(configOf("mqtt.topic_root=home/pis").mqtt.topicRoot, "home/pis");
  for (const root of ["", "a/#", "+", "/a", "a/", "$SYS", "a b", "x".repeat(129)]) {
    assert.match(issueOf(`mqtt.topic_root=${root}`), /\[mqtt\] topic_root: expected a topic/, root);
  }
});
