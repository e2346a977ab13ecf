/** The agent: reports to the cluster that this Pi is alive, and its vitals. */

import { AGENT_COMMANDS } from "./agent/commands/command_line.ts";
import { Updates } from "./agent/update/updates.ts";
import type { Config } from "./core/config/settings.ts";
import { portOf, remoteFacts } from "./core/config/value/remote.ts";
import {
  judgeVitals,
  type Vitals,
  VITALS_EVERY_MS,
  VITALS_READ_EVERY_MS,
  vitalsChanged,
} from "./core/protocol/vitals.ts";
import { isSameUpdate } from "./core/protocol/update_report.ts";
import { judgeWays, type Ways, WAYS_READ_EVERY_MS, waysChanged } from "./core/protocol/ways.ts";
import type { VitalsParts } from "./core/protocol/wire_encoding.ts";
import { VERSION } from "./core/version.ts";
import { readOnlyCaCerts } from "./io/connection/ca_certs.ts";
import { knownAddressIn, stateFolder } from "./io/connection/known_address.ts";
import { confineFiles, serviceReach } from "./io/files/file_reach.ts";
import { getLog } from "./io/log/log.ts";
import { Presence } from "./io/mqtt/presence.ts";
import { runProgram } from "./io/program/program.ts";
import { Systemd } from "./io/program/systemd.ts";
import { StorageCheck } from "./io/storage/storage_check.ts";
import { ANSWER_MS_MAX, StorageWatch } from "./io/storage/storage_watch.ts";
import { sleepUntil, systemClock } from "./io/time/clock.ts";
import { readFacts } from "./vitals/facts.ts";
import { leave, SHUTDOWN_FILE } from "./vitals/leave.ts";
import { readOwnPackage } from "./vitals/own_package.ts";
import { ON_ROOT, VitalSigns } from "./vitals/vital_signs.ts";
import { LINGERING, readWays, TAILSCALE_SOCKET, type WaysInOptions } from "./vitals/ways_in.ts";

const SSH_PORT = 22;
const VNC_PORT = 5900;
/** Readable for everybody on any Debian, and not small. */
const SYSTEM_FILES: readonly string[] = ["/etc/ld.so.cache", "/usr/bin/dd"];

await runProgram({
  ...AGENT_COMMANDS,
  async main({ config, stop }) {
    await using systemd = new Systemd();
    const folder = stateFolder();
    // This run is of that package, also when a newer one is installed meanwhile.
    const [facts, ownPackage, updates] = await Promise.all([
      readFacts("/", stop),
      readOwnPackage("/", stop),
      folder === undefined ? undefined : Updates.open({ folder, clock: systemClock }, stop),
    ]);
    await using check = new StorageCheck({
      clock: systemClock,
      systemFiles: [Deno.execPath(), ...SYSTEM_FILES],
      // Without a folder from systemd nothing is written.
      canary: folder && `${folder}/storage-check`,
      answerMs: ANSWER_MS_MAX,
    });
    const { read, write } = serviceReach(config);
    confineFiles({
      read: [...read, SHUTDOWN_FILE, ON_ROOT, LINGERING],
      write: [...write, TAILSCALE_SOCKET],
    });
    const storage = new StorageWatch({ check, clock: systemClock });
    await using presence = new Presence({
      config,
      clock: systemClock,
      session: crypto.randomUUID(),
      caCerts: readOnlyCaCerts(config.mqtt),
      known: (index) => knownAddressIn(folder, index),
      readFacts: async () => {
        // Starting a process while the disk does not answer may hang this program.
        const present = check.hangs ? facts : await readFacts();
        const release = ownPackage === undefined ? {} : { package: ownPackage };
        return { ...present, version: VERSION, ...release, ...remoteFacts(config.node.remote) };
      },
      storage: () => storage.state,
      ...(updates === undefined ? {} : {
        onUpdate(payload) {
          if (!check.hangs) void updates.ask(payload);
        },
      }),
    });
    getLog("agent").info("started", {
      node: config.node.id,
      heartbeat_ms: config.node.heartbeatMs,
    });
    const leaving = leave("agent.service", stop, { mayAsk: () => !check.hangs });
    const onTurn = () => {
      if (presence.isTurning) systemd.works(systemClock.nowMs(), () => presence.statusLine);
    };
    await Promise.all([
      presence.beat(stop, onTurn),
      reportVitals(presence, { stop, isOff: () => check.hangs, ports: portsOf(config), updates }),
      storage.run(stop),
    ]);
    const { reason, restMs } = await leaving;
    await presence.publishFarewell(reason, restMs);
  },
});

/** The ports of SSH and VNC: those of the owner's links, else the usual ones. */
function portsOf({ node: { remote } }: Pick<Config, "node">): WaysInOptions {
  return {
    sshPort: portOf(remote, "ssh") ?? SSH_PORT,
    vncPort: portOf(remote, "vnc") ?? VNC_PORT,
  };
}

interface VitalsDuty {
  readonly stop: AbortSignal;
  readonly isOff: () => boolean;
  readonly ports: WaysInOptions;
  readonly updates: Updates | undefined;
}

/** Publishes vitals after a change and every 30 s, until `stop` aborts. Skips all while `isOff`. */
async function reportVitals(
  presence: Presence,
  { stop, isOff, ports, updates }: VitalsDuty,
): Promise<void> {
  const signs = new VitalSigns();
  let vitals: Vitals = {};
  let ways: Ways | undefined;
  let waysReadMs = -Infinity;
  let published: VitalsParts | undefined;
  let publishedMs = -Infinity;
  while (!stop.aborted) {
    if (isOff()) {
      await sleepUntil(systemClock, systemClock.nowMs() + VITALS_READ_EVERY_MS, stop);
      continue;
    }
    try {
      vitals = judgeVitals(await signs.read(stop), vitals);
      await updates?.look(stop);
      if (systemClock.nowMs() - waysReadMs >= WAYS_READ_EVERY_MS) {
        ways = judgeWays(await readWays(ports, stop), systemClock.wallMs(systemClock.nowMs()));
        waysReadMs = systemClock.nowMs();
      }
    } catch (error) {
      // The farewell does not wait for a slow sensor.
      if (stop.aborted) return;
      throw error;
    }
    const nowMs = systemClock.nowMs();
    const update = updates?.report;
    const isNew = vitalsChanged(published?.vitals, vitals) ||
      waysChanged(published?.ways, ways) || !isSameUpdate(published?.update, update);
    if (isNew || nowMs - publishedMs >= VITALS_EVERY_MS) {
      published = { vitals, ways, update };
      presence.publishVitals(published);
      publishedMs = nowMs;
    }
    await sleepUntil(systemClock, nowMs + VITALS_READ_EVERY_MS, stop);
  }
}
