/**
 * The observer's own network is out, and nobody is dead; or a Pi is, and it is told. Each story has a
 * home of its own in network namespaces, with a hub, its broker, a tracker beside it and real agents.
 */

import assert from "node:assert/strict";
import { HomeCluster } from "../../support/network/home_cluster.ts";
import { LANDMARK } from "../../support/network/home_network.ts";
import { networkHindrance } from "../../support/network/network.ts";
import { deathsIn } from "../../support/program/cluster.ts";
import { pass } from "../../support/time/pass.ts";
import { testTogether } from "../../support/time/together.ts";
import { until } from "../../support/time/until.ts";

const hindrance = networkHindrance();
const PATIENCE = { withinMs: 120_000 };

/**
 * The cable is unplugged, plugged in, and unplugged again. Then one Pi dies, which proves that
 * deaths are still reported.
 */
async function cableOut(
  broker: "embedded" | "Mosquitto",
  seconds: readonly number[],
): Promise<void> {
  await using cluster = await HomeCluster.open({ broker });
  const tracker = await cluster.ownTracker("bran");
  await cluster.ownAgent("bran");
  const pi = await cluster.pi("arya");
  await cluster.pi("sansa", "access_point");
  await cluster.untilWell();
  for (const length of seconds) {
    const from = [cluster.hub, tracker].map(({ process }) => process.lines.length);
    await cluster.hubMachine.cut();
    await pass(length * 1000);
    await cluster.hubMachine.mend();
    for (const [index, { process }] of [cluster.hub, tracker].entries()) {
      await process.line(/blind.*reason=no_link/, { ...PATIENCE, from: from[index] ?? 0 });
      await process.line("sees the cluster", { ...PATIENCE, from: from[index] ?? 0 });
    }
    await cluster.untilWell();
    await cluster.assertPeace(tracker);
  }
  await pi.machine.cut();
  await cluster.untilTold(/arya is down/);
  await tracker.process.line("a node died node=arya", PATIENCE);
}

/** A router with the access point reboots. A switch between it and the hub stays on. */
async function routerReboot(): Promise<void> {
  await using cluster = await HomeCluster.open();
  const tracker = await cluster.ownTracker("bran");
  for (const id of ["arya", "sansa"]) await cluster.pi(id, "access_point");
  await cluster.untilWell();
  const from = cluster.hub.process.lines.length;
  await cluster.home.router.cut();
  await cluster.home.accessPointOff();
  await cluster.hub.process.line(/blind.*reason=network/, { ...PATIENCE, from });
  await cluster.untilTold(/network/);
  await cluster.home.router.mend();
  await cluster.home.accessPointOn();
  await cluster.hub.process.line("sees the cluster", { ...PATIENCE, from });
  await cluster.untilTold(/network works again/);
  await cluster.untilWell();
  await cluster.assertPeace(tracker);
  // Only the router is away, and the Pis continue: no node is silent, and no message is due.
  const before = (await cluster.told()).length;
  await cluster.home.router.cut();
  await pass(30_000);
  await cluster.home.router.mend();
  await cluster.assertPeace(tracker);
  assert.equal((await cluster.told()).length, before);
}

/**
 * The hub cannot distinguish an access point that is off from Pis that are off, and reports that.
 */
async function accessPointReboot(): Promise<void> {
  await using cluster = await HomeCluster.open();
  for (const id of ["arya", "sansa"]) await cluster.pi(id, "access_point");
  await cluster.untilWell();
  await cluster.home.accessPointOff();
  await cluster.untilTold(/2 Pis|2 of 2 Pis/);
  await cluster.home.accessPointOn();
  await cluster.untilWell();
}

async function onlyPi(hasGateway: boolean): Promise<void> {
  await using cluster = await HomeCluster.open({ hasGateway });
  const tracker = await cluster.ownTracker("bran");
  await cluster.ownAgent("bran");
  const pi = await cluster.pi("arya", "access_point");
  await cluster.untilWell();
  if (hasGateway) {
    const from = cluster.hub.process.lines.length;
    await cluster.home.router.cut();
    await cluster.home.accessPointOff();
    await cluster.hub.process.line(/blind.*reason=network/, { ...PATIENCE, from });
    await cluster.home.router.mend();
    await cluster.home.accessPointOn();
    await cluster.untilWell();
    await cluster.assertPeace(tracker);
  }
  await pi.machine.cut();
  await cluster.untilTold(/arya is down/);
  await tracker.process.line("a node died node=arya", PATIENCE);
}

/** A gateway without any answer is proven only by ARP. */
async function muteGateway(): Promise<void> {
  await using cluster = await HomeCluster.open({ isGatewayMute: true });
  const pis = [await cluster.pi("arya"), await cluster.pi("sansa")];
  await cluster.untilWell();
  for (const { machine } of pis) await machine.cut();
  for (const { id } of pis) await cluster.untilDead(id);
  await cluster.untilTold(/arya/);
}

/** All Pis except the hub's lose power and come back. Then one of them loses it. */
async function powerCuts(): Promise<void> {
  await using cluster = await HomeCluster.open();
  const tracker = await cluster.ownTracker("bran");
  await cluster.ownAgent("bran");
  const pis = [await cluster.pi("arya"), await cluster.pi("jon"), await cluster.pi("sansa")];
  await cluster.untilWell();
  for (const { machine, agent } of pis) {
    await machine.cut();
    await agent.kill();
  }
  await cluster.untilTold(/3 of 4 Pis are down/);
  for (const { id } of pis) await tracker.process.line(`a node died node=${id}`, PATIENCE);
  for (const { machine, agent } of pis) {
    await machine.mend();
    await agent.start();
  }
  await cluster.untilWell();
  const died = deathsIn(tracker).length;
  await pis[0]?.machine.cut();
  await cluster.untilTold(/^arya is down/);
  await until("the tracker to tell", () => deathsIn(tracker).length === died + 1, PATIENCE);
}

/** An ended agent on a living machine needs other advice than a power cut. */
async function silentAgent(): Promise<void> {
  await using cluster = await HomeCluster.open();
  const [pi] = [await cluster.pi("arya"), await cluster.pi("sansa")];
  await cluster.untilWell();
  // It is frozen: its connection stays open, and nothing shows that it ended.
  pi.agent.process.signal("SIGSTOP");
  await cluster.untilTold(/arya/);
  const [text = ""] = (await cluster.told()).filter((one) => one.includes("arya"));
  assert.match(text, /agent/);
  const incident = (await cluster.hub.incidents()).find(({ node }) => node === "arya");
  assert.match(incident?.cause ?? "", /agent/);
  pi.agent.process.signal("SIGCONT");
  await cluster.untilWell();
}

/** The container's cable is never unplugged, but its host's is. */
async function container(): Promise<void> {
  await using cluster = await HomeCluster.open({
    inContainer: true,
    hub: { cluster: { landmarks: "10.77.0.254" } },
  });
  const pi = await cluster.pi("arya");
  await cluster.pi("sansa");
  await cluster.untilWell();
  const from = cluster.hub.process.lines.length;
  await cluster.hubMachine.cut();
  await cluster.hub.process.line(/blind.*reason=network/, { ...PATIENCE, from });
  await pass(15_000);
  await cluster.hubMachine.mend();
  await cluster.hub.process.line("sees the cluster", { ...PATIENCE, from });
  await cluster.untilWell();
  await cluster.assertPeace();
  await pi.machine.cut();
  await cluster.untilTold(/arya is down/);
}

/**
 * The hub is elsewhere and sees well. It cannot distinguish a home without power from one without
 * internet.
 */
async function cloud(): Promise<void> {
  await using cluster = await HomeCluster.open({
    inCloud: true,
    hub: { cluster: { landmarks: LANDMARK } },
  });
  for (const id of ["arya", "sansa"]) await cluster.pi(id);
  await cluster.untilWell();
  await cluster.home.cutUplink();
  await cluster.untilTold(/cannot be reached \(2 Pis\)/);
  await cluster.home.mendUplink();
  await cluster.untilWell();
  // Its own path to the internet is a different case.
  const from = cluster.hub.process.lines.length;
  await cluster.hubMachine.cut();
  await cluster.hub.process.line(/blind.*reason=no_link/, { ...PATIENCE, from });
  await cluster.hubMachine.mend();
  await cluster.hub.process.line("sees the cluster", { ...PATIENCE, from });
  await cluster.untilWell();
  assert.equal(deathsIn(cluster.hub).length, 2);
}

testTogether(
  hindrance === undefined ? "whose network is out?" : `whose network is out? (${hindrance})`,
  {
    "the cable is out for 5, 15 and 40 s, embedded broker": () => cableOut("embedded", [5, 15, 40]),
    "the cable is out for 90 s, embedded broker": () => cableOut("embedded", [90]),
    "the cable is out for 5, 15 and 40 s, Mosquitto beside": () =>
      cableOut("Mosquitto", [5, 15, 40]),
    "the cable is out for 90 s, Mosquitto beside": () => cableOut("Mosquitto", [90]),
    "a router boots behind a switch that stays on": routerReboot,
    "an access point boots, for the Pis alone": accessPointReboot,
    "one Pi on another machine, with a gateway": () => onlyPi(true),
    "one Pi on another machine, without a gateway": () => onlyPi(false),
    "a gateway that drops everything": muteGateway,
    "all Pis but the hub's lose power, and then one": powerCuts,
    "an agent is silent, and its machine answers": silentAgent,
    "a hub in a container whose host's cable is out": container,
    "a hub in a data centre, and a home without internet": cloud,
  },
  { ignore: hindrance !== undefined && Deno.env.get("CI") !== "true" },
);
