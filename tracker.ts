/** The tracker: shows on this Pi's LED and buzzer how the other Pis are. */

import type { BuzzerRules } from "./core/buzzer.ts";
import { newCluster } from "./core/cluster.ts";
import type { Config, LedSetting } from "./core/config.ts";
import { newNode } from "./core/node_state.ts";
import { TEST_INDICATION } from "./core/indicator.ts";
import { ALARM_TEST_MS, type SaySilence } from "./core/orders.ts";
import { VERSION } from "./core/version.ts";
import { newWatch, type WatchInput, watchMachine } from "./core/watch.ts";
import { encodeAlarm, topicsOf } from "./core/wire.ts";
import { openGpioInput, openGpioOutput } from "./ffi/gpio.ts";
import { GpioError } from "./ffi/gpio_error.ts";
import { SpecialFiles } from "./ffi/special_file.ts";
import { Alarm } from "./io/alarm.ts";
import { readCaCerts } from "./io/ca_certs.ts";
import { sleepUntil, systemClock } from "./io/clock.ts";
import { logClusterOutput } from "./io/cluster_log.ts";
import { drive, Inbox } from "./io/drive.ts";
import { firstGraceMs } from "./io/first_grace.ts";
import type { OutputLine } from "./io/indicator.ts";
import { localTimeOfDayMs } from "./io/local_time.ts";
import { getLog } from "./io/log.ts";
import { Observation } from "./io/observation.ts";
import { runProgram } from "./io/program.ts";
import { SysfsLed } from "./io/sysfs_led.ts";
import { Button } from "./tracker/button.ts";

/**
 * How often it is listened: an LED that lights a quarter of a second later is worth a Pi that sleeps
 * between the heartbeats of a large cluster.
 */
const READ_EVERY_MS = 250;
/** The name under which tools like gpioinfo list whoever holds a line. */
const CONSUMER = "rpi-cluster-tracker";

const log = getLog("tracker");

await runProgram({
  name: "tracker",
  description: "Shows on LED and buzzer how the other Raspberry Pis of the cluster are.",
  version: VERSION,
  main: ({ config, stop }) => track(config, stop),
  commands: [{
    usage: "test",
    description: "Plays the alarm on LED and buzzer for 5 s.",
    main: ({ config, stop }) => test(config, stop),
  }],
});

/** Until `stop` aborts: what the broker tells -> the watch machine -> LED and buzzer. */
async function track(config: Config, stop: AbortSignal): Promise<void> {
  const { mqtt, node: { id: self }, cluster: { nodes, ...timing } } = config;
  const observer = crypto.randomUUID();
  const topics = topicsOf(mqtt.topicRoot);
  const inbox = new Inbox<WatchInput>();
  const nowMs = systemClock.nowMs();
  const expected = nodes.filter((id) => id !== self).map((id) => newNode(id, nowMs, true));
  const initial = newWatch(newCluster(expected));
  const only = nodes.length > 0 ? { only: nodes } : {};
  const options = { timing, observer, self, firstGraceMs: firstGraceMs(), ...only };
  const machine = watchMachine(options, buzzerRulesOf(config));

  using alarm = openAlarm(config);
  await using observation = new Observation({
    mqtt,
    clientId: `${self}-tracker-${observer.slice(0, 8)}`,
    clock: systemClock,
    caCerts: readCaCerts(mqtt.caFile),
    readEveryMs: READ_EVERY_MS,
    observer,
    echoTopic: topics.echo(self),
    subscribe: topics.all,
    inbox,
    onAlarm(message) {
      const wallMs = systemClock.wallMs(systemClock.nowMs());
      inbox.put({ kind: "silence", message, wallMs });
    },
  });
  await using _button = openButton(config, inbox);
  alarm.show(initial.shown);
  for await (const { outputs } of drive({ machine, initial, inbox, clock: systemClock, stop })) {
    for (const output of outputs) {
      if (output.kind === "show") alarm.show(output.indication);
      else if (output.kind === "send_echo") observation.sendEcho(output.seq);
      else if (output.kind === "say_silence") say(output, { observation, topic: topics.alarm });
      else logClusterOutput(log, output);
    }
  }
}

/** In vain without a connection: the machine says it again. */
function say(
  { silence }: SaySilence,
  { observation, topic }: { readonly observation: Observation; readonly topic: string },
): void {
  log.info("the button silences the buzzers of the cluster");
  const payload = encodeAlarm(silence);
  void observation.link.publish({ topic, payload, qos: 1, retain: true });
}

function buzzerRulesOf({ rpi: { buzzerHoldMs: holdMs, quiet: hours } }: Config): BuzzerRules {
  if (hours === undefined) return { holdMs };
  const timeOfDayMs = (nowMs: number) => localTimeOfDayMs(systemClock.wallMs(nowMs));
  return { holdMs, quiet: { hours, timeOfDayMs } };
}

function openButton(
  { rpi: { chip, button: line } }: Config,
  inbox: Inbox<WatchInput>,
): Button | undefined {
  if (line === undefined) return undefined;
  const request = { line, activeLow: true, pull: "up", consumer: CONSUMER } as const;
  return new Button({
    open: () => openGpioInput(chip, request),
    adviceOn,
    inbox,
    clock: systemClock,
  });
}

/** What to do about an error of a line, where that is known. */
function adviceOn(error: unknown): string | undefined {
  return error instanceof GpioError ? error.advice : undefined;
}

async function test(config: Config, stop: AbortSignal): Promise<void> {
  using alarm = openAlarm(config);
  alarm.show(TEST_INDICATION);
  await sleepUntil(systemClock, systemClock.nowMs() + ALARM_TEST_MS, stop);
}

function openAlarm({ rpi }: Config): Alarm {
  const { led, buzzer } = rpi;
  return new Alarm({
    led: openerOf(rpi, led),
    buzzer: openerOf(rpi, buzzer.kind === "pwm" ? { kind: "none" } : buzzer),
    adviceOn,
  });
}

function openerOf(
  { chip, activeLow }: Config["rpi"],
  setting: LedSetting,
): (() => OutputLine) | undefined {
  switch (setting.kind) {
    case "none":
      return undefined;
    case "line": {
      const { line } = setting;
      return () => openGpioOutput(chip, { line, activeLow, consumer: CONSUMER });
    }
    case "sysfs":
      return () => openSysfsLed(setting.name);
  }
}

/** An on-board LED with all that it takes, given back when disposed. */
function openSysfsLed(name: string): OutputLine {
  using opened = new DisposableStack();
  const files = opened.use(new SpecialFiles());
  const led = opened.use(new SysfsLed({ name, files }));
  const owned = opened.move();
  return { set: (on) => led.set(on), [Symbol.dispose]: () => owned.dispose() };
}
