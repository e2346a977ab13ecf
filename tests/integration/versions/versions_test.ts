/**
 * Programs of the release before this one beside those of today, in both directions: while Pis are
 * upgraded one after the other, nothing is missed, and nobody is alarmed.
 */

import assert from "node:assert/strict";
import { extractEarlier, HERE, run } from "../../../bench/earlier_version.ts";
import { type Hub, startAgent, startHub, startTracker } from "../../support/program/programs.ts";
import { TemporaryFolder } from "../../support/program/temporary_folder.ts";
import { until } from "../../support/time/until.ts";

/** The last commit without upgrades from the page. */
const BASELINE = "8b6a7014";

/** A release has a tag. Before the first one, a commit stands for it. */
async function commitBefore(): Promise<string> {
  const tags = await run(["git", "tag", "--list", "v*", "--sort=-v:refname"], HERE);
  return tags.split("\n").map((tag) => tag.trim()).find((tag) => tag !== "") ?? BASELINE;
}

async function hasCommit(commit: string): Promise<boolean> {
  const command = new Deno.Command("git", { args: ["cat-file", "-e", commit], cwd: HERE });
  return (await command.output()).success;
}

const COMMIT = await commitBefore();
const NO_HISTORY = await hasCommit(COMMIT) ? undefined : "this clone has no history";

/** A Pi comes, goes on purpose, comes back and dies; page and history say just that. */
async function assertPlayed(hub: Hub, options: { readonly tree?: string }): Promise<void> {
  const config = await hub.enrol("john-snow", "John Snow");
  await using tracker = await startTracker(await hub.enrol("arya", "Arya"), options);
  await using agent = await startAgent(config, options);
  const alive = await hub.waitForLiveness("john-snow", "alive");
  assert.equal(alive.name, "John Snow");
  await until("vitals of the Pi", async () => {
    const node = (await hub.nodes()).find(({ id }) => id === "john-snow");
    return node?.vitals.memory?.level === "ok" || node?.vitals.memory?.level === "warning";
  });
  await tracker.process.line(/sees the cluster/);
  await agent.stop();
  await hub.waitForLiveness("john-snow", "left");
  await agent.start();
  await hub.waitForLiveness("john-snow", "alive");
  assert.deepEqual(await hub.incidents(), []);
  await agent.kill();
  await hub.waitForLiveness("john-snow", "dead");
  await tracker.process.line(/a Pi is down|dead/);
}

for (const which of ["hub", "agent and tracker"] as const) {
  const name = `${which} of the release before work with the others of today`;
  Deno.test({
    name: NO_HISTORY === undefined ? name : `${name} (${NO_HISTORY})`,
    ignore: NO_HISTORY !== undefined && Deno.env.get("CI") !== "true",
    async fn() {
      using folder = new TemporaryFolder();
      const tree = folder.file("tree");
      await extractEarlier(tree, [], COMMIT);
      await using hub = await startHub({}, which === "hub" ? { tree } : {});
      await assertPlayed(hub, which === "hub" ? {} : { tree });
    },
  });
}
