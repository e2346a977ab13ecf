/** A machine that guesses the password on so many connections that most of them are refused. */

import assert from "node:assert/strict";
import { networkHindrance, TestNetwork } from "../../support/network/network.ts";
import { loginWith } from "../../support/page/hub_http.ts";
import { startHub } from "../../support/program/programs.ts";
import { isInTime } from "../../support/time/patience.ts";
import { until } from "../../support/time/until.ts";

const hindrance = networkHindrance();
const FLOOD = new URL("../../support/limits/login_flood.ts", import.meta.url).pathname;
/** More than the page's limit for all strangers together. */
const CONNECTIONS = 800;
const OWNER_MS = 2000;
const PATIENT = { withinMs: 60_000 };

Deno.test({
  name: "owner logs in beside 800 connections of another machine that guess without end" +
    (hindrance === undefined ? "" : ` (${hindrance})`),
  ignore: hindrance !== undefined && Deno.env.get("CI") !== "true",
  async fn() {
    await using network = await TestNetwork.open();
    const { through, address } = await network.addMachine();
    await using hub = await startHub({}, { address: network.address });
    const flood = new Deno.Command("setpriv", {
      args: [
        ...["--pdeathsig", "KILL", ...through, Deno.execPath(), "run", "--no-prompt", "--no-check"],
        ...[`--allow-net=${new URL(hub.url).host}`, FLOOD, hub.url, String(CONNECTIONS)],
      ],
      stdin: "piped",
      stdout: "null",
    }).spawn();
    try {
      const headers = { Authorization: `Bearer ${hub.password}` };
      await until("the flood", async () => {
        const text = await (await hub.fetch("/metrics", { headers })).text();
        const counts = text.matchAll(/^rpi_cluster_refused_total\{reason="\w+"\} (\d+)$/gm);
        return [...counts].reduce((sum, [, count]) => sum + Number(count), 0) > 2 * CONNECTIONS;
      }, PATIENT);
      for (let count = 0; count < 5; count++) {
        await until("the owner to log in in time", async () => {
          const startMs = performance.now();
          const response = await loginWith(hub, hub.password);
          assert.equal(response.status, 200, await response.text());
          return isInTime(performance.now() - startMs, OWNER_MS);
        }, PATIENT);
      }
      await hub.process.line(new RegExp(`refused logins to the page.*${address} \\(`), PATIENT);
    } finally {
      await flood.stdin.close();
      await flood.status;
    }
  },
});
