import assert from "node:assert/strict";
import { CONFIG_KEYS, sectionOf } from "../../../core/config/keys.ts";
import type { Config } from "../../../core/config/settings.ts";
import { RECEIVERS } from "../../../hub/notify/receivers.ts";
import { ConfigError, loadConfig } from "../../../io/config/config_file.ts";
import { parseConfigText } from "../../../io/config/config_text.ts";
import { redacted } from "../../../io/log/redaction.ts";
import { TemporaryFolder } from "../../support/program/temporary_folder.ts";

type Variables = Readonly<Record<string, string>>;

function load(path: string, variables: Variables = {}, explicit = true): Config {
  return loadConfig({
    path,
    explicit,
    environment: (name) => variables[name],
    kinds: RECEIVERS,
  });
}

/** Returns the message of the error, without the folder's own name. */
function complaint(folder: TemporaryFolder, action: () => unknown): string {
  try {
    action();
  } catch (error) {
    assert.ok(error instanceof ConfigError, String(error));
    return error.message.replaceAll(`${folder.path}/`, "");
  }
  throw new assert.AssertionError({ message: "expected a ConfigError" });
}

Deno.test("the syntax: sections, keys, comments; values as they stand", () => {
  const text =
    '\ufeff# comment\r\n ; comment\n\n[ Mqtt ]\nPassword =  a;b # "c" = d \n[node]\nid=\n';
  const entries = parseConfigText(text, "f").map(({ section, key, value, where }) =>
    `${where} ${section}.${key}=${value}`
  );
  assert.deepEqual(entries, [
    "f:4 Mqtt.=",
    'f:5 Mqtt.Password=a;b # "c" = d',
    "f:6 node.=",
    "f:7 node.id=",
  ]);
});

Deno.test("an invalid line is reported by its number, and not shown", () => {
  using folder = new TemporaryFolder();
  const lines = [
    "[mqtt]",
    "password hunter2",
    "[node",
    "[constructor]",
    "[__proto__]",
    "= hunter2",
    "[]",
    "__proto__ = hunter2",
    "[node] ; comment",
  ];
  const path = folder.write("config.ini", lines.join("\n"));
  const told = complaint(folder, () => load(path)).split("\n");
  assert.deepEqual(told.map((line) => line.split(": ")[0]), [
    "config.ini:2",
    "config.ini:3",
    "config.ini:4",
    "config.ini:5",
    "config.ini:6",
    "config.ini:7",
    "config.ini:8",
    "config.ini:9",
  ]);
  assert.ok(!told.join().includes("hunter2"));
});

Deno.test("the original project's file is read, whatever its APP section holds", () => {
  using folder = new TemporaryFolder();
  const path = folder.write(
    "config.ini",
    "[APP]\nnonsense\nNAME = x\nNAME = y\n[MQTT]\nUSERNAME = stark\nPASSWORD = winter\n" +
      "HOST = mqtt.example\nPORT = 1883\n\n[RPi]\nLED = 2\nBUZZER = 3\n",
  );
  const { mqtt, rpi } = load(path);
  assert.deepEqual([mqtt.host, mqtt.port, mqtt.username, mqtt.password], [
    "mqtt.example",
    1883,
    "stark",
    "winter",
  ]);
  assert.deepEqual([rpi.led, rpi.buzzer], [{ kind: "line", line: 2 }, { kind: "line", line: 3 }]);
});

Deno.test("a missing file is an issue only where it was asked for", () => {
  using folder = new TemporaryFolder();
  const path = folder.file("config.ini");
  assert.equal(
    complaint(folder, () => load(path)),
    "config.ini: expected a readable file, found no such file",
  );
  const { node } = load(path, { RPI_CLUSTER_NODE_ID: "john-snow" }, false);
  assert.equal(node.id, "john-snow");
});

Deno.test("a file that is no configuration is refused in plain words", () => {
  using folder = new TemporaryFolder();
  const found = (path: string) =>
    complaint(folder, () => load(path)).split("expected a readable file, found ")[1];
  assert.equal(found(folder.path), "a directory");
  assert.equal(found("/dev/zero"), "one of more than 65536 bytes");
  const bytes = (name: string, ...values: number[]) => {
    Deno.writeFileSync(folder.file(name), new Uint8Array(values));
    return folder.file(name);
  };
  assert.equal(found(bytes("odd.ini", 0xff, 0xfe, 0x5b)), "bytes that are not UTF-16LE");
  assert.equal(found(bytes("latin1.ini", 0x5b, 0xe4, 0x5d)), "bytes that are not UTF-8");
  assert.equal(
    found(bytes("utf32.ini", 0xff, 0xfe, 0, 0, 0x5b, 0, 0, 0)),
    "bytes that are not text",
  );
  const many = folder.write("many.ini", "x\n".repeat(1000));
  const lines = complaint(folder, () => load(many)).split("\n");
  assert.equal(lines.length, 51);
  assert.equal(lines.at(-1), "... and 950 more");
});

Deno.test("a secret may stand in a file of its own, named by key or variable", () => {
  using folder = new TemporaryFolder();
  const secret = folder.write("secret", " of the hub \r\n");
  const path = folder.write("config.ini", `[hub]\nPassword_File = ${secret}\n`);
  assert.equal(load(path).hub.password, "of the hub");
  const variables = { RPI_CLUSTER_HUB_PASSWORD_FILE: folder.write("other", "other\n") };
  assert.equal(load(path, variables).hub.password, "other");
  assert.equal(redacted("an other day"), "an *** day");
});

Deno.test("a configuration is read as Windows' and PowerShell's editors write it", () => {
  using folder = new TemporaryFolder();
  const text = "[node]\r\nid = john-snow\r\nname = Jon Schneé 雪\r\n";
  const encodings = {
    "UTF-8": utf8(text),
    "UTF-8 with a mark": utf8(`\ufeff${text}`),
    "UTF-16, little endian, with a mark": utf16(`\ufeff${text}`, true),
    "UTF-16, little endian": utf16(text, true),
    "UTF-16, big endian, with a mark": utf16(`\ufeff${text}`, false),
    "UTF-16, big endian": utf16(text, false),
  };
  for (const [encoding, bytes] of Object.entries(encodings)) {
    Deno.writeFileSync(folder.file("config.ini"), bytes);
    const { node } = load(folder.file("config.ini"));
    assert.deepEqual([node.id, node.name], ["john-snow", "Jon Schneé 雪"], encoding);
  }
});

Deno.test("blanks and empty lines around a secret are ignored; a second line is an error", () => {
  using folder = new TemporaryFolder();
  const secret = folder.file("secret");
  const path = folder.write("config.ini", `[hub]\npassword_file = ${secret}\n`);
  for (const text of ["hodor", "hodor\n\n", "hodor  \t\r\n\r\n", "\nhodor", "hodor\n \n"]) {
    for (const bytes of [utf8(text), utf16(`\ufeff${text}`, true)]) {
      Deno.writeFileSync(secret, bytes);
      assert.equal(load(path).hub.password, "hodor", JSON.stringify(text));
    }
  }
  Deno.writeTextFileSync(secret, "hodor\nhodor");
  assert.match(complaint(folder, () => load(path)), /with the secret in it, found one of 2 lines$/);
});

Deno.test("a secret together with its file is an error", () => {
  using folder = new TemporaryFolder();
  const secret = folder.write("secret", "one");
  const path = folder.write("config.ini", `[hub]\npassword = two\npassword_file = ${secret}\n`);
  assert.equal(
    complaint(folder, () => load(path)),
    "config.ini:3: [hub] password: expected it once, found it at config.ini:2 already",
  );
});

Deno.test("a missing, empty or large secret file is reported where it is named", () => {
  using folder = new TemporaryFolder();
  const told = (name: string) => {
    const path = folder.write("config.ini", `[hub]\npassword_file = ${folder.file(name)}`);
    return complaint(folder, () => load(path));
  };
  const begin =
    "config.ini:2: [hub] password: expected a readable file with the secret in it, found ";
  assert.equal(told("missing"), `${begin}no such file`);
  folder.write("empty", "\n");
  assert.equal(told("empty"), `${begin}an empty one`);
  folder.write("large", "x".repeat(4097));
  assert.equal(told("large"), `${begin}one of more than 4096 bytes`);
});

Deno.test("a CA file that is missing or without a certificate is reported where it is named", () => {
  using folder = new TemporaryFolder();
  const keys = (name: string) =>
    `[mqtt]\nurl = mqtts://broker.example\nCA_file = ${folder.file(name)}\n`;
  const told = (name: string, more = "") => {
    const path = folder.write("config.ini", keys(name) + more);
    return complaint(folder, () => load(path));
  };
  const begin = "config.ini:3: [mqtt] CA_file: expected a readable file with a PEM certificate " +
    "in it, found ";
  assert.equal(told("missing"), `${begin}no such file`);
  folder.write("key", "-----BEGIN PRIVATE KEY-----\n");
  assert.equal(told("key"), `${begin}one without a certificate`);
  assert.equal(told("key", "[rpi]\nled = blue\n").split("\n").length, 2, "with all other issues");
  folder.write("ca.crt", "# ours\n-----BEGIN CERTIFICATE-----\n");
  assert.equal(load(folder.write("good.ini", keys("ca.crt"))).mqtt.caFile, folder.file("ca.crt"));
  const variables = { RPI_CLUSTER_MQTT_CA_FILE: folder.file("missing") };
  assert.match(
    complaint(folder, () => load(folder.file("good.ini"), variables)),
    /^RPI_CLUSTER_MQTT_CA_FILE: \[mqtt\] ca_file: expected a readable file/,
  );
});

Deno.test("a systemd credential is found by itself, and goes after file and environment", () => {
  using folder = new TemporaryFolder();
  folder.write("sms.auth_token", "from the credential\n");
  const variables = { CREDENTIALS_DIRECTORY: folder.path };
  const empty = folder.write("empty.ini", "");
  assert.equal(load(empty, variables).sms.authToken, "from the credential");
  const path = folder.write("config.ini", "[sms]\nauth_token = from the file\n");
  assert.equal(load(path, variables).sms.authToken, "from the file");
  const all = { ...variables, RPI_CLUSTER_SMS_AUTH_TOKEN: "from the environment" };
  assert.equal(load(path, all).sms.authToken, "from the environment");
});

Deno.test("a channel's secret may stand in a file, a variable or a credential", () => {
  using folder = new TemporaryFolder();
  const secret = folder.write("secret", "https://ntfy.sh/of-a-file\n");
  folder.write("channel.night-2.url", "https://ntfy.sh/of-a-credential");
  const section = "[Channel night-2]\nkind = ntfy\n";
  const path = folder.write("config.ini", section);
  const urlOf = (file: string, variables: Record<string, string>) =>
    load(file, variables).channels[0]?.values.url;
  const credentials = { CREDENTIALS_DIRECTORY: folder.path };
  assert.equal(urlOf(path, credentials), "https://ntfy.sh/of-a-credential");
  const variables = { RPI_CLUSTER_CHANNEL_NIGHT_2_URL: "https://ntfy.sh/of-a-variable" };
  assert.equal(urlOf(path, { ...credentials, ...variables }), "https://ntfy.sh/of-a-variable");
  const twin = { RPI_CLUSTER_CHANNEL_NIGHT_2_URL_FILE: secret };
  assert.equal(urlOf(path, { ...credentials, ...twin }), "https://ntfy.sh/of-a-file");
  const other = folder.write("other.ini", `${section}URL_File = ${secret}\n`);
  assert.equal(urlOf(other, credentials), "https://ntfy.sh/of-a-file");
});

Deno.test("an empty variable is as none", () => {
  using folder = new TemporaryFolder();
  const path = folder.write("config.ini", "[node]\nid = john-snow\n");
  assert.equal(load(path, { RPI_CLUSTER_NODE_ID: "" }).node.id, "john-snow");
});

Deno.test("the state is kept where systemd says, unless a key says otherwise", () => {
  using folder = new TemporaryFolder();
  const empty = folder.write("empty.ini", "");
  const variables = { STATE_DIRECTORY: "/var/lib/a:/var/lib/b" };
  assert.equal(load(empty).hub.stateDir, "./state");
  assert.equal(load(empty, variables).hub.stateDir, "/var/lib/a");
  const own = { ...variables, RPI_CLUSTER_HUB_STATE: "/srv/state" };
  assert.equal(load(empty, own).hub.stateDir, "/srv/state");
});

Deno.test("the packaged sample names every key with its default, and is accepted as it is", () => {
  using folder = new TemporaryFolder();
  const sample = new URL("../../../packaging/config.ini", import.meta.url);
  const text = Deno.readTextFileSync(sample);
  const empty = folder.write("empty.ini", "");
  assert.deepEqual(load(folder.write("sample.ini", text)), load(empty));
  const uncommented = parseConfigText(text.replaceAll(/^;/gm, ""), "sample");
  for (const { section, key, default: value } of CONFIG_KEYS) {
    const entry = uncommented.find((entry) =>
      sectionOf(entry.section) === section && entry.key === key
    );
    if (!entry) {
      assert.match(text, new RegExp(`^# .*\\b${key} = \\.\\.\\.`, "m"), key);
    } else if (value) {
      assert.equal(entry.value, key === "to" ? entry.value : value, key);
    }
  }
});

function utf8(text: string): Uint8Array {
  return new TextEncoder().encode(text);
}

function utf16(text: string, isLittleEndian: boolean): Uint8Array {
  const bytes = new DataView(new ArrayBuffer(2 * text.length));
  for (let at = 0; at < text.length; at++) {
    bytes.setUint16(2 * at, text.charCodeAt(at), isLittleEndian);
  }
  return new Uint8Array(bytes.buffer);
}
