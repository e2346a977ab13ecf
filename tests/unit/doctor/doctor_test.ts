/** The format of the doctor's findings, and how it derives them. */

import assert from "node:assert/strict";
import { brokerAdvice, echoAdvice } from "../../../core/doctor/broker_advice.ts";
import { BrokerSurvey } from "../../../core/doctor/broker_survey.ts";
import {
  clockFinding,
  type Synchronisation,
  synchronisationOf,
} from "../../../core/doctor/clock_check.ts";
import { checkCluster } from "../../../core/doctor/cluster_checks.ts";
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
import { checkQuietHours } from "../../../tracker/doctor/quiet_hours.ts";
import { configOfIni } from "../../support/program/ini_config.ts";

const ROOT = "rpi-cluster";
const TOPICS = topicsOf(ROOT);
const MINUTE_MS = 60_000;

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
  const config = configOfIni("[mqtt]\nusername = tyrion\npassword = p\n");
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
  const secure = configOfIni("[mqtt]\nurl = mqtts://10.0.0.1\n");
  for (
    const fault of [{ code: "no_greeting", withinMs: 4000 }, { code: "broken", detail }] as const
  ) {
    assert.match(brokerAdvice(fault, secure), /speaks TLS/, fault.code);
  }
  assert.match(brokerAdvice({ code: "login", detail }, configOfIni("")), /set \[mqtt\] username/);
  const sample = brokerAdvice({ code: "refused", detail }, configOfIni(""));
  assert.match(sample, /^this Pi has no hub yet.*rpi-cluster-hub enrol \S+" prints/);
  const toTlsPort = configOfIni("[mqtt]\nurl = mqtt://10.0.0.1:8883\n");
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
  assert.doesNotMatch(brokerAdvice(slow, configOfIni("")), /MQTT broker/);
});

Deno.test("a broker that ends each connection is explained by another client", () => {
  const [finding] = checkCluster(configOfIni(""), {
    kind: "taken_over",
    look: new BrokerSurvey(ROOT),
  });
  assert.equal(finding?.level, "wrong");
  assert.match(finding?.found ?? "", /another client uses this client id/);
  assert.match(finding?.advice ?? "", /use_username_as_clientid/);
});

Deno.test("a missing echo is explained by the user name, if it differs from the id", () => {
  const other = configOfIni("[mqtt]\nusername = sansa\npassword = p\n[node]\nid = arya\n");
  assert.match(echoAdvice(other), /id "arya" and \[mqtt\] username "sansa"/);
  assert.match(echoAdvice(configOfIni("")), /\.acl/);
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
    const findings = checkCluster(configOfIni(text), { kind: "seen", echoMs: 3.4, look });
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
  const hub = () => checkCluster(configOfIni(""), { kind: "seen", echoMs: 3, look })[1]?.level;
  assert.equal(hub(), "ok");
  const payload = '{"kind":"last_will","session":"s"}';
  look.take({ topic: TOPICS.hubStatus, payload, retained: true });
  assert.equal(hub(), "warning");
});

Deno.test("a slow echo is a warning, a lost one is wrong", () => {
  const look = new BrokerSurvey(ROOT);
  const config = configOfIni("");
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
  const nowMs = Date.UTC(2026, 10, 28, 12);
  const clock = (nowMs: number, latestMs: number, synchronisation: Synchronisation = "unknown") =>
    clockFinding({
      ...{ nowMs, shown: "noon", latestMs, whose: "the hub" },
      ...{ synchronisation, client: "timesyncd" },
    });
  assert.equal(clock(Date.UTC(2016, 0, 1), 0).level, "warning");
  assert.equal(clock(Date.UTC(2025, 11, 31), 0).level, "warning");
  assert.deepEqual(clock(nowMs, 0), fine("clock", "noon"));
  assert.deepEqual(clock(nowMs, 0, "done"), fine("clock", "noon, synchronised"));
  assert.equal(clock(nowMs, 0, "missing").level, "warning");
  assert.equal(clock(nowMs, nowMs + MINUTE_MS).level, "ok");
  const late = clock(nowMs, nowMs + 5 * MINUTE_MS);
  assert.equal(late.level, "warning");
  assert.match(late.found, /behind the hub by 5 min/);
});

Deno.test("with chrony the kernel says whether a time server has set the clock", () => {
  const facts = { nowMs: Date.UTC(2026, 10, 28), shown: "noon", latestMs: 0, whose: "the hub" };
  const found = (isKernelSynchronised: boolean | undefined, timesyncd: Synchronisation) => {
    const clients = { timesyncd, hasChrony: true, isKernelSynchronised };
    return clockFinding({
      ...facts,
      synchronisation: synchronisationOf(clients),
      client: "chrony",
    });
  };
  // What systemd's client left before chrony replaced it counts no more.
  assert.deepEqual(found(true, "missing"), fine("clock", "noon, synchronised"));
  assert.equal(found(false, "done").level, "warning");
  assert.match(found(false, "unknown").advice ?? "", /^chronyc sources; /);
  assert.deepEqual(found(undefined, "missing"), fine("clock", "noon"));
  const alone = { hasChrony: false, isKernelSynchronised: undefined };
  assert.equal(synchronisationOf({ ...alone, timesyncd: "missing" }), "missing");
});

Deno.test("quiet hours are reported with their present state", () => {
  const midnightMs = new Date(2026, 10, 28).getTime();
  const { rpi } = configOfIni("[rpi]\nquiet = 22:00-07:00\n");
  const at = (minute: number) => checkQuietHours(rpi, midnightMs + minute * MINUTE_MS).found;
  assert.match(at(6 * 60 + 59), /^22:00-07:00: the buzzer is quiet now, until 07:00$/);
  assert.match(at(7 * 60), /sounds now$/);
  assert.match(checkQuietHours(configOfIni("").rpi, midnightMs).found, /^none/);
});
