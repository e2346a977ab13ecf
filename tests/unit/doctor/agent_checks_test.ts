/** What the agent's doctor makes of what it has collected. */

import assert from "node:assert/strict";
import type { BrokerReport } from "../../../core/doctor/broker_report.ts";
import { BrokerSurvey } from "../../../core/doctor/broker_survey.ts";
import { certificateFinding } from "../../../core/doctor/certificate_check.ts";
import { diskFinding } from "../../../core/doctor/disk_check.ts";
import type { Finding } from "../../../core/doctor/finding.ts";
import { nodeFindings } from "../../../core/doctor/node_checks.ts";
import { tlsFinding } from "../../../core/doctor/tls_check.ts";
import { unitFinding } from "../../../core/doctor/unit_check.ts";
import { versionFinding } from "../../../core/doctor/version_check.ts";
import { topicsOf } from "../../../core/protocol/topics.ts";
import { configOfIni } from "../../support/program/ini_config.ts";

const ROOT = "rpi-cluster";
const TOPICS = topicsOf(ROOT);
const GB = 1e9;
const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;
const LOGIN = "[mqtt]\nusername = arya\npassword = p\n[node]\nid = arya\n";

/** A look at a broker where these sessions of arya sent a heartbeat each, in this order. */
function lookWith(sessions: readonly string[], hub?: string): BrokerSurvey {
  const look = new BrokerSurvey(ROOT);
  for (const session of sessions) {
    const payload = JSON.stringify({ session, seq: 1, every_ms: 1000, up_ms: 1 });
    look.take({ topic: TOPICS.heartbeat("arya"), payload, retained: false });
  }
  if (hub !== undefined) look.take({ topic: TOPICS.hubStatus, payload: hub, retained: true });
  return look;
}

function findingsOf(
  report: BrokerReport,
  { ini = LOGIN, hostname = "winterfell", hasOwnId = true } = {},
): Readonly<Record<string, Finding>> {
  const facts = { config: configOfIni(ini), hostname, hasOwnId, version: "1.2.3" };
  return Object.fromEntries(nodeFindings(facts, report).map((one) => [one.subject, one]));
}

const birth = (version: string) =>
  JSON.stringify({ kind: "birth", session: "h", every_ms: 1000, name: "Castle Black", version });

Deno.test("an agent that is heard, with a credential of its own, is well", () => {
  const look = lookWith(["a", "a"], birth("1.2.3"));
  const found = findingsOf({ kind: "seen", echoMs: 3, look, mayWriteAnywhere: false });
  assert.deepEqual(Object.keys(found), [
    ...["broker", "names", "hub", "credential", "heartbeat", "version"],
  ]);
  assert.ok(Object.values(found).every(({ level }) => level === "ok"), JSON.stringify(found));
  assert.match(found.heartbeat?.found ?? "", /^2 of arya/);
  assert.equal(found.version?.found, "1.2.3, like the hub");
});

Deno.test("two machines with one id are told from an agent that has restarted", () => {
  const levelOf = (...sessions: string[]) => {
    const look = lookWith(sessions);
    return findingsOf({ kind: "seen", echoMs: 3, look }).names?.level;
  };
  assert.equal(levelOf("a", "b", "a", "b"), "wrong");
  assert.equal(levelOf("a", "b", "a"), "wrong");
  assert.equal(levelOf("a", "a", "b", "b"), "ok", "a restart");
  assert.equal(levelOf(), "ok");
});

Deno.test("an id that is made of the host name of every new Pi is a warning", () => {
  const report = { kind: "failed", fault: { code: "closed" } } as const;
  const namesOf = (options: Parameters<typeof findingsOf>[1]) => findingsOf(report, options).names;
  assert.equal(namesOf({ hostname: "raspberrypi", hasOwnId: false })?.level, "warning");
  assert.equal(namesOf({ hostname: "raspberrypi", hasOwnId: true })?.level, "ok");
  assert.equal(namesOf({ hostname: "winterfell", hasOwnId: false })?.level, "ok");
  assert.deepEqual(Object.keys(findingsOf(report)), ["broker", "names"], "nothing else is known");
});

Deno.test("a credential that may do too much, or none, is a warning", () => {
  const look = lookWith(["a"]);
  const credential = (mayWriteAnywhere: boolean, ini = LOGIN) =>
    findingsOf({ kind: "seen", echoMs: 3, look, mayWriteAnywhere }, { ini }).credential;
  assert.equal(credential(false)?.level, "ok");
  assert.match(credential(false)?.found ?? "", /no others$/);
  assert.equal(credential(true)?.level, "warning");
  assert.match(credential(true)?.advice ?? "", /\.acl/);
  assert.equal(credential(true, "[node]\nid = arya\n")?.level, "warning");
});

Deno.test("an agent that is not heard, and a hub that is not there, are warnings", () => {
  const levels = (hub?: string) => {
    const found = findingsOf({ kind: "seen", echoMs: 3, look: lookWith([], hub) });
    return [found.heartbeat?.level, found.hub?.level];
  };
  assert.deepEqual(levels(), ["warning", "warning"]);
  assert.deepEqual(levels(birth("1.2.3")), ["warning", "ok"]);
  assert.deepEqual(levels('{"kind":"farewell","session":"h"}'), ["warning", "warning"]);
  assert.deepEqual(levels('{"kind":"last_will","session":"h"}'), ["warning", "warning"]);
});

Deno.test("versions one minor apart work together, others are a warning", () => {
  const level = (version: string) => versionFinding("1.2.3", [{ name: "hub", version }]).level;
  for (const near of ["1.2.3", "1.2.9", "1.1.0", "1.3.7"]) assert.equal(level(near), "ok", near);
  for (const far of ["1.0.9", "1.4.0", "2.2.3", "nonsense"]) {
    assert.equal(level(far), "warning", far);
  }
  const many = Array.from({ length: 8 }, (_, n) => ({ name: `pi-${n}`, version: "0.1.0" }));
  assert.match(versionFinding("1.2.3", many).found, /pi-4 \(0\.1\.0\) and 3 more$/);
});

Deno.test("a disk that is full or read-only is wrong where the program must write", () => {
  const facts = { path: "/var", freeBytes: 5 * GB, totalBytes: 30 * GB, isReadOnly: false };
  const level = (change: Partial<typeof facts>, isNeeded = true) =>
    diskFinding({ ...facts, ...change, isNeeded }).level;
  assert.equal(level({}), "ok");
  assert.equal(diskFinding({ ...facts, isNeeded: true }).found, "/var: 5.0 GB of 30.0 GB free");
  assert.equal(level({ freeBytes: 1 * GB }), "warning");
  assert.equal(level({ freeBytes: 1e6 }), "wrong");
  assert.equal(level({ freeBytes: 1e6 }, false), "warning");
  assert.equal(level({ isReadOnly: true }), "wrong");
  assert.equal(level({ isReadOnly: true }, false), "warning");
});

Deno.test("a certificate that has ended or not begun is wrong, and one that ends soon a warning", () => {
  const nowMs = Date.UTC(2026, 10, 30);
  const finding = (fromMs: number, untilMs: number) =>
    certificateFinding({ what: "the authority", fromMs, untilMs, nowMs, renewal: "renew" });
  assert.equal(finding(0, nowMs + 15 * DAY_MS).level, "ok");
  assert.equal(finding(0, nowMs + 13 * DAY_MS).level, "warning");
  assert.match(finding(0, nowMs + 13 * DAY_MS).found, /, for 13 d$/);
  assert.equal(finding(0, nowMs).level, "wrong");
  assert.match(finding(nowMs + 1, nowMs + DAY_MS).advice ?? "", /clock/);
});

Deno.test("a connection without TLS is a warning, unless it stays on this machine", () => {
  const level = (url: string) => tlsFinding(configOfIni(`[mqtt]\nurl = ${url}\n`).mqtt).level;
  assert.equal(level("mqtts://hub.local"), "ok");
  for (const own of ["127.0.0.1", "localhost", "[::1]"]) assert.equal(level(`mqtt://${own}`), "ok");
  for (const far of ["hub.local", "192.168.1.2", "127.example.org"]) {
    assert.equal(level(`mqtt://${far}`), "warning", far);
  }
});

Deno.test("the unit's state is explained, with the reason that the program gave", () => {
  const finding = (text: Readonly<Record<string, string>>) => {
    const all = { LoadState: "loaded", UnitFileState: "enabled", NRestarts: "0", ...text };
    return unitFinding("agent", Object.entries(all).map(([k, v]) => `${k}=${v}\n`).join(""));
  };
  const up = finding({ ActiveState: "active", StatusText: "up, broker hub.local:1883" });
  assert.deepEqual(up, {
    subject: "service",
    level: "ok",
    found: "agent.service is active: up, broker hub.local:1883",
  });
  assert.match(finding({ ActiveState: "active", NRestarts: "3" })?.found ?? "", /again 3 times/);
  assert.equal(finding({ ActiveState: "active", UnitFileState: "disabled" })?.level, "warning");
  const bad = finding({ ActiveState: "failed", ExecMainStatus: "78", StatusText: "config.ini:3" });
  assert.equal(bad?.level, "wrong");
  assert.equal(bad.found, "agent.service has ended: bad configuration: config.ini:3");
  assert.match(finding({ ActiveState: "failed", ExecMainStatus: "1" })?.advice ?? "", /journalctl/);
  assert.match(finding({ ActiveState: "inactive" })?.advice ?? "", /enable --now agent/);
  assert.equal(finding({ LoadState: "not-found" })?.level, "warning");
  assert.equal(unitFinding("agent", ""), undefined, "no systemd");
});
