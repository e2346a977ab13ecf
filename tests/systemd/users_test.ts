/** Each service has a user of its own: whoever breaks into one has not the others as well. */

import assert from "node:assert/strict";
import type { Finding } from "../../core/doctor/finding.ts";
import { AS_SERVICE, type SystemdMachine } from "./machine.ts";
import { testWithSystemd } from "./test_bed.ts";

const SERVICES = ["hub", "tracker", "agent"] as const;
type Service = typeof SERVICES[number];
const USERS = {
  hub: "rpi-cluster-alert",
  agent: "rpi-cluster-agent",
  tracker: "rpi-cluster-tracker",
} as const;

/** A hub with secrets of its own, at the broker elsewhere, as agent and tracker are. */
const SECRETS = {
  hub: { broker: "none" },
  sms: { provider: "print", to: "+15005550006" },
  webhook: { preset: "ntfy", url: "https://127.0.0.1:9/a-secret-topic" },
};

/** Of the hub. */
const SOCKETS = "/run/rpi-cluster-hub";

/** Prints what it can do of what only one of the services may. */
const PROBE = `#!/bin/sh
try() { what=$1; shift; if "$@" >/dev/null 2>&1; then echo "it can $what"; fi; }
try "read config.ini" cat /etc/rpi-cluster-alert/config.ini
try "read hub.ini" cat /etc/rpi-cluster-alert/hub.ini
try "write config.ini" sh -c 'echo >> /etc/rpi-cluster-alert/config.ini'
try "list the hub's state" ls /var/lib/rpi-cluster-alert
try "read the page's password" cat /var/lib/rpi-cluster-alert/password
try "read the hub's database" cat /var/lib/rpi-cluster-alert/hub.db
try "reach the hub's sockets" ls /run/rpi-cluster-hub
try "signal hub" kill -0 "$HUB"
try "see the memory of hub" head -c 1 "/proc/$HUB/maps"
try "see the environment of hub" cat "/proc/$HUB/environ"
for other in agent tracker; do
  try "list the state of $other" ls "/var/lib/rpi-cluster-$other"
  try "write to the state of $other" mktemp -p "/var/lib/rpi-cluster-$other"
  try "write to the sockets of $other" mktemp -p "/run/rpi-cluster-$other"
done
try "be connected to" python3 -c 'import socket; socket.create_server(("127.0.0.1", 0))'
for folder in "$STATE_DIRECTORY" /tmp /var/tmp /dev/shm "$RUNTIME_DIRECTORY"; do
  try "run what it has written to $folder" sh -c \\
    "own=\\$(mktemp -p $folder) && cp /bin/true \\$own && chmod +x \\$own && \\$own"
done
echo "the probe is through"
`;

/** What it can, run as it is by a user, or by the unit of a service in place of the program. */
async function probe(
  machine: SystemdMachine,
  how: readonly string[] | Service,
): Promise<readonly string[]> {
  const can = (text: string) => [...text.matchAll(/it can (.+)$/gm)].map(([, what]) => what ?? "");
  const hub = await machine.property("hub", "MainPID");
  if (typeof how !== "string") {
    const folders = ["STATE_DIRECTORY=/var/lib/rpi-cluster-alert", `RUNTIME_DIRECTORY=${SOCKETS}`];
    return can(await machine.do(...how, "env", `HUB=${hub}`, ...folders, "sh", "/probe"));
  }
  const inPlace = `[Service]\nType=oneshot\nRestart=no\nExecStart=\nExecStart=/bin/sh /probe\n` +
    `Environment=HUB=${hub}\n`;
  machine.write(`/etc/systemd/system/${how}.service.d/probe.conf`, inPlace);
  await machine.do("systemctl", "daemon-reload");
  await machine.do("systemctl", "restart", how);
  await machine.untilLogged(how, /the probe is through/);
  return can(await machine.journal(how));
}

async function startAll(machine: SystemdMachine): Promise<void> {
  await machine.do("systemctl", "start", ...SERVICES);
  await machine.untilLogged("hub", /node=john-snow from=unknown to=up/);
  await machine.untilLogged("tracker", /sees the cluster/);
}

async function userOf(machine: SystemdMachine, service: Service): Promise<string> {
  const pid = await machine.property(service, "MainPID");
  return (await machine.do("stat", "-c", "%U", `/proc/${pid}`)).trim();
}

testWithSystemd("each service works as a user of its own, who reaches nothing of the others", {
  config: SECRETS,
  files: { "/probe": PROBE },
}, async ({ machine }, t) => {
  await startAll(machine);
  for (const service of SERVICES) {
    assert.equal(await userOf(machine, service), USERS[service]);
    assert.equal(await machine.property(service, "NRestarts"), "0");
  }

  await t.step("what is tried can be done at all", async () => {
    const all = await probe(machine, ["env"]);
    const tried = PROBE.match(/^ *try "/gm)?.length ?? 0;
    // Three in a loop are tried twice, one five times.
    assert.equal(all.length, tried + 3 + 4, all.join("\n"));
    assert.deepEqual(await probe(machine, AS_SERVICE), [
      "read hub.ini",
      "list the hub's state",
      "read the page's password",
      "read the hub's database",
      "reach the hub's sockets",
      "signal hub",
      "see the memory of hub",
      "see the environment of hub",
      "be connected to",
      ...["/var/lib/rpi-cluster-alert", "/tmp", "/var/tmp", "/dev/shm", SOCKETS]
        .map((folder) => `run what it has written to ${folder}`),
    ]);
  });

  await t.step(
    "by Mosquitto, which is in the hub's group for the passwords of the nodes",
    async () => {
      const mosquitto = ["setpriv", "--reuid=65534", "--regid=65534", "--groups=rpi-cluster-alert"];
      const can = await probe(machine, mosquitto);
      assert.deepEqual(can.filter((what) => /hub|config/.test(what)), ["list the hub's state"]);
    },
  );

  for (const service of ["agent", "tracker"] as const) {
    await t.step(`by the ${service}`, async () => {
      assert.deepEqual(await probe(machine, service), [
        "read config.ini",
        `list the state of ${service}`,
        `write to the state of ${service}`,
        `write to the sockets of ${service}`,
      ]);
    });
  }

  // The hub itself no longer runs then.
  await t.step("by the hub's unit", async () => {
    assert.deepEqual(await probe(machine, "hub"), [
      "read hub.ini",
      "list the hub's state",
      "read the page's password",
      "read the hub's database",
      "reach the hub's sockets",
      "be connected to",
    ]);
  });
});

testWithSystemd("an installation with one user and one file works on, and can be split", {
  config: SECRETS,
}, async ({ machine }) => {
  const nodeConfig = await machine.do("cat", "/etc/rpi-cluster-alert/config.ini");
  const folder = "/etc/rpi-cluster-alert";
  await machine.do("mv", `${folder}/hub.ini`, `${folder}/config.ini`);
  await machine.do("chown", "root:rpi-cluster-alert", `${folder}/config.ini`);
  await machine.do("chmod", "640", `${folder}/config.ini`);
  for (const service of SERVICES) {
    const old = service === "tracker"
      ? "RuntimeDirectory=\nRuntimeDirectory=rpi-cluster-alert"
      : "";
    const unit = `[Service]\nUser=rpi-cluster-alert\n${old}\n` +
      (service === "hub" ? "" : "InaccessiblePaths=\n");
    machine.write(`/etc/systemd/system/${service}.service.d/old.conf`, unit);
  }
  await machine.do("systemctl", "daemon-reload");
  await startAll(machine);
  for (const service of SERVICES) {
    assert.equal(await userOf(machine, service), "rpi-cluster-alert");
    assert.equal(await machine.property(service, "NRestarts"), "0");
    await machine.do("rm", `/etc/systemd/system/${service}.service.d/old.conf`);
  }

  // As docs/security.md has it.
  await machine.do(
    "install",
    "-m600",
    "-orpi-cluster-alert",
    `${folder}/config.ini`,
    `${folder}/hub.ini`,
  );
  machine.write(`${folder}/config.ini`, nodeConfig);
  await machine.do("chgrp", "rpi-cluster-node", `${folder}/config.ini`);
  await machine.do("systemctl", "daemon-reload");
  await machine.do("systemctl", "restart", ...SERVICES);
  await machine.untilLogged("tracker", /sees the cluster[^]*sees the cluster/);
  for (const service of SERVICES) {
    await machine.untilActive(service);
    assert.equal(await userOf(machine, service), USERS[service]);
    assert.equal(await machine.property(service, "NRestarts"), "0");
  }
  const state = await machine.do("stat", "-c", "%U", "/var/lib/rpi-cluster-agent");
  assert.equal(state.trim(), USERS.agent);
});

testWithSystemd("doctor and hub tell of secrets that lie open", {
  config: SECRETS,
}, async ({ machine }) => {
  const folder = "/etc/rpi-cluster-alert";
  const secrets = async () => {
    const { stdout } = await machine.run("tracker", "doctor", "--json");
    const { findings }: { readonly findings: readonly Finding[] } = JSON.parse(stdout);
    return findings.filter(({ subject }) => subject === "secrets");
  };
  assert.deepEqual(await secrets(), []);
  await machine.do("chmod", "644", `${folder}/hub.ini`);
  const [ofHub] = await secrets();
  assert.equal(ofHub?.level, "warning");
  assert.match(ofHub.found, /^the tracker may read \/etc\/rpi-cluster-alert\/hub\.ini$/);
  await machine.do("systemctl", "start", "hub");
  const said = await machine.untilLogged("hub", /every user of this machine may read .*/);
  assert.match(said, /secrets="?\[webhook\] url.*sudo chmod o-r .*hub\.ini/);
  await machine.do("mv", `${folder}/hub.ini`, `${folder}/config.ini`);
  const [open, mixed] = await secrets();
  assert.match(open?.found ?? "", /^every user of this machine may read .*\[webhook\] url$/);
  assert.match(open?.advice ?? "", /chmod o-r \/etc\/rpi-cluster-alert\/config\.ini$/);
  assert.match(mixed?.advice ?? "", /move the hub's sections to .*hub\.ini/);
});
