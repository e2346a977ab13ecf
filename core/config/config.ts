/** Turns the entries of `config.ini` and its substitutes into typed settings. */

import { checkChannels, decodeAlerts, decodeEscalation, decodeSms } from "./alerts.ts";
import { decodeChannels } from "./channels.ts";
import type { ChannelKind } from "./needs.ts";
import { ConfigReader } from "./reader.ts";
import { decodeCluster, decodeHub, decodeMqtt, decodeNode, decodeRpi } from "./sections.ts";
import type { Config, ConfigEntry, ConfigResult, MachineDefaults } from "./settings.ts";
import { decodeWatchdog } from "./watchdog_section.ts";
import { decodeWebhook } from "./webhook.ts";

/**
 * The configuration from the entries and the defaults, or all issues. Without `kinds`, as in a program
 * that sends no messages, the keys that only channels understand are not checked.
 */
export function decodeConfig(
  entries: readonly ConfigEntry[],
  defaults: MachineDefaults,
  kinds: readonly ChannelKind[] = [],
): ConfigResult {
  const reader = new ConfigReader(entries);
  const config: Config = {
    mqtt: decodeMqtt(reader),
    node: decodeNode(reader, defaults),
    cluster: decodeCluster(reader),
    rpi: decodeRpi(reader),
    hub: decodeHub(reader, defaults),
    alerts: decodeAlerts(reader),
    sms: decodeSms(reader, kinds),
    escalation: decodeEscalation(reader),
    webhook: decodeWebhook(reader, kinds),
    watchdog: decodeWatchdog(reader),
    channels: decodeChannels(reader, kinds),
  };
  if (kinds.length > 0) checkChannels(reader, config);
  return reader.issues.length === 0 ? { ok: true, config } : { ok: false, issues: reader.issues };
}
