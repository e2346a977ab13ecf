/** Turns the entries of `config.ini` and its substitutes into typed settings. */

import { checkChannels, decodeAlerts, decodeEscalation, decodeSms } from "./alerts.ts";
import { ConfigReader } from "./reader.ts";
import { decodeCluster, decodeHub, decodeMqtt, decodeNode, decodeRpi } from "./sections.ts";
import type { Config, ConfigEntry, ConfigResult, MachineDefaults } from "./settings.ts";
import { decodeWebhook } from "./webhook.ts";

/** Returns the configuration that the entries and defaults make, or every issue in them. */
export function decodeConfig(
  entries: readonly ConfigEntry[],
  defaults: MachineDefaults,
): ConfigResult {
  const reader = new ConfigReader(entries);
  const config: Config = {
    mqtt: decodeMqtt(reader),
    node: decodeNode(reader, defaults),
    cluster: decodeCluster(reader),
    rpi: decodeRpi(reader),
    hub: decodeHub(reader, defaults),
    alerts: decodeAlerts(reader),
    sms: decodeSms(reader),
    escalation: decodeEscalation(reader),
    webhook: decodeWebhook(reader),
  };
  checkChannels(reader, config);
  return reader.issues.length === 0 ? { ok: true, config } : { ok: false, issues: reader.issues };
}
