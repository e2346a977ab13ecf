/**
 * The tracker on an emulated Raspberry Pi 2: the kernel's driver for its own chip, and LED and buzzer
 * as the registers of that chip show them from outside.
 */
import assert from "node:assert/strict";
import { Mosquitto } from "../../support/broker/mosquitto.ts";
import { DEFAULT_DEATHS } from "../../support/program/detection_times.ts";
import { iniOf, startAgent } from "../../support/program/programs.ts";
import { TemporaryFolder } from "../../support/program/temporary_folder.ts";
import { until } from "../../support/time/until.ts";
import { Guest, type Userland } from "../guest.ts";
import { IS_WELL, knows } from "../tracker_scenario.ts";
import { provideNodeTracker } from "./node_program.ts";

/** The host's loopback interface, as the guest sees it. */
const HOST = "10.0.2.2";
const LED = 17;
const BUZZER = 27;
/** The Pi that dies. */
const NODE = "john-snow";
/** Each instruction is emulated, on a machine that others use as well. */
const SOON = { withinMs: 180_000 };

/** Some systems have no libgpiod, which the tracker does without. */
const LIBRARIES = ["with libgpiod", "without libgpiod"] as const;

for (const userland of ["bookworm", "trixie"] as const satisfies readonly Userland[]) {
  Deno.test(`a Raspberry Pi 2 with Debian ${userland}`, async (t) => {
    using folder = new TemporaryFolder();
    await provideNodeTracker(folder.file("tracker"), "koffi");
    await using broker = await Mosquitto.start();
    folder.write(
      "config.ini",
      iniOf({
        mqtt: { url: `mqtt://${HOST}:${broker.port}` },
        node: { id: "tyrion" },
        cluster: { nodes: NODE, ...DEFAULT_DEATHS },
        rpi: { led: LED, buzzer: BUZZER, button: 23 },
      }),
    );
    await using guest = await Guest.boot(userland, folder.path, "pi2");
    for (const how of LIBRARIES) {
      if (how === "without libgpiod") await guest.run("rm /usr/lib/*/libgpiod*");
      await t.step(`LED and buzzer follow a death, ${how}`, async () => {
        await followsDeath(guest, broker.port);
      });
    }
  });
}

async function followsDeath(guest: Guest, port: number): Promise<void> {
  const mqtt = { url: `mqtt://127.0.0.1:${port}` };
  await using john = await startAgent({ mqtt, node: { id: NODE } });
  await using tracker = await guest.spawn(["./tracker", "--config", "config.ini"]);
  await knows(tracker, [NODE]);
  await tracker.said(IS_WELL);
  await reads(guest, LED, 0);
  await john.kill();
  await reads(guest, LED, 1);
  await reads(guest, BUZZER, 1);
  const said = tracker.output.length;
  await john.start();
  await tracker.said(IS_WELL, said);
  for (const line of [LED, BUZZER]) await reads(guest, line, 0);
  await tracker.signal("TERM");
  assert.equal(await tracker.end(), 0, tracker.output);
  for (const line of [LED, BUZZER]) assert.equal(await guest.level(line, 0), 0);
}

/** Waits for a level of a line that may blink. */
async function reads(guest: Guest, line: number, value: 0 | 1): Promise<void> {
  const isSo = async () => await guest.level(line, 0) === value;
  await until(`level ${value} of line ${line}`, isSo, SOON);
}
