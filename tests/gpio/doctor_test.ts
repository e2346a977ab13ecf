/** `tracker doctor` and `tracker test` on a simulated Pi: real chips, lines, permissions and fingers. */
import assert from "node:assert/strict";
import type { Finding } from "../../core/doctor/finding.ts";
import { Mosquitto } from "../support/broker/mosquitto.ts";
import { TemporaryFolder } from "../support/program/temporary_folder.ts";
import { sized } from "../support/program/tier.ts";
import { scaled } from "../support/time/patience.ts";
import { until } from "../support/time/until.ts";
import { provideProgram } from "./executable.ts";
import { Guest, type SpawnOptions, type Userland } from "./guest.ts";
import { edges, hasPlayed, inOneOf, ONE_HERTZ, THREE_BEEPS } from "./played.ts";

/** The host's loopback interface, as the guest sees it. */
const HOST = "10.0.2.2";
const LED = 17;
const BUZZER = 27;
const LAMP = 5;
const BUTTON = 22;
const CHIP = 0;
/** A wire from the button's line to ground: it wins over the pull-up that a program asks for. */
const SHORT = "while echo pull-down; do usleep 5000; done > " +
  `/sys/devices/platform/gpio-sim.0/gpiochip${CHIP}/sim_gpio${BUTTON}/pull`;
/** The user is in the group by his session alone: whoever lacks it there is not in the list either. */
const USERS = "root:x:0:0::/root:/bin/sh\\npi:x:1000:1000::/home/pi:/bin/sh\\n" +
  "rpi-cluster-tracker:x:990:990::/:/bin/false\\n";
const GROUPS = "root:x:0:\\ngpio:x:986:\\npi:x:1000:\\nrpi-cluster-tracker:x:990:\\n";
/** The service's user joins the group, and may read the configuration. */
const JOIN =
  "sed -i 's/^gpio:.*/&rpi-cluster-tracker/' /etc/group; chmod a+rx /app /app/config.ini";

interface Examination {
  readonly code: number;
  readonly findings: Readonly<Record<string, Finding>>;
}

async function examine(guest: Guest, options: SpawnOptions = {}): Promise<Examination> {
  await using doctor = await guest.spawn(
    ["./tracker", "doctor", "--json", "--config", "config.ini"],
    options,
  );
  const code = await doctor.end();
  const [line] = await doctor.said(/^\{.*\}$/m);
  const { ok, findings }: { readonly ok: boolean; readonly findings: readonly Finding[] } = JSON
    .parse(line);
  assert.equal(ok, code === 0, line);
  return { code, findings: Object.fromEntries(findings.map((found) => [found.subject, found])) };
}

/** `tracker test` with flags, to its end. Nobody sits at its terminal. */
async function testParts(guest: Guest, ...flags: readonly string[]) {
  await using test = await guest.spawn(
    ["./tracker", "test", ...flags, "--config", "config.ini"],
  );
  const code = await test.end();
  return { code, text: test.output };
}

function configFor(port: number, rpi: string): string {
  return `[mqtt]\nurl = mqtt://${HOST}:${port}\n[node]\nid = tyrion\n[rpi]\n${rpi}`;
}

const WIRED = `led = ${LED}\nbuzzer = ${BUZZER}\nlamp = ${LAMP}\nbutton = ${BUTTON}\n`;

const LED_TEST = "./tracker test --led --config config.ini";
const NO_PRESS = /button: wrong, nothing for 30 s\. Look at this: .*ground/;
const LIBRARIES = { bookworm: /libgpiod\.so\.2 \(1\.6\./, trixie: /libgpiod\.so\.3 \(2\.2\./ };

/** The contract of the lines holds both libraries alike: more than one of them is for the soak. */
const USERLANDS = sized<readonly Userland[]>({
  test: ["bookworm"],
  soak: ["bookworm", "trixie"],
});

for (const userland of USERLANDS) {
  Deno.test(`doctor and wiring test on a Pi with Debian ${userland}`, async (t) => {
    using folder = new TemporaryFolder();
    await provideProgram("tracker", folder.file("tracker"));
    // It gives a program a terminal; the guest has none of its own.
    await Deno.copyFile("/usr/bin/script", folder.file("script"));
    await using broker = await Mosquitto.start();
    folder.write("config.ini", configFor(broker.port, WIRED));
    await using guest = await Guest.boot(userland, folder.path);
    await guest.run(`printf '${USERS}' > /etc/passwd; printf '${GROUPS}' > /etc/group`);
    await guest.plug("pi4", { persist: true });
    await guest.pull(BUTTON, "up");
    // What no library has a part in is told with one of them.
    const isFirst = userland === "bookworm";
    const stepOnce = async (name: string, tell: () => Promise<void>) => {
      if (isFirst) await t.step(name, tell);
    };

    await t.step("all is well on a Pi that is wired and in its cluster", async () => {
      const { code, findings } = await examine(guest);
      assert.equal(code, 0, JSON.stringify(findings));
      assert.match(findings.library?.found ?? "", LIBRARIES[userland]);
      assert.equal(findings.chip?.found, "pinctrl-bcm2711 at /dev/gpiochip0, 58 lines");
      assert.match(findings.permissions?.found ?? "", /user pi \(groups pi, gpio\) may open/);
      assert.equal(findings.led?.found, "GPIO 17 (pin 11): free");
      assert.equal(findings.buzzer?.found, "GPIO 27 (pin 13): free");
      assert.equal(findings.lamp?.found, "GPIO 5 (pin 29): free");
      assert.equal(findings.button?.found, "GPIO 22 (pin 15): free, not pressed");
      assert.match(findings.broker?.found ?? "", /echo back/);
      for (const line of [LED, BUZZER, LAMP]) assert.deepEqual(edges(guest, line, 0), []);
    });
    await stepOnce("a button that reads as pressed is a warning", async () => {
      await using _short = await guest.spawn(["sh", "-c", SHORT], { user: "root" });
      // The line is up for a moment whenever the program that pulls it down has to wait.
      const found = await until("the button to read as pressed", async () => {
        const { code, findings: { button } } = await examine(guest);
        return button?.level === "warning" && { code, button };
      });
      assert.equal(found.code, 0);
      assert.match(found.button.advice ?? "", /unless somebody presses it.*pin 15/);
    });
    await stepOnce("lines that the running tracker holds are well, and stay its own", async () => {
      await using tracker = await guest.spawn(["./tracker", "--config", "config.ini"]);
      await tracker.said(/buzzer works/);
      const said = tracker.output.length;
      const { code, findings } = await examine(guest);
      assert.equal(code, 0, JSON.stringify(findings));
      assert.match(findings.led?.found ?? "", /held by the running tracker$/);
      assert.match(findings.buzzer?.found ?? "", /held by the running tracker$/);
      for (const flags of [["--led"], []]) {
        const { code, text } = await testParts(guest, ...flags);
        assert.equal(code, 1, text);
        assert.match(text, /LED: the running tracker holds GPIO 17 .*systemctl stop tracker/);
      }
      await tracker.signal("TERM");
      assert.equal(await tracker.end(), 0);
      assert.doesNotMatch(tracker.output.slice(said), /warning|error/);
    });
    await t.step("a user without the group is told to join it", async () => {
      const { code, findings } = await examine(guest, { user: "nogpio" });
      assert.equal(code, 1);
      assert.equal(findings.permissions?.level, "wrong");
      assert.match(findings.permissions.found, /user pi \(groups pi\) may not open \/dev\/gpio/);
      assert.match(findings.permissions.advice ?? "", /sudo usermod -aG gpio pi, then log in anew/);
      assert.match(findings.chip?.found ?? "", /EACCES/);
      assert.match(findings.broker?.found ?? "", /echo back/, "the rest is looked at");
    });
    await stepOnce("root is told what the service's user may not do", async () => {
      const { code, findings } = await examine(guest, { user: "root" });
      assert.equal(code, 1);
      assert.match(findings.user?.found ?? "", /tried as rpi-cluster-tracker/);
      assert.match(findings.config?.found ?? "", /may not read/);
      assert.equal(findings.permissions?.level, "wrong");
      assert.match(
        findings.permissions.found,
        /user rpi-cluster-tracker .*may not open \/dev\/gpio/,
      );
      const advice =
        /sudo usermod -aG gpio rpi-cluster-tracker, then sudo systemctl restart tracker/;
      assert.match(findings.permissions.advice ?? "", advice);
      await guest.run(JOIN);
      const joined = await examine(guest, { user: "root" });
      assert.equal(joined.code, 0, JSON.stringify(joined.findings));
      const groups = /\(groups rpi-cluster-tracker, gpio\) may open/;
      assert.match(joined.findings.permissions?.found ?? "", groups);
    });
    // It waits while the others are tested.
    await using idle = isFirst
      ? await guest.spawn(["./tracker", "test", "--button", "--config", "config.ini"])
      : undefined;
    await t.step("the LED alone blinks, and is off afterwards", async () => {
      await inOneOf(3, async () => {
        const since = await guest.now();
        const { code, text } = await testParts(guest, "--led");
        assert.equal(code, 0, text);
        assert.match(text, /LED on GPIO 17 \(pin 11\): it blinks once a second now/);
        assert.match(text, /if it did not, look at this: .*active_low = yes/);
        assert.equal(await guest.level(LED, CHIP), 0);
        assert.deepEqual(edges(guest, BUZZER, since), []);
        assert(hasPlayed(guest, { line: LED, since, pattern: ONE_HERTZ }), "its pattern");
      });
    });
    await stepOnce("buzzer and lamp have their turn one after another", async () => {
      await inOneOf(3, async () => {
        const since = await guest.now();
        const { code, text } = await testParts(guest, "--lamp", "--buzzer");
        assert.equal(code, 0, text);
        assert.equal(await guest.level(LAMP, CHIP), 0);
        const lamp = edges(guest, LAMP, since);
        assert.deepEqual(lamp.map(({ level }) => level), [true, false]);
        const [lit] = lamp;
        const last = edges(guest, BUZZER, since).at(-1);
        assert(lit && last && lit.t > last.t, "the lamp comes after the buzzer");
        assert.deepEqual(edges(guest, LED, since), []);
        assert(hasPlayed(guest, { line: BUZZER, since, pattern: THREE_BEEPS }), "its pattern");
      });
    });
    await stepOnce("somebody at a terminal is asked, and told what to do for a no", async () => {
      for (const [answer, status] of [["n", 1], ["y", 0]] as const) {
        await using session = await guest.spawn(["./script", "-qec", LED_TEST, "/dev/null"]);
        await session.said(/Is it so that the LED blinks once a second\? \[y\/n\]/);
        await session.write(`${answer}\n`);
        assert.equal(await session.end(), status, session.output);
        const verdict = answer === "y" ? /LED: good\./ : /LED: wrong\. Look at this: long leg/;
        assert.match(session.output, verdict);
        assert.equal(await guest.level(LED, CHIP), 0);
      }
    });
    await stepOnce("a button that nobody presses is wrong in the end", async () => {
      assert(idle !== undefined);
      await guest.until(
        () => NO_PRESS.exec(idle.output) ?? undefined,
        "the end of patience",
        60_000,
      );
      assert.equal(await idle.end(), 1);
    });
    await t.step("a press of the button is told", async () => {
      await using test = await guest.spawn(
        ["./tracker", "test", "--button", "--config", "config.ini"],
      );
      await test.said(/Press the button on GPIO 22 \(pin 15\) now/);
      await guest.press(BUTTON, scaled(300));
      assert.equal(await test.end(), 0);
      assert.match(test.output, /button: pressed\.\nbutton: released after \d{3,} ms\./);
      assert.match(test.output, /button: good/);
    });
    await t.step("a line that somebody else holds is told by his name", async () => {
      await guest.plug("pi4", { busy: [LED], persist: true });
      await guest.pull(BUTTON, "up");
      const { code, findings } = await examine(guest);
      assert.equal(code, 1);
      assert.equal(findings.led?.level, "wrong");
      assert.match(findings.led.found, /^GPIO 17 \(pin 11\): used by ".+"$/);
      assert.match(findings.led.advice ?? "", /another line for \[rpi\] led/);
      assert.equal(findings.buzzer?.level, "ok");
      const { code: tested, text } = await testParts(guest, "--led");
      assert.equal(tested, 1);
      assert.match(text, /LED: wrong\. Cannot request line 17 .*EBUSY.*end that program/);
    });
    await t.step("without the library it says what it uses instead", async () => {
      await guest.run("rm /usr/lib/*/libgpiod*");
      await guest.plug("pi4", { persist: true });
      await guest.pull(BUTTON, "up");
      const { code, findings } = await examine(guest);
      assert.equal(code, 0, JSON.stringify(findings));
      assert.match(
        findings.library?.found ?? "",
        /kernel's own interface \(uAPI v2\): no libgpiod/,
      );
      assert.equal(findings.button?.found, "GPIO 22 (pin 15): free, not pressed");
    });
    await t.step("without a chip it says so", async () => {
      await guest.plug("none");
      const { code, findings } = await examine(guest);
      assert.equal(code, 1);
      assert.equal(findings.chip?.found, "this machine has no GPIO chip");
    });
  });
}
