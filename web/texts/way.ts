/** The ways by which a person reaches a node, and why they will end. */

import type { Area } from "../language/phrase.ts";

export const wayTexts = {
  ssh: { en: "SSH", de: "SSH" },
  vnc: { en: "VNC", de: "VNC" },
  connect: { en: "Raspberry Pi Connect", de: "Raspberry Pi Connect" },
  tailscale: { en: "Tailscale", de: "Tailscale" },
  remoteit: { en: "remote.it", de: "remote.it" },
  not_after_reboot: {
    en: "Connect will not survive a reboot: lingering is off",
    de: "Connect überlebt keinen Neustart: Lingering ist aus",
  },
  key_expires: {
    en: {
      one: "Tailscale key expires in {count} day",
      other: "Tailscale key expires in {count} days",
    },
    de: {
      one: "Tailscale-Schlüssel läuft in {count} Tag ab",
      other: "Tailscale-Schlüssel läuft in {count} Tagen ab",
    },
  },
  key_expires_today: {
    en: "Tailscale key expires within a day",
    de: "Tailscale-Schlüssel läuft innerhalb eines Tages ab",
  },
  key_expired: {
    en: "Tailscale key has expired",
    de: "Tailscale-Schlüssel ist abgelaufen",
  },
} as const satisfies Area;
