import assert from "node:assert/strict";
import {
  judge,
  judgeVitals,
  type Level,
  type Vitals,
  vitalsChanged,
} from "../../../core/protocol/vitals.ts";
import { decodeVitals, VITALS_MAX } from "../../../core/protocol/vitals_decoding.ts";
import { usableAddresses } from "../../../vitals/facts.ts";
import { jobsReason, scheduledReason } from "../../../vitals/shutdown_reason.ts";

const NONE = {
  temperature: undefined,
  cpu: undefined,
  memory: undefined,
  disk: undefined,
  under_voltage: undefined,
};

/** The levels of one reading after another. */
function levels(readings: readonly number[]): readonly Level[] {
  let level: Level | undefined;
  return readings.map((reading) => level = judge("temperature", reading, level));
}

Deno.test("a temperature warns at 75, is critical at 82, and clears 5 degrees lower", () => {
  assert.deepEqual(levels([74.9, 75, 70.1, 70]), ["ok", "warning", "warning", "ok"]);
  assert.deepEqual(
    levels([82, 77.1, 77, 70.1, 70, 81.9, 82]),
    ["critical", "critical", "warning", "warning", "ok", "warning", "critical"],
  );
});

Deno.test("a temperature near a threshold does not flap", () => {
  assert.deepEqual(new Set(levels([75, 74, 76, 73, 75, 71])), new Set(["warning"]));
});

Deno.test("a machine that was critical and cooled right down is ok at once", () => {
  assert.deepEqual(levels([90, 40]), ["critical", "ok"]);
});

Deno.test("under-voltage is critical at once and over at once", () => {
  assert.equal(judge("under_voltage", true, "ok"), "critical");
  assert.equal(judge("under_voltage", false, "critical"), "ok");
});

Deno.test("a missing reading is not ok but not supported", () => {
  for (const reading of [undefined, NaN, Infinity, true]) {
    assert.equal(judge("temperature", reading, "ok"), "not_supported");
  }
  assert.equal(judge("under_voltage", 0, "ok"), "not_supported");
  const vitals = judgeVitals(NONE);
  for (const vital of Object.values(vitals)) {
    assert.deepEqual(vital, { value: null, level: "not_supported" });
  }
});

Deno.test("vitals are rounded for the wire, and keep their level by that of the time before", () => {
  const hot = judgeVitals({ ...NONE, temperature: 75.04, cpu: 12.6 });
  assert.deepEqual(hot.temperature, { value: 75, level: "warning" });
  assert.deepEqual(hot.cpu, { value: 13, level: "ok" });
  assert.equal(judgeVitals({ ...NONE, temperature: 71 }, hot).temperature.level, "warning");
  assert.equal(judgeVitals({ ...NONE, temperature: 71 }).temperature.level, "ok");
});

Deno.test("vitals are published early when a level, a value by its step, or their set changes", () => {
  const of = (temperature: number, cpu: number): Vitals =>
    judgeVitals({ ...NONE, temperature, cpu });
  assert.equal(vitalsChanged(undefined, of(48, 10)), true);
  assert.equal(vitalsChanged(of(48, 10), of(48.9, 19)), false);
  assert.equal(vitalsChanged(of(48, 10), of(49, 10)), true);
  assert.equal(vitalsChanged(of(48, 10), of(48, 20)), true);
  assert.equal(vitalsChanged(of(74.9, 10), of(75, 10)), true);
  assert.equal(vitalsChanged(of(48, 10), judgeVitals({ ...NONE, temperature: 48 })), true);
  assert.equal(vitalsChanged(of(48, 10), { temperature: { value: 48, level: "ok" } }), true);
});

Deno.test("decoded vitals are those that were sent, without other keys of the payload", () => {
  const vitals = judgeVitals({ ...NONE, temperature: 48.2, under_voltage: false });
  const payload = JSON.parse(JSON.stringify({ session: "S", up_ms: 5, ...vitals }));
  assert.deepEqual(decodeVitals(payload), { ok: true, value: vitals });
});

Deno.test("a vital of a newer agent is kept, and a malformed one is ignored", () => {
  const found = decodeVitals(JSON.parse(`{
    "fan": {"value": 1200, "level": "ok", "unit": "rpm"},
    "wear": {"value": "much", "level": "ok"},
    "Bad Key": {"value": 1, "level": "ok"},
    "__proto__": {"value": 1, "level": "ok"},
    "constructor": {"value": true, "level": "fine"}
  }`));
  assert.deepEqual(found, { ok: true, value: { fan: { value: 1200, level: "ok" } } });
});

Deno.test("an invalid known vital is an error with its place and its value", () => {
  const wrong: readonly (readonly [unknown, string])[] = [
    [{ temperature: { value: "hot", level: "ok" } }, '{"value":"hot","level":"ok"}'],
    [{ temperature: { value: null, level: "ok" } }, '{"value":null,"level":"ok"}'],
    [
      { temperature: { value: 48, level: "not_supported" } },
      '{"value":48,"level":"not_supported"}',
    ],
    [{ temperature: { value: true, level: "ok" } }, '{"value":true,"level":"ok"}'],
    [{ temperature: 48 }, "48"],
    [{ temperature: null }, "null"],
  ];
  for (const [payload, found] of wrong) {
    assert.ok(typeof payload === "object" && payload !== null);
    assert.deepEqual(decodeVitals(payload), {
      ok: false,
      reason: `temperature: expected a finite number with its level, found ${found}`,
      field: "temperature",
    });
  }
});

Deno.test("invented vitals do not displace the known ones", () => {
  const flood = Array.from(
    { length: 1000 },
    (_, index) => [`v${index}`, { value: 1, level: "ok" }],
  );
  const found = decodeVitals({
    ...Object.fromEntries(flood),
    temperature: { value: 48, level: "ok" },
  });
  assert.ok(found.ok);
  assert.equal(Object.keys(found.value).length, VITALS_MAX);
  assert.deepEqual(found.value["temperature"], { value: 48, level: "ok" });
});

Deno.test("addresses of a machine leave out loopback and link-local ones, IPv4 first", () => {
  const addresses = usableAddresses([
    { name: "lo", family: "IPv6", address: "::1" },
    { name: "eth0", family: "IPv6", address: "fe80::1" },
    { name: "eth0", family: "IPv6", address: "2001:db8::7" },
    { name: "lo", family: "IPv4", address: "127.0.0.1" },
    { name: "eth0", family: "IPv4", address: "169.254.3.4" },
    { name: "eth0", family: "IPv4", address: "192.168.1.7" },
    { name: "eth0", family: "IPv4", address: "192.168.1.7" },
  ]);
  assert.deepEqual(addresses, ["192.168.1.7", "2001:db8::7"]);
});

Deno.test("addresses to containers of the machine itself are not reported", () => {
  const addresses = ["docker0", "br-0a1b2c3d", "veth1", "virbr0", "br0", "eth0"].map((
    name,
    index,
  ) => ({
    name,
    family: "IPv4" as const,
    address: `172.17.0.${index}`,
  }));
  assert.deepEqual(usableAddresses(addresses), ["172.17.0.4", "172.17.0.5"]);
});

Deno.test("a machine with a hundred addresses reports eight", () => {
  const many = Array.from({ length: 100 }, (_, index) => `10.0.0.${index + 1}`);
  const told = usableAddresses(
    many.map((address) => ({ name: "eth0", family: "IPv4", address })),
  );
  assert.deepEqual(told, many.slice(0, 8));
});

Deno.test("the jobs of a shutdown show whether the machine comes back", () => {
  const jobs = (target: string) =>
    `2861 ${target}   start waiting\n 2875 shutdown.target  start waiting\n 29 agent.service stop running\n`;
  const agent = "agent.service";
  assert.equal(jobsReason(jobs("reboot.target"), agent), "reboot");
  assert.equal(jobsReason(jobs("soft-reboot.target"), agent), "reboot");
  assert.equal(jobsReason(jobs("kexec.target"), agent), "reboot");
  assert.equal(jobsReason(jobs("poweroff.target"), agent), "poweroff");
  assert.equal(jobsReason(jobs("halt.target"), agent), "poweroff");
  assert.equal(jobsReason("41 reboot.target stop waiting\n", agent), "unknown");
});

Deno.test("the job of the unit shows whether it stops or restarts", () => {
  const agent = "agent.service";
  assert.equal(jobsReason("40 agent.service stop running\n", agent), "stop");
  assert.equal(jobsReason("40 agent.service restart running\n", agent), "restart");
  const both = "40 agent.service restart running\n2861 reboot.target start waiting\n";
  assert.equal(jobsReason(both, agent), "reboot");
  for (const jobs of ["40 hub.service restart running\n", "No jobs running.\n", ""]) {
    assert.equal(jobsReason(jobs, agent), "unknown", jobs);
  }
});

Deno.test("a scheduled shutdown is the reason only once its time has come", () => {
  const text = "USEC=1700000000000000\nWARN_WALL=1\nMODE=reboot\n";
  assert.equal(scheduledReason(text, 1_700_000_000_000), "reboot");
  assert.equal(scheduledReason(text, 1_699_999_999_999), undefined);
  assert.equal(scheduledReason(text.replace("reboot", "dry-reboot"), 1e15), undefined);
  assert.equal(scheduledReason("", 1e15), undefined);
});
