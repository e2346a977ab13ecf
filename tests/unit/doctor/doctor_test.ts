/** The format of the doctor's findings, and how it derives them. */

import assert from "node:assert/strict";
import { decodeConfig } from "../../../core/config/config.ts";
import type { Config } from "../../../core/config/settings.ts";
import { brokerAdvice, echoAdvice } from "../../../core/doctor/broker_advice.ts";
import { BrokerSurvey } from "../../../core/doctor/broker_survey.ts";
import {
  type Finding,
  findingLines,
  findingsJson,
  fine,
  isWell,
  warning,
  wrong,
} from "../../../core/doctor/finding.ts";
import {
  type BrokerFault,
  brokerFaultText,
  type CertificateFault,
} from "../../../core/network/broker_fault.ts";
import { topicsOf } from "../../../core/protocol/topics.ts";
import { parseConfigText } from "../../../io/config/config_text.ts";
import { checkClock, checkQuietHours } from "../../../tracker/doctor/clock_checks.ts";
import { checkCluster } from "../../../tracker/doctor/cluster_checks.ts";
import { checkDevices } from "../../../tracker/doctor/device_checks.ts";
import { readIdentity } from "../../../tracker/doctor/identity.ts";
import { findServiceUser } from "../../../tracker/doctor/service_user.ts";

const ROOT = "rpi-cluster";
const TOPICS = topicsOf(ROOT);
const MINUTE_MS = 60_000;

function configOf(text: string): Config {
  const result = decodeConfig(parseConfigText(text, "config.ini"), { hostname: "tyrion" });
  assert(result.ok, JSON.stringify(result));
  return result.config;
}

Deno.test("findings are lines in columns, with what to do after an arrow", () => {
  const findings = [
    fine("library", "/usr/lib/libgpiod.so.3 (2.2.1)"),
    warning("clock", "1970", "timedatectl"),
    wrong("led", 'used by "mpd"', "end it"),
  ];
  assert.deepEqual(findingLines(findings), [
    "ok       library  /usr/lib/libgpiod.so.3 (2.2.1)",
    "warning  clock    1970 -> timedatectl",
    'wrong    led      used by "mpd" -> end it',
  ]);
  assert.deepEqual(findingLines([]), []);
});

Deno.test("only a wrong finding makes the result wrong", () => {
  assert.equal(isWell([]), true);
  assert.equal(isWell([fine("a", "b"), warning("a", "b", "c")]), true);
  assert.equal(isWell([fine("a", "b"), wrong("a", "b", "c")]), false);
});

Deno.test("findings as JSON have every key, and foreign texts stay on one line", () => {
  const found = "a\nok       broker  forged\u001b[2J\u2028b";
  const line = "a ok       broker  forged [2J b";
  assert.deepEqual(JSON.parse(findingsJson([wrong("led", found, "do\r\nit"), fine("a", "b")])), {
    ok: false,
    findings: [
      { subject: "led", level: "wrong", found: line, advice: "do it" },
      { subject: "a", level: "ok", found: "b", advice: null },
    ],
  });
  assert.deepEqual(findingLines([fine("led", found)]), [`ok       led  ${line}`]);
  assert.ok(findingLines([fine("led", "x".repeat(10_000))]).join().length < 1000);
});

Deno.test("each reason of an unreachable broker has its own advice", () => {
  const config = configOf("[mqtt]\nusername = tyrion\npassword = p\n");
  const detail = "as the system says it";
  const certificate = (problem: CertificateFault) =>
    ({ code: "certificate", problem, detail }) as const;
  const rows: readonly [BrokerFault, RegExp][] = [
    [{ code: "login", detail }, /password is wrong.*hub enrol tyrion/],
    [{ code: "client_id", detail }, /clientid_prefixes/],
    [{ code: "refused", detail }, /nothing listens there.*1883/],
    [{ code: "no_answer", detail }, /cable/],
    [{ code: "unreachable", detail }, /cable/],
    [{ code: "lookup_failed", host: "hub.lan", detail }, /\.local/],
    [{ code: "lookup_slow", host: "hub.lan", afterMs: 15_000 }, /name server/],
    [certificate("unknown_authority"), /ca_file/],
    [certificate("self_signed_authority"), /CA:FALSE/],
    [certificate("wrong_name"), /certificate has it/],
    [certificate("time"), /clock/],
    [certificate("other"), /openssl/],
    [{ code: "no_tls", detail }, /mqtt:\/\//],
    [{ code: "closed" }, /mqtts:\/\//],
    [{ code: "broken", detail }, /MQTT broker/],
    [{ code: "no_greeting", withinMs: 4000 }, /MQTT broker/],
    [{ code: "subscription", filter: "rpi-cluster/v1/#" }, /\.acl/],
  ];
  for (const [fault, advice] of rows) {
    assert.match(brokerAdvice(fault, config), advice, fault.code);
    assert.notEqual(brokerFaultText(fault), "", fault.code);
  }
  const secure = configOf("[mqtt]\nurl = mqtts://10.0.0.1\n");
  for (
    const fault of [{ code: "no_greeting", withinMs: 4000 }, { code: "broken", detail }] as const
  ) {
    assert.match(brokerAdvice(fault, secure), /speaks TLS/, fault.code);
  }
  assert.match(brokerAdvice({ code: "login", detail }, configOf("")), /set \[mqtt\] username/);
  const toTlsPort = configOf("[mqtt]\nurl = mqtt://10.0.0.1:8883\n");
  assert.match(brokerAdvice({ code: "closed" }, toTlsPort), /write mqtts:/);
});

Deno.test("an unresolvable name is reported as such, and not as a missing broker", () => {
  const slow = { code: "lookup_slow", host: "hub.lan", afterMs: 15_000 } as const;
  assert.equal(
    brokerFaultText(slow),
    "looking up hub.lan takes too long: no answer after 15 s",
  );
  assert.equal(
    brokerFaultText({ ...slow, last: "192.0.2.2: no answer within 1500 ms" }),
    "looking up hub.lan takes too long: no answer after 15 s; " +
      "its last good address: 192.0.2.2: no answer within 1500 ms",
  );
  assert.doesNotMatch(brokerAdvice(slow, configOf("")), /MQTT broker/);
});

Deno.test("a broker that ends each connection is explained by another client", () => {
  const [finding] = checkCluster(configOf(""), {
    kind: "taken_over",
    look: new BrokerSurvey(ROOT),
  });
  assert.equal(finding?.level, "wrong");
  assert.match(finding?.found ?? "", /another client uses this client id/);
  assert.match(finding?.advice ?? "", /use_username_as_clientid/);
});

Deno.test("a missing echo is explained by the user name, if it differs from the id", () => {
  const other = configOf("[mqtt]\nusername = sansa\npassword = p\n[node]\nid = arya\n");
  assert.match(echoAdvice(other), /id "arya" and \[mqtt\] username "sansa"/);
  assert.match(echoAdvice(configOf("")), /\.acl/);
  assert.match(echoAdvice({ ...other, node: { id: "hub" } }), /below hub\/.*hub enrol hub/);
});

Deno.test("a survey of a broker counts the nodes, and ignores invalid messages", () => {
  const look = new BrokerSurvey(ROOT);
  const hear = (topic: string, payload: string, retained = true) =>
    look.take({ topic, payload, retained });
  hear(TOPICS.status("arya"), '{"kind":"birth","session":"s","every_ms":1000}');
  hear(TOPICS.status("bran"), '{"kind":"last_will","session":"s"}');
  hear(TOPICS.heartbeat("arya"), '{"session":"s","seq":1,"every_ms":1000,"up_ms":1}', false);
  hear(TOPICS.status("rickon"), "garbage");
  hear(TOPICS.verdict("arya"), "garbage");
  hear(TOPICS.verdict("arya"), '{"liveness":"alive","since":"yesterday"}');
  hear("elsewhere/v1/nodes/sansa/status", '{"kind":"last_will","session":"s"}');
  assert.deepEqual([...look.known], ["arya", "bran"]);
  assert.deepEqual([...look.live], ["arya"]);
  assert.equal(look.latestMs, 0);
  hear(TOPICS.hubStatus, '{"kind":"birth","session":"s","every_ms":1000,"name":"Castle Black"}');
  hear(TOPICS.verdict("arya"), '{"liveness":"alive","since":"2026-11-28T00:00:00Z"}');
  hear(TOPICS.verdict("bran"), '{"liveness":"dead","since":"2026-11-27T00:00:00Z"}');
  assert.equal(look.hub?.kind, "birth");
  assert.equal(look.latestMs, Date.UTC(2026, 10, 28));
  assert.deepEqual([...look.known], ["arya", "bran"], "the hub is no node");
});

Deno.test("expected nodes that are unknown are named", () => {
  const look = new BrokerSurvey(ROOT);
  const birth = '{"kind":"birth","session":"s","every_ms":1000}';
  for (const node of ["tyrion", "arya"]) {
    look.take({ topic: TOPICS.status(node), payload: birth, retained: true });
  }
  const of = (text: string) => {
    const findings = checkCluster(configOf(text), { kind: "seen", echoMs: 3.4, look });
    assert.deepEqual(findings.map(({ subject }) => subject), ["broker", "hub", "nodes"]);
    return findings[2];
  };
  assert.deepEqual(of(""), fine("nodes", "1 to watch, 0 heard just now: arya"));
  const named = of("[cluster]\nnodes = tyrion, arya, bran\n");
  assert.equal(named?.level, "warning");
  assert.match(named?.found ?? "", /1 to watch.*not known: bran$/);
});

Deno.test("a hub that ended without a farewell is a warning, and a missing hub is not", () => {
  const look = new BrokerSurvey(ROOT);
  const hub = () => checkCluster(configOf(""), { kind: "seen", echoMs: 3, look })[1]?.level;
  assert.equal(hub(), "ok");
  const payload = '{"kind":"last_will","session":"s"}';
  look.take({ topic: TOPICS.hubStatus, payload, retained: true });
  assert.equal(hub(), "warning");
});

Deno.test("a slow echo is a warning, a lost one is wrong", () => {
  const look = new BrokerSurvey(ROOT);
  const config = configOf("");
  const level = (findings: readonly Finding[]) => findings[0]?.level;
  assert.equal(level(checkCluster(config, { kind: "seen", echoMs: 1000, look })), "ok");
  assert.equal(level(checkCluster(config, { kind: "seen", echoMs: 1001, look })), "warning");
  assert.equal(level(checkCluster(config, { kind: "deaf", look })), "wrong");
  assert.deepEqual(
    checkCluster(config, { kind: "failed", fault: { code: "closed" } }).map(({ subject }) =>
      subject
    ),
    ["broker"],
  );
});

Deno.test("a wall clock before this program's release, or behind the hub's, is a warning", () => {
  const now = Date.UTC(2026, 10, 28, 12);
  assert.equal(checkClock(Date.UTC(2016, 0, 1), 0).level, "warning");
  assert.equal(checkClock(now, 0).level, "ok");
  assert.equal(checkClock(now, now + MINUTE_MS).level, "ok");
  const late = checkClock(now, now + 5 * MINUTE_MS);
  assert.equal(late.level, "warning");
  assert.match(late.found, /behind the hub by 5 min/);
});

Deno.test("quiet hours are reported with their present state", () => {
  const midnightMs = new Date(2026, 10, 28).getTime();
  const { rpi } = configOf("[rpi]\nquiet = 22:00-07:00\n");
  const at = (minute: number) => checkQuietHours(rpi, midnightMs + minute * MINUTE_MS).found;
  assert.match(at(6 * 60 + 59), /^22:00-07:00: the buzzer is quiet now, until 07:00$/);
  assert.match(at(7 * 60), /sounds now$/);
  assert.match(checkQuietHours(configOf("").rpi, midnightMs).found, /^none/);
});

/** Files of the kernel and of the system, some of them read-only. */
class Files {
  readonly touched: string[] = [];
  readonly #texts: Readonly<Record<string, string>>;
  readonly #readOnly: readonly string[];

  constructor(texts: Readonly<Record<string, string>>, readOnly: readonly string[] = []) {
    this.#texts = texts;
    this.#readOnly = readOnly;
  }

  read(path: string): string {
    const text = this.#texts[path];
    if (text === undefined) throw new Error(`Cannot open "${path}": no such file (ENOENT)`);
    return text;
  }

  write(path: string, text: string): void {
    assert.equal(text, "", "nothing is changed");
    this.read(path);
    if (this.#readOnly.includes(path)) {
      throw new Error(`Cannot open "${path}": permission denied (EACCES)`);
    }
    this.touched.push(path);
  }
}

Deno.test("an on-board LED must exist and be writable", () => {
  const { rpi } = configOf("[rpi]\nled = sysfs:ACT\nbuzzer = none\n");
  const trigger = "/sys/class/leds/ACT/trigger";
  const brightness = "/sys/class/leds/ACT/brightness";
  const texts = { [trigger]: "[mmc0] none", [brightness]: "0" };
  const levelWith = (files: Files) => checkDevices(rpi, files).map(({ level }) => level);
  const files = new Files(texts);
  assert.deepEqual(levelWith(files), ["ok"]);
  assert.deepEqual(files.touched, [trigger, brightness]);
  assert.deepEqual(levelWith(new Files({})), ["wrong"]);
  assert.deepEqual(levelWith(new Files(texts, [brightness])), ["wrong"]);
  assert.deepEqual(checkDevices(configOf("").rpi, new Files({})), [], "lines are no folders");
});

Deno.test("a PWM channel must exist and be writable", () => {
  const folder = "/sys/class/pwm/pwmchip1";
  const texts = { [`${folder}/npwm`]: "2\n", [`${folder}/export`]: "" };
  const levelOf = (buzzer: string, files: Files) =>
    checkDevices(configOf(`[rpi]\nbuzzer = ${buzzer}\n`).rpi, files).map(({ level }) => level);
  assert.deepEqual(levelOf("pwm:1", new Files(texts)), ["ok"]);
  assert.deepEqual(levelOf("pwm:2", new Files(texts)), ["wrong"]);
  assert.deepEqual(levelOf("pwm:1", new Files({})), ["wrong"]);
  assert.deepEqual(levelOf("pwm:1", new Files(texts, [`${folder}/export`])), ["wrong"]);
});

Deno.test("the doctor finds the service's user and all of his groups", () => {
  const system = {
    "/etc/passwd": "root:x:0:0::/root:/bin/sh\nrpi-cluster-alert:x:990:989::/:/bin/false\n",
    "/etc/group": "gpio:x:997:pi,rpi-cluster-alert\ni2c:x:998:pi\nrpi-cluster-alert:x:989:\n",
  };
  const old = { name: "rpi-cluster-alert", numbers: { user: 990, group: 989, groups: [989, 997] } };
  assert.deepEqual(findServiceUser(new Files(system)), old);
  const users = `${system["/etc/passwd"]}rpi-cluster-tracker:x:991:991::/:/bin/false\n`;
  const both = { ...system, "/etc/passwd": users };
  const present = { user: 991, group: 991, groups: [991] };
  assert.deepEqual(findServiceUser(new Files(both)), {
    name: "rpi-cluster-tracker",
    numbers: present,
  });
  const unit = "[Service]\nUser=rpi-cluster-alert\n";
  const notUpdated = { ...both, "/etc/systemd/system/tracker.service": unit };
  assert.deepEqual(findServiceUser(new Files(notUpdated)), old);
  const foreign = { ...system, "/etc/passwd": "root:x:0:0::/root:/bin/sh\n" };
  const nobody = { name: "rpi-cluster-tracker", numbers: undefined };
  assert.deepEqual(findServiceUser(new Files(foreign)), nobody);
});

Deno.test("the doctor knows the user that runs it", () => {
  const status = "Name:\ttracker\nUid:\t1000\t1001\t0\t0\nGid:\t5\t1001\t5\t5\nGroups:\t27 997 \n";
  const system = {
    "/etc/passwd": "root:x:0:0::/root:/bin/sh\npi:x:1001:1001::/home/pi:/bin/sh\n",
    "/etc/group": "gpio:x:997:pi,arya\ni2c:x:998:pi\npi:x:1001:\n",
  };
  const identity = readIdentity(new Files({ "/proc/self/status": status, ...system }));
  assert.deepEqual(identity, {
    user: "pi",
    isRoot: false,
    groups: ["pi", "27", "gpio"],
    listedGroups: ["gpio", "i2c"],
    hasGpioGroup: true,
  });
  assert.equal(readIdentity(new Files(system)), undefined);
  const unknown = readIdentity(new Files({ "/proc/self/status": status }));
  assert.equal(unknown?.user, "1001");
});
