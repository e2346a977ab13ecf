import assert from "node:assert/strict";
import { brokerName, brokersOf } from "../../../core/config/brokers.ts";
import { CONFIG_KEYS, configurationTable, ENVIRONMENT_NAMES } from "../../../core/config/keys.ts";
import type { ConfigEntry } from "../../../core/config/settings.ts";
import {
  configOf,
  decoded,
  environmentEntry,
  fileEntries,
  issueOf,
  issuesOf,
} from "../../support/program/config_texts.ts";

Deno.test("without any entry every setting has its documented default", () => {
  assert.deepEqual(decoded([]), {
    mqtt: {
      host: "127.0.0.1",
      port: 1883,
      tls: false,
      topicRoot: "rpi-cluster",
      reconnectMs: 2000,
    },
    node: { id: "john-snow", name: "john-snow", heartbeatMs: 1000, remote: [] },
    cluster: {
      nodes: [],
      watch: "auto",
      suspectAfterMs: 2000,
      deadAfterMs: 4000,
      willAfterMs: 3000,
      rebootWithinMs: 180_000,
      groups: [],
      landmarks: [],
    },
    rpi: {
      led: { kind: "line", line: 2 },
      buzzer: { kind: "line", line: 3 },
      toneHz: 2700,
      lamp: undefined,
      button: undefined,
      chip: "auto",
      activeLow: false,
      lampActiveLow: false,
      buzzerHoldMs: 4000,
      quiet: undefined,
    },
    hub: {
      listen: { hostname: "*", port: 8080 },
      broker: "embedded",
      mosquitto: "password_file",
      brokerListen: { hostname: "*", port: 1883 },
      httpsListen: { hostname: "*", port: 8443, isWritten: false },
      mqttsListen: { hostname: "*", port: 8883, isWritten: false },
      stateDir: "./state",
      packagesDir: "/usr/share/rpi-cluster-alert/packages",
      publicStatus: false,
      names: [],
      trustedProxies: [],
    },
    alerts: {
      groupMs: 5000,
      holdMs: 15_000,
      perHourMax: 20,
      channels: [],
      send: "all",
      remindMs: undefined,
      flapDeaths: 3,
      flapWindowMs: 1_800_000,
      blindAfterMs: 60_000,
      selfTest: undefined,
    },
    sms: { provider: "none", to: [], apiUrl: "https://api.twilio.com", quiet: undefined },
    escalation: { to: [], afterMs: 900_000 },
    webhook: { preset: "json", to: [], quiet: undefined },
    watchdog: { everyMs: 60_000 },
    channels: [],
  });
});

Deno.test("the file of the original project works unchanged", () => {
  const config = configOf(
    "MQTT.",
    "MQTT.USERNAME=stark",
    "MQTT.PASSWORD=winter",
    "MQTT.HOST=192.168.1.10",
    "MQTT.PORT=1884",
    "RPi.",
    "RPi.LED=17",
    "RPi.BUZZER=27",
    "APP.",
    "APP.ANYTHING=goes",
    "APP.ANYTHING=twice",
  );
  assert.deepEqual(config.mqtt, {
    host: "192.168.1.10",
    port: 1884,
    tls: false,
    username: "stark",
    password: "winter",
    topicRoot: "rpi-cluster",
    reconnectMs: 2000,
  });
  assert.deepEqual(config.rpi.led, { kind: "line", line: 17 });
  assert.deepEqual(config.rpi.buzzer, { kind: "line", line: 27 });
});

Deno.test("all issues are reported at once, each with its place", () => {
  assert.deepEqual(
    issuesOf(fileEntries(
      "clutser.",
      "clutser.nodes=a",
      "cluster.",
      "cluster.dead_afer=1s",
      "cluster.dead_after=4",
      "node.heartbeat=1ms",
      "heartbeat.",
      "mqtt.heartbeat=2s",
      "node.name=a",
      "NODE.Name=b",
      ".stray=1",
    )),
    [
      'config.ini:1: [clutser]: expected a known section (did you mean [cluster]?), found "clutser"',
      "config.ini:4: [cluster] dead_afer: expected a known key (did you mean dead_after?), " +
      'found "dead_afer"',
      "config.ini:5: [cluster] dead_after: expected a duration such as 500ms, 4s, 2m or 1h, " +
      'found "4"',
      "config.ini:6: [node] heartbeat: expected a duration from 250ms to 1m, " +
      'found "1ms"',
      "config.ini:7: [heartbeat]: expected one of the sections mqtt, node, cluster, rpi, hub, " +
      'alerts, sms, escalation, webhook, channel NAME, watchdog, found "heartbeat"',
      "config.ini:8: [mqtt] heartbeat: expected a known key (did you mean [node] heartbeat?), " +
      'found "heartbeat"',
      "config.ini:10: [NODE] Name: expected it once, found it at config.ini:9 already",
      "config.ini:11: stray: expected a section before it, such as [mqtt], found none",
    ],
  );
});

Deno.test("precedence is environment, file, credential, default", () => {
  const credential: ConfigEntry = {
    section: "hub",
    key: "password",
    value: "from the credential",
    where: "/run/credentials/hub.service/hub.password",
    source: "credential",
  };
  const file = fileEntries("hub.password=from the file");
  const environment = environmentEntry("hub", "password", "from the environment");
  assert.equal(decoded([credential]).hub.password, "from the credential");
  assert.equal(decoded([credential, ...file]).hub.password, "from the file");
  assert.equal(decoded([...file, credential]).hub.password, "from the file");
  assert.equal(decoded([environment, ...file]).hub.password, "from the environment");
  assert.equal(decoded([...file, environment]).hub.password, "from the environment");
});

Deno.test("no issue shows a possible secret", () => {
  const secret = "hunter2hunter2hunter2hunter2hunte";
  const issues = issuesOf([
    ...fileEntries(
      `mqtt.url=mqtt://stark:${secret}@broker`,
      `mqtt.pasword=${secret}`,
      `hub.password=${secret}\u0007`,
      `sms.auth_token=${secret}${"x".repeat(5000)}`,
      `sms.account_sid=${secret}`,
      `sms.api_url=https://stark:${secret}@proxy`,
      `webhook.url=ftp://${secret}`,
      `watchdog.url=ftp://${secret}`,
      `watchdog.fail_url=${secret}`,
      `webhook.token=${secret}`,
      "webhook.preset=telegram",
      `pasword.${secret}`,
      `hub.password=${secret}`,
    ),
  ]);
  assert.equal(issues.length, 12, issues.join("\n"));
  assert.ok(!issues.join("\n").includes(secret), issues.join("\n"));
});

Deno.test("an unreadable secret is an issue only if its source decides the key", () => {
  const unreadable: ConfigEntry = {
    section: "hub",
    key: "password",
    value: "",
    where: "config.ini:3",
    source: "file",
    problem: { expected: "a readable file", found: "no such file" },
  };
  assert.deepEqual(issuesOf([unreadable]), [
    "config.ini:3: [hub] password: expected a readable file, found no such file",
  ]);
  const environment = environmentEntry("hub", "password", "known");
  assert.equal(decoded([unreadable, environment]).hub.password, "known");
});

Deno.test("an issue shows a value on one line, with limited length", () => {
  const issue = issueOf(`rpi.led=1\u001b[31m\u202e${"x".repeat(100)}`);
  assert.match(issue, /found "1\\u\{1b\}\[31m\\u\{202e\}x{53}…"$/);
});

Deno.test("the table of the documents has every key, and every key has its variable", () => {
  const table = configurationTable();
  for (const { key, meaning } of CONFIG_KEYS) {
    assert.ok(table.includes(`| \`${key}\``) && table.includes(meaning), key);
  }
  assert.ok(table.includes("| `password`, `password_file` | generated |"), table);
  assert.ok(ENVIRONMENT_NAMES.includes("RPI_CLUSTER_CLUSTER_SUSPECT_AFTER"));
  assert.ok(ENVIRONMENT_NAMES.includes("RPI_CLUSTER_SMS_AUTH_TOKEN_FILE"));
  assert.equal(new Set(ENVIRONMENT_NAMES).size, ENVIRONMENT_NAMES.length);
  assert.deepEqual(
    CONFIG_KEYS.filter(({ secret }) => secret).map(({ section, key }) => `${section}.${key}`),
    [
      "mqtt.password",
      "hub.password",
      "sms.auth_token",
      "webhook.url",
      "webhook.token",
      "channel.url",
      "channel.token",
      "channel.user",
      "channel.password",
      "channel.auth_token",
      "watchdog.url",
      "watchdog.fail_url",
    ],
  );
});

Deno.test("TLS is where the protocol without it is, unless its own keys say where, or that it is off", () => {
  const of = (...lines: readonly string[]) => {
    const { httpsListen: https, mqttsListen: mqtts } = configOf(...lines).hub;
    return [https, mqtts].map((one) => one && `${one.hostname} ${one.port} ${one.isWritten}`);
  };
  assert.deepEqual(of("hub.listen=127.0.0.1:8080"), ["127.0.0.1 8443 false", "* 8883 false"]);
  assert.deepEqual(of("hub.broker_listen=[::1]:0"), ["* 8443 false", "::1 0 false"]);
  assert.deepEqual(of("hub.https_listen=none", "hub.mqtts_listen=*:9883"), [
    undefined,
    "* 9883 true",
  ]);
  assert.deepEqual(of("hub.broker=none")[1], undefined);
});

Deno.test("an authority in one line needs TLS, and no file beside it; a certificate needs its key", () => {
  const [url, ca] = ["mqtt.url=mqtts://hub.local", `mqtt.ca=MII${"A".repeat(61)}`];
  assert.equal(configOf(url, ca).mqtt.ca?.length, 64);
  assert.match(issueOf(ca), /\[mqtt\] ca: expected a url that begins with mqtts:/);
  assert.match(
    issuesOf(fileEntries(url, ca, "mqtt.ca_file=/ca.pem")).join(),
    /expected either ca or ca_file, found both/,
  );
  assert.match(
    issuesOf(fileEntries(url, "mqtt.ca=hunter2")).join(),
    /one line of Base64.*found something else/,
  );
  assert.match(issueOf("hub.certificate_file=/a"), /\[hub\] key_file: expected a path beside/);
  assert.match(issueOf("hub.key_file=/a"), /\[hub\] certificate_file: expected a path beside/);
  assert.match(issueOf("hub.plain=wifi"), /\[hub\] plain: expected/);
});

Deno.test("several brokers are a list, each with its own scheme and port", () => {
  const { mqtt } = configOf("mqtt.url=mqtt://hub.local, mqtts://attic.local ,mqtt://[::1]:1885");
  assert.deepEqual(
    brokersOf(mqtt).map(({ host, port, tls }) => [host, port, tls]),
    [["hub.local", 1883, false], ["attic.local", 8883, true], ["::1", 1885, false]],
  );
  assert.deepEqual(brokersOf(mqtt).map(brokerName), [
    "hub.local:1883",
    "attic.local:8883",
    "[::1]:1885",
  ]);
  assert.equal(configOf("mqtt.url=mqtt://hub.local").mqtt.others, undefined);
  assert.match(issueOf("mqtt.url=mqtt://a,"), /expected a URL such as/);
  assert.match(issueOf("mqtt.url=mqtt://a, mqtt://a"), /each broker once, found a:1883 twice/);
  const five = ["a", "b", "c", "d", "e"].map((host) => `mqtt://${host}`).join();
  assert.match(issueOf(`mqtt.url=${five}`), /at most 4 brokers/);
  const secret = issueOf("mqtt.url=mqtt://a, mqtt://stark:winter@b");
  assert.match(secret, /user name and password in keys of their own/);
  assert.ok(!secret.includes("winter"), secret);
});

Deno.test("brokers with authorities of their own have a certificate each, or a file with all", () => {
  const [url, first] = ["mqtt.url=mqtts://a, mqtts://b", `MII${"A".repeat(61)}`];
  const both = `${first}, MII${"B".repeat(61)}`;
  assert.equal(configOf(url, `mqtt.ca=${both}`).mqtt.ca, both.replace(" ", ""));
  assert.equal(configOf("mqtt.url=mqtt://a, mqtts://b", `mqtt.ca=${first}`).mqtt.ca, first);
  assert.match(
    issuesOf(fileEntries(url, `mqtt.ca=${first},hunter2`)).join(),
    /Base64.*found something else/,
  );
  assert.match(
    issuesOf(fileEntries("mqtt.url=mqtt://a, mqtt://b", `mqtt.ca=${first}`)).join(),
    /expected a url that begins with mqtts:/,
  );
});

Deno.test("a watcher outside has a URL, a pace, and perhaps another URL for faults", () => {
  const url = "https://hc-ping.com/5b8f2a1c";
  assert.deepEqual(configOf(`watchdog.url=${url}`).watchdog, { url, everyMs: 60_000 });
  assert.deepEqual(
    configOf(`watchdog.url=${url}`, "watchdog.fail_url=None", "watchdog.every=5m").watchdog,
    { url, failUrl: "none", everyMs: 300_000 },
  );
  assert.match(
    issueOf("watchdog.every=1s"),
    /\[watchdog\] every: expected a duration from 10s to 1h/,
  );
  assert.match(
    issueOf(`watchdog.fail_url=${url}`),
    /\[watchdog\] url: expected a URL beside fail_url/,
  );
});
