/** The tracker: shows on this Pi's LED and buzzer how the other Pis are. */

import { type ClusterInput, newCluster } from "./core/cluster.ts";
import type { Config } from "./core/config.ts";
import { newNode } from "./core/node_state.ts";
import type { SilenceInput } from "./core/silence.ts";
import { VERSION } from "./core/version.ts";
import { newWatch, watchMachine } from "./core/watch.ts";
import { topicsOf } from "./core/wire.ts";
import { readCaCerts } from "./io/ca_certs.ts";
import { systemClock } from "./io/clock.ts";
import { logClusterOutput } from "./io/cluster_log.ts";
import { drive, Inbox } from "./io/drive.ts";
import { firstGraceMs } from "./io/first_grace.ts";
import { getLog } from "./io/log.ts";
import { Observation } from "./io/observation.ts";
import { runProgram } from "./io/program.ts";
import { doctor, reportBadConfig } from "./tracker/doctor.ts";
import { openAlarm } from "./tracker/outputs.ts";
import { rehearse } from "./tracker/rehearsal.ts";
import { startWatchdog } from "./tracker/watchdog.ts";

/**
 * How often it is listened: an LED that lights a quarter of a second later is worth a Pi that sleeps
 * between the heartbeats of a large cluster.
 */
const READ_EVERY_MS = 250;

await runProgram({
  name: "tracker",
  description: "Shows on LED and buzzer how the other Raspberry Pis of the cluster are.",
  version: VERSION,
  main: ({ config, stop }) => track(config, stop),
  commands: [
    {
      usage: "test",
      description: "Plays the alarm for 5 s, or walks through the wiring, part by part.",
      options: [
        { flags: "--led", description: "the LED alone" },
        { flags: "--buzzer", description: "the buzzer alone" },
        { flags: "--lamp", description: "the lamp alone" },
        { flags: "--button", description: "the button: press it, and see" },
      ],
      main: rehearse,
    },
    {
      usage: "doctor",
      description: "Looks at all that the alarm of this Pi depends on, and says what to do.",
      options: [{ flags: "--json", description: "for a program: one JSON object" }],
      main: doctor,
      reportBadConfig,
    },
  ],
});

/** Until `stop` aborts: what the broker tells -> the watch machine -> LED and buzzer. */
async function track(config: Config, stop: AbortSignal): Promise<void> {
  const { mqtt, node: { id: self }, cluster: { nodes, ...timing }, rpi } = config;
  const log = getLog("tracker");
  const observer = crypto.randomUUID();
  const inbox = new Inbox<ClusterInput | SilenceInput>();
  const nowMs = systemClock.nowMs();
  const expected = nodes.filter((id) => id !== self).map((id) => newNode(id, nowMs, true));
  const initial = newWatch(newCluster(expected));
  const only = nodes.length > 0 ? { only: nodes } : {};
  const options = { timing, observer, self, firstGraceMs: firstGraceMs(), ...only };
  const machine = watchMachine(options, rpi.buzzerHoldMs);
  if (rpi.button !== undefined) log.warning("[rpi] button is not read by this version");

  using alarm = openAlarm(config);
  await using observation = new Observation({
    mqtt,
    clientId: `${self}-tracker-${observer.slice(0, 8)}`,
    clock: systemClock,
    caCerts: readCaCerts(mqtt.caFile),
    readEveryMs: READ_EVERY_MS,
    observer,
    echoTopic: topicsOf(mqtt.topicRoot).echo(self),
    subscribe: topicsOf(mqtt.topicRoot).all,
    inbox,
    onAlarm(message) {
      const wallMs = systemClock.wallMs(systemClock.nowMs());
      inbox.put({ kind: "silence", message, wallMs });
    },
  });
  alarm.show(initial.shown);
  using _watchdog = startWatchdog();
  for await (const { outputs } of drive({ machine, initial, inbox, clock: systemClock, stop })) {
    for (const output of outputs) {
      if (output.kind === "send_echo") observation.sendEcho(output.seq);
      else if (output.kind === "show") alarm.show(output.indication);
      else logClusterOutput(log, output);
    }
  }
}
