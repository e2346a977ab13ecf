/** The compiled tracker on a simulated Pi: a real broker, real agents, and lines that really change. */
import assert from "node:assert/strict";
import { PROJECT } from "../../scripts/project.ts";
import { Mosquitto } from "../support/mosquitto.ts";
import { TemporaryFolder } from "../support/temporary_folder.ts";
import { within } from "../support/until.ts";
import { provideProgram } from "./executable.ts";
import { Guest, type GuestProgram } from "./guest.ts";
import { BUZZER, LED } from "./indicate.ts";
import { DOUBLE_BLINK, edges, ONE_HERTZ, playsAtLast, THREE_BEEPS } from "./played.ts";

const CHIP = 0;
/** The host's loopback interface, as the guest sees it. */
const HOST = "10.0.2.2";
const BUZZER_HOLD_MS = 2_000;

const IS_WELL = /LED is off: all is well/;
const IS_DEAD = /a Pi is dead/;

for (const userland of ["bookworm", "trixie"] as const) {
  Deno.test(`tracker on a Pi with Debian ${userland}`, async (t) => {
    using folder = new TemporaryFolder();
    await provideProgram("tracker", folder.file("tracker"));
    await using broker = await Mosquitto.start();
    folder.write("config.ini", trackerConfig(broker.port));
    await using guest = await Guest.boot(userland, folder.path);
    await guest.plug("pi4", { persist: true });
    await using john = new Agent("john-snow", broker.port);
    await using arya = new Agent("arya-stark", broker.port);
    await using tracker = await guest.spawn(["./tracker", "--config", "config.ini"]);

    await t.step("is dark when every Pi is up", async () => {
      await tracker.said(IS_WELL);
      // Whoever dies before it was heard at all has the time that a whole cluster may take to boot.
      for (const node of ["john-snow", "arya-stark"]) {
        await tracker.said(new RegExp(`node=${node} from=unknown to=up`));
      }
      await isOff(guest);
    });
    await t.step("blinks when a Pi dies, and buzzes when it stays dead", async () => {
      const since = await guest.now();
      await john.kill();
      await playsAtLast(guest, { line: LED, since, pattern: ONE_HERTZ });
      await playsAtLast(guest, { line: BUZZER, since, pattern: THREE_BEEPS });
      waitsWithBuzzer(guest, since);
    });
    await t.step("is dark and silent when the Pi is back", async () => {
      const said = tracker.output.length;
      john.start();
      await tracker.said(IS_WELL, said);
      await isOff(guest);
    });
    await t.step("blinks twice while it sees no broker, and blames nobody", async () => {
      const said = tracker.output.length;
      const since = await guest.now();
      await broker.stop();
      await playsAtLast(guest, { line: LED, since, pattern: DOUBLE_BLINK });
      const back = tracker.output.length;
      await broker.start();
      await tracker.said(IS_WELL, back);
      assert.deepEqual(edges(guest, BUZZER, since), [], "the buzzer is silent");
      assert.doesNotMatch(tracker.output.slice(said), IS_DEAD);
    });
    await t.step("is dark after SIGTERM, whatever it showed", async () => {
      await arya.kill();
      await isLit(guest, tracker);
      await tracker.signal("TERM");
      assert.equal(await tracker.end(), 0);
      await isOff(guest);
    });
    await t.step("rehearses the alarm on request", async () => {
      const since = await guest.now();
      await using rehearsal = await guest.spawn(["./tracker", "test", "--config", "config.ini"]);
      await playsAtLast(guest, { line: LED, since, pattern: ONE_HERTZ });
      await playsAtLast(guest, { line: BUZZER, since, pattern: THREE_BEEPS });
      assert.equal(await rehearsal.end(), 0);
      await isOff(guest);
    });
  });
}

function trackerConfig(port: number): string {
  return `[mqtt]
url = mqtt://${HOST}:${port}
[node]
id = tyrion-lannister
[cluster]
nodes = john-snow, arya-stark
[rpi]
buzzer_hold = ${BUZZER_HOLD_MS}ms
`;
}

/** An agent on the host, told to be a certain Pi. */
class Agent implements AsyncDisposable {
  readonly #env: Readonly<Record<string, string>>;
  #child: Deno.ChildProcess | undefined;

  constructor(id: string, port: number) {
    this.#env = { RPI_CLUSTER_NODE_ID: id, RPI_CLUSTER_MQTT_URL: `mqtt://127.0.0.1:${port}` };
    this.start();
  }

  start(): void {
    const run = [Deno.execPath(), "run", "--quiet", "--no-check", "--allow-all", "agent.ts"];
    // It dies with this process, however that ends.
    this.#child = new Deno.Command("setpriv", {
      args: ["--pdeathsig", "KILL", ...run],
      cwd: PROJECT,
      env: { ...this.#env },
      stdin: "null",
      stdout: "null",
      stderr: "null",
    }).spawn();
  }

  /** As by kill -9: no farewell. */
  async kill(): Promise<void> {
    const child = this.#child;
    if (child === undefined) return;
    this.#child = undefined;
    child.kill("SIGKILL");
    await within("the agent's end", child.status);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.kill();
  }
}

async function isOff(guest: Guest): Promise<void> {
  assert.equal(await guest.level(LED, CHIP), 0, "the LED is off");
  assert.equal(await guest.level(BUZZER, CHIP), 0, "the buzzer is off");
}

/** The LED's even blinking begins first, the buzzer as long after it as configured. */
function waitsWithBuzzer(guest: Guest, since: number): void {
  const led = edges(guest, LED, since);
  const steady = led.find((edge, index) => {
    const next = led[index + 1];
    return edge.level && next !== undefined && next.t - edge.t > 0.4;
  });
  const beep = edges(guest, BUZZER, since)[0];
  assert(steady && beep);
  const waitedMs: number = (beep.t - steady.t) * 1_000;
  assert(Math.abs(waitedMs - BUZZER_HOLD_MS) < 300, `the buzzer waited ${waitedMs.toFixed(0)} ms`);
}

/** Waits until a Pi's death lights the LED. */
async function isLit(guest: Guest, tracker: GuestProgram): Promise<void> {
  const said = tracker.output.lastIndexOf("all is well");
  await tracker.said(IS_DEAD, said);
  const since = await guest.now();
  await guest.event(
    ({ t, kind, line, value }) => t >= since && kind === "level" && line === LED && value === "1",
    "light of the LED",
  );
}
