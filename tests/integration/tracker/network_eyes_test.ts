/**
 * What an observer learns about its own network: its cable and the landmarks. In network
 * namespaces.
 */

import assert from "node:assert/strict";
import { HomeNetwork } from "../../support/network/home_network.ts";
import { networkHindrance } from "../../support/network/network.ts";
import { Eyes, lineOf } from "../../support/network/sharp_eyes.ts";
import { runCommand } from "../../support/program/command.ts";
import { testTogether } from "../../support/time/together.ts";
import { until } from "../../support/time/until.ts";

const hindrance = networkHindrance();
/** The time for the kernel to doubt a neighbour and to ask for it in vain. */
const NEIGHBOUR = { withinMs: 60_000 };

async function pulledCable(): Promise<void> {
  await using home = await HomeNetwork.open();
  const machine = await home.addMachine();
  const pi = await home.addMachine();
  await using eyes = new Eyes({ through: machine.through });
  await eyes.untilUp(true);
  await eyes.know([{ node: "pi", addresses: [pi.address] }]);
  await machine.cut();
  await eyes.untilUp(false);
  await machine.mend();
  await eyes.untilUp(true);
  // A network manager removes the address as soon as the carrier is lost.
  await machine.cut();
  await machine.ip("addr", "flush", "dev", "eth0");
  await eyes.untilUp(false);
  await machine.mend();
  await eyes.untilUp(true);
  // The link does not depend on another machine's cable.
  await pi.cut();
  await home.accessPointOff();
  const [result] = await eyes.probe([{ node: "pi", addresses: [pi.address] }]);
  assert.ok(result);
  assert.equal(eyes.up, true);
}

async function deadMonitor(): Promise<void> {
  await using home = await HomeNetwork.open();
  const machine = await home.addMachine();
  await using eyes = new Eyes({ through: machine.through });
  await eyes.untilUp(true);
  const monitors = async () => {
    const { stdout } = await runCommand("ps", {
      args: ["-o", "pid=,args=", "--ppid", `${eyes.pid}`],
    });
    return stdout.split("\n").filter((line) => line.includes("monitor"))
      .map((line) => Number.parseInt(line));
  };
  const [first] = await until("the monitor", async () => {
    const pids = await monitors();
    return pids.length > 0 && pids;
  });
  assert.ok(first);
  Deno.kill(first, "SIGKILL");
  await until("another monitor", async () => (await monitors()).some((pid) => pid !== first));
  await machine.cut();
  await eyes.untilUp(false);
  assert.equal((await monitors()).length, 1);
}

async function answers(): Promise<void> {
  await using home = await HomeNetwork.open();
  const machine = await home.addMachine();
  const [pi, gone] = [await home.addMachine(), await home.addMachine()];
  await using eyes = new Eyes({
    through: machine.through,
    landmarks: [{ hostname: pi.address, port: 9 }, { hostname: "no-such-host.invalid", port: 1 }],
    providers: [{ hostname: machine.address, port: 443 }],
  });
  await eyes.untilUp(true);
  await gone.cut();
  const nodes = [
    { node: "pi", addresses: [pi.address, "127.0.0.1"] },
    { node: "gone", addresses: [gone.address] },
    { node: "own", addresses: [machine.address] },
    { node: "nowhere", addresses: [] },
  ];
  const gateway = home.router.address;
  await untilLines(eyes, nodes, [
    `gateway ${gateway}: refused on_link eth0`,
    `landmark ${pi.address}: refused on_link eth0`,
    "landmark no-such-host.invalid: no_answer unknown -",
    `provider ${machine.address}: refused local eth0`,
    "node pi: refused on_link eth0",
    "node gone: unreachable on_link eth0",
    "node own: no_answer local -",
    "node nowhere: no_answer unknown -",
  ]);
}

/** Probes until the answers are these: a busy machine may answer late. */
async function untilLines(
  eyes: Eyes,
  nodes: Parameters<Eyes["probe"]>[0],
  expected: readonly string[],
): Promise<void> {
  let lines: readonly string[] = [];
  await until("these answers", async () => {
    lines = (await eyes.probe(nodes)).map(lineOf);
    return lines.join("\n") === expected.join("\n");
  }, NEIGHBOUR).catch(() => assert.deepEqual(lines, expected));
}

/** The gateway's answer, repeated until it is the expected one. */
async function untilGateway(eyes: Eyes, gateway: string, answer: string): Promise<void> {
  const seen: string[] = [];
  await until(`the gateway to be ${answer}`, async () => {
    const [result] = await eyes.probe();
    assert.ok(result);
    seen.push(lineOf(result));
    return seen.at(-1) === `gateway ${gateway}: ${answer} on_link eth0`;
  }, NEIGHBOUR).catch((error) => {
    throw new Error(`${error.message}; it was\n${seen.join("\n")}`);
  });
}

async function muteGateway(): Promise<void> {
  await using home = await HomeNetwork.open();
  const machine = await home.addMachine();
  await machine.forgetNeighboursSoon();
  await using eyes = new Eyes({ through: machine.through });
  await eyes.untilUp(true);
  await home.router.dropAll();
  // Such a router answers only ARP.
  await untilGateway(eyes, home.router.address, "neighbour");
  await home.router.cut();
  await untilGateway(eyes, home.router.address, "unreachable");
  assert.equal(eyes.up, true);
  await home.router.mend();
  await untilGateway(eyes, home.router.address, "neighbour");
}

async function ownHostAsGateway(): Promise<void> {
  await using home = await HomeNetwork.open();
  // A container's gateway: a bridge of its host, with a locally administered address.
  await home.router.ip("link", "set", "eth0", "address", "02:42:0a:4d:00:fe");
  const machine = await home.addMachine();
  await using eyes = new Eyes({ through: machine.through });
  // The probe comes before the first reading of the routes.
  const [result] = await eyes.probe();
  assert.ok(result);
  assert.equal(lineOf(result), `gateway ${home.router.address}: refused local eth0`);
}

async function withoutIp(): Promise<void> {
  await using home = await HomeNetwork.open();
  const machine = await home.addMachine();
  const pi = await home.addMachine();
  // A device in the program's place is not a program.
  const script = [
    "for path in /usr/bin/ip /usr/sbin/ip; do",
    '  real=$(readlink -f "$path") && [ -f "$real" ] && mount --bind /dev/null "$real"',
    "done",
    'exec "$@"',
  ].join("\n");
  const through = [...machine.through, "unshare", "--mount", "sh", "-c", script, "sh"];
  await using eyes = new Eyes({ through });
  await eyes.untilUp(undefined);
  const nodes = [{ node: "pi", addresses: [pi.address] }];
  await untilLines(eyes, nodes, ["node pi: refused on_link eth0"]);
}

testTogether(
  hindrance === undefined ? "an observer's eyes on its own network" : `eyes (${hindrance})`,
  {
    "a pulled cable is seen at once, and its return": pulledCable,
    "a monitor that dies is replaced, and nothing is missed": deadMonitor,
    "each target answers as it is": answers,
    "a gateway that drops everything is a neighbour, and gone when it is gone": muteGateway,
    "a gateway that is this machine's own host counts as local": ownHostAsGateway,
    "without the ip program carrier and gateway are unknown": withoutIp,
  },
  { ignore: hindrance !== undefined && Deno.env.get("CI") !== "true" },
);
