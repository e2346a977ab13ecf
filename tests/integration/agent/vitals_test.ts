import assert from "node:assert/strict";
import { readFacts } from "../../../vitals/facts.ts";
import { shutdownReason } from "../../../vitals/shutdown_reason.ts";
import { VitalSigns } from "../../../vitals/vital_signs.ts";
import { type Machine, PiTree } from "../../support/nodes/pi_tree.ts";

Deno.test("vitals of a Pi 5 are read as its kernel tells them", async () => {
  await using tree = await PiTree.of("pi_5");
  const { disk, ...readings } = await new VitalSigns(tree.root).read();
  assert.deepEqual(readings, { temperature: 48.312, cpu: 17, memory: 25, under_voltage: false });
  assert.ok(disk !== undefined && disk > 0 && disk <= 100, `disk is ${disk}`);
});

Deno.test("vitals tell the CPU's share since the reading before", async () => {
  await using tree = await PiTree.of("pi_4");
  const signs = new VitalSigns(tree.root);
  await signs.read();
  await tree.write("/proc/stat", "cpu  1075 0 500 8025 300 0 200 0 0 0\n");
  assert.equal((await signs.read()).cpu, 75);
  assert.equal((await signs.read()).cpu, 75, "no tick since: nothing new");
});

Deno.test("vitals tell under-voltage while it lasts", async () => {
  await using tree = await PiTree.of("pi_4");
  const signs = new VitalSigns(tree.root);
  assert.equal((await signs.read()).under_voltage, false);
  await tree.write(PiTree.voltageAlarm(1), "1\n");
  assert.equal((await signs.read()).under_voltage, true);
  await tree.write(PiTree.voltageAlarm(1), "0\n");
  assert.equal((await signs.read()).under_voltage, false);
});

Deno.test("vitals of an old kernel tell under-voltage by what the firmware says now", async () => {
  await using tree = await PiTree.of("pi_2");
  const signs = new VitalSigns(tree.root);
  assert.equal((await signs.read()).under_voltage, false);
  await tree.write("/sys/devices/platform/soc/soc:firmware/get_throttled", "50005\n");
  assert.equal((await signs.read()).under_voltage, true);
});

Deno.test("a board without the voltage circuit does not pass for well supplied", async () => {
  await using tree = await PiTree.of("pi_zero_2");
  const signs = new VitalSigns(tree.root);
  assert.equal((await signs.read()).under_voltage, undefined);
  await tree.write(PiTree.voltageAlarm(0), "1\n");
  assert.equal((await signs.read()).under_voltage, true);
});

Deno.test("a PC's own voltage alarms are none of a Pi's, and no sensor is no temperature", async () => {
  await using tree = await PiTree.of("pc");
  const readings = await new VitalSigns(tree.root).read();
  assert.equal(readings.under_voltage, undefined);
  assert.equal(readings.temperature, undefined);
  assert.equal(readings.memory, 25);
});

Deno.test("vitals that make no sense are not told", async () => {
  await using tree = await PiTree.of("pi_4");
  await tree.write("/sys/class/thermal/thermal_zone0/temp", "-274000\n");
  await tree.write("/proc/stat", "garbage\n");
  await tree.write("/proc/meminfo", "MemTotal: 0 kB\nMemAvailable: 0 kB\n");
  await tree.write(PiTree.voltageAlarm(1), "maybe\n");
  const { disk: _, ...readings } = await new VitalSigns(tree.root).read();
  assert.deepEqual(readings, {
    temperature: undefined,
    cpu: undefined,
    memory: undefined,
    under_voltage: undefined,
  });
});

Deno.test("a machine that tells nothing at all has no vitals and hardly a fact", async () => {
  const root = await Deno.makeTempDir();
  try {
    const readings = Object.values(await new VitalSigns(root).read());
    assert.deepEqual(new Set(readings), new Set([undefined]));
    const { addresses: _, ...facts } = await readFacts(root);
    assert.deepEqual(facts, { architecture: Deno.build.arch });
  } finally {
    await Deno.remove(root);
  }
});

Deno.test("vitals of this very machine are plausible", async () => {
  const readings = await new VitalSigns().read();
  for (const share of [readings.cpu, readings.memory, readings.disk]) {
    assert.ok(share !== undefined && share >= 0 && share <= 100, JSON.stringify(readings));
  }
});

Deno.test("reading vitals ends with its signal", async () => {
  const reason = new Error("stopped");
  await assert.rejects(new VitalSigns().read(AbortSignal.abort(reason)), reason);
});

Deno.test("facts of each board name it and its serial number", async () => {
  const boards: readonly (readonly [Machine, string, string | undefined])[] = [
    ["pi_2", "Raspberry Pi 2 Model B Rev 1.1", "00000000a1b2c3d4"],
    ["pi_5", "Raspberry Pi 5 Model B Rev 1.0", "5fa1b2c3d4e5f607"],
    ["pi_zero_2", "Raspberry Pi Zero 2 W Rev 1.0", "00000000e1f2a3b4"],
    ["pc", "ThinkCentre M720q", undefined],
  ];
  for (const [machine, model, serial] of boards) {
    await using tree = await PiTree.of(machine);
    const facts = await readFacts(tree.root);
    assert.equal(facts["model"], model);
    assert.equal(facts["serial"], serial);
  }
});

Deno.test("facts tell system, kernel, boot and name of the machine", async () => {
  await using tree = await PiTree.of("pi_4");
  const { addresses, architecture: _, ...facts } = await readFacts(tree.root);
  assert.deepEqual(facts, {
    model: "Raspberry Pi 4 Model B Rev 1.4",
    serial: "10000000c1d2e3f4",
    os: "Debian GNU/Linux 12 (bookworm)",
    kernel: "6.12.47+rpt-rpi-v8",
    hostname: "john-snow",
    boot_id: "13dd377f-1f87-4e33-8e07-94f02fb35945",
    uptime_s: 350735,
  });
  assert.ok(Array.isArray(addresses));
});

Deno.test("a serial number that thousands of machines share identifies none", async () => {
  await using tree = await PiTree.of("pi_4");
  await tree.write("/proc/device-tree/serial-number", "0000000000000000\0");
  assert.equal((await readFacts(tree.root))["serial"], undefined);
});

Deno.test({
  name: "vitals and facts need no more than the permissions that they name",
  permissions: {
    run: ["/usr/bin/head"],
    read: ["/etc/os-release"],
    sys: ["statfs", "networkInterfaces"],
  },
  async fn() {
    const { cpu, memory, disk } = await new VitalSigns().read();
    assert.ok(cpu !== undefined && memory !== undefined && disk !== undefined);
    const { kernel, os, boot_id, addresses } = await readFacts();
    assert.ok(kernel !== undefined && os !== undefined && boot_id !== undefined);
    assert.ok(Array.isArray(addresses));
  },
});

Deno.test({
  name: "vitals, facts and the reason of a stop do not fail for want of permissions",
  permissions: "none",
  async fn() {
    assert.deepEqual(new Set(Object.values(await new VitalSigns().read())), new Set([undefined]));
    assert.deepEqual(await readFacts(), { architecture: Deno.build.arch });
    assert.equal(await shutdownReason(STOPPED), "unknown");
  },
});

/** What a unit is asked with that systemd ends. */
const STOPPED = { unit: "agent.service", signal: "SIGTERM" } as const;

/** A program that answers as `systemctl` does on a machine that shuts down. */
async function standIn(folder: string, script: string): Promise<string> {
  const path = `${folder}/systemctl`;
  await Deno.writeTextFile(path, `#!/bin/sh\n${script}\n`, { mode: 0o755 });
  return path;
}

Deno.test("the reason of a stop is that of systemd's jobs", async () => {
  await using tree = await PiTree.of("pi_4");
  const { root } = tree;
  const reboot = await standIn(root, `echo " 2861 reboot.target  start waiting"`);
  assert.equal(await shutdownReason({ ...STOPPED, root, systemctl: reboot }), "reboot");
  const stop = await standIn(root, `echo " 40 agent.service stop running"`);
  assert.equal(await shutdownReason({ ...STOPPED, root, systemctl: stop }), "stop");
  const systemctl = `${root}/missing`;
  assert.equal(await shutdownReason({ ...STOPPED, root, systemctl }), "unknown");
});

Deno.test("who interrupts a program at a terminal stops it for good, and nobody else is asked", async () => {
  await using tree = await PiTree.of("pi_4");
  const systemctl = await standIn(tree.root, "exec sleep 30");
  const signal = "SIGINT";
  assert.equal(await shutdownReason({ ...STOPPED, signal, root: tree.root, systemctl }), "stop");
});

Deno.test("the reason of a stop is that of a scheduled shutdown which is due", async () => {
  await using tree = await PiTree.of("pi_4");
  const { root } = tree;
  const systemctl = await standIn(root, "exit 1");
  const schedule = (inMs: number) =>
    tree.write(
      "/run/systemd/shutdown/scheduled",
      `USEC=${(Date.now() + inMs) * 1000}\nWARN_WALL=1\nMODE=poweroff\n`,
    );
  await schedule(-1000);
  assert.equal(await shutdownReason({ ...STOPPED, root, systemctl }), "poweroff");
  await schedule(60_000);
  assert.equal(await shutdownReason({ ...STOPPED, root, systemctl }), "unknown");
});

Deno.test("systemd is asked again when it ends the one who asks", async () => {
  await using tree = await PiTree.of("pi_4");
  const { root } = tree;
  const ended = await standIn(
    root,
    `[ -e ${root}/asked ] || { touch ${root}/asked; kill -TERM $$; }\n` +
      `echo " 2861 reboot.target  start waiting"`,
  );
  assert.equal(await shutdownReason({ ...STOPPED, root, systemctl: ended }), "reboot");
});

Deno.test("a systemd that answers late is waited for, and one that never answers is not", async () => {
  await using tree = await PiTree.of("pi_4");
  const { root } = tree;
  const late = await standIn(root, `sleep 0.6; echo " 2861 reboot.target  start waiting"`);
  assert.equal(await shutdownReason({ ...STOPPED, root, systemctl: late }), "reboot");
  const systemctl = await standIn(root, "exec sleep 30");
  assert.equal(await shutdownReason({ ...STOPPED, root, systemctl }), "unknown");
});

Deno.test("reading vitals day after day costs no memory", async () => {
  const signs = new VitalSigns();
  const read = async (times: number) => {
    for (let time = 0; time < times; time++) await signs.read();
  };
  await read(100);
  const before = anonymousBytes();
  const times = 300;
  await read(times);
  const perReading = (anonymousBytes() - before) / times;
  // One buffer that is not freed has 64 KiB.
  assert.ok(perReading < 32_000, `each reading keeps ${Math.round(perReading)} bytes`);
});

/** The anonymous memory of this process. */
function anonymousBytes(): number {
  const status = Deno.readTextFileSync("/proc/self/status");
  return Number(/^RssAnon:\s+(\d+) kB$/m.exec(status)?.[1]) * 1024;
}
