/** Programs that hang: systemd kills them and starts them anew. Those that merely lack their broker live. */

import assert from "node:assert/strict";
import { testWithSystemd } from "./test_bed.ts";

const UNITS = ["agent", "tracker", "hub"] as const;
/** Longer than any of them may be silent towards systemd. */
const SILENCE_S = 20;

/** Nobody listens there. */
const NOWHERE = "127.0.0.1:1";

testWithSystemd("a program is killed when it hangs, and not for want of what it talks to", {
  config: {
    mqtt: { url: `mqtt://${NOWHERE}` },
    hub: { broker: "none" },
    sms: {
      provider: "twilio",
      account_sid: `AC${"0".repeat(32)}`,
      auth_token: "of-nobody",
      from: "+15005550006",
      to: "+15005550006",
      api_url: `http://${NOWHERE}`,
    },
  },
}, async ({ machine }, t) => {
  await machine.do("systemctl", "start", ...UNITS);
  const mainPid = (unit: string) => machine.property(unit, "MainPID");
  const heardS = async (unit: string) =>
    Number(await machine.property(unit, "WatchdogTimestampMonotonic")) / 1e6;

  await t.step("without broker and provider they prove all the time that they work", async () => {
    await Promise.all(UNITS.map(async (unit) => {
      const beganS = await heardS(unit);
      const pid = await mainPid(unit);
      assert.ok(beganS > 0, `${unit} is watched`);
      await machine.until(
        `${unit} to prove itself for longer than the watchdog waits`,
        async () => await heardS(unit) - beganS > SILENCE_S,
      );
      assert.equal(await mainPid(unit), pid, `${unit} was not restarted`);
    }));
  });

  await t.step("frozen they are killed, and started anew", async () => {
    const before = new Map<string, string>();
    for (const unit of UNITS) {
      before.set(unit, await mainPid(unit));
      await machine.do("systemctl", "kill", "--signal=STOP", unit);
    }
    for (const unit of UNITS) {
      await machine.untilLogged(unit, /Watchdog timeout/);
      await machine.until(`${unit} to be up again`, async () => {
        const pid = await mainPid(unit);
        return pid !== "0" && pid !== before.get(unit) &&
          await machine.property(unit, "SubState") === "running";
      });
    }
  });
});
