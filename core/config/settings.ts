/** The settings of all programs as types, and the entries that they are read from. */

import type { Prefix } from "../network/address.ts";
import type { HostAndPort } from "../network/host.ts";
import type { QuietHours } from "./quiet_hours.ts";
import type { WeeklyTime } from "./times.ts";
/** Everything that agent, tracker and hub can be told. Durations are milliseconds. */
export interface Config {
  readonly mqtt: {
    readonly host: string;
    readonly port: number;
    readonly tls: boolean;
    readonly username?: string;
    readonly password?: string;
    readonly caFile?: string;
    readonly topicRoot: string;
    /** The longest time between two attempts to connect; announced in the birth. */
    readonly reconnectMs: number;
  };
  readonly node: {
    readonly id: string;
    readonly name: string;
    readonly heartbeatMs: number;
    /** URLs by which a person reaches this Pi. */
    readonly remote: readonly string[];
  };
  readonly cluster: {
    /** Ids that are expected; empty: every node from its first sign of life on. */
    readonly nodes: readonly string[];
    readonly suspectAfterMs: number;
    readonly deadAfterMs: number;
    readonly willAfterMs: number;
    /** How long a node may take that said that it reboots. */
    readonly rebootWithinMs: number;
    /** What is likely to fail together. */
    readonly groups: readonly NodeGroup[];
    /** Machines that answer as long as this machine's network works. */
    readonly landmarks: readonly HostAndPort[];
  };
  readonly rpi: {
    readonly led: LedSetting;
    readonly buzzer: BuzzerSetting;
    /** What a passive buzzer is driven with, in Hz. */
    readonly toneHz: number;
    /** BCM numbers; `undefined` when there is none. */
    readonly lamp: number | undefined;
    readonly button: number | undefined;
    readonly chip: string;
    /** Of LED and buzzer; a relay board has its own. */
    readonly activeLow: boolean;
    readonly lampActiveLow: boolean;
    readonly buzzerHoldMs: number;
    /** When the buzzer is silent, whoever dies. */
    readonly quiet: QuietHours | undefined;
  };
  readonly hub: {
    readonly listen: Endpoint;
    readonly broker: "embedded" | "none";
    readonly brokerListen: Endpoint;
    readonly stateDir: string;
    /** Absent: the hub generates one. */
    readonly password?: string;
    readonly publicStatus: boolean;
    /** Other names by which guests may come, in lower case. */
    readonly names: readonly string[];
    /** Whose `X-Forwarded-*` are believed. */
    readonly trustedProxies: readonly Prefix[];
    /** Of the IANA database. Absent: the machine's own. */
    readonly timeZone?: string;
  };
  readonly alerts: {
    readonly groupMs: number;
    readonly holdMs: number;
    readonly perHourMax: number;
    /** Each of them is set up; empty: all that are. */
    readonly channels: readonly ChannelWord[];
    readonly send: "all" | "in_order";
    /** `undefined`: nobody is reminded. */
    readonly remindMs: number | undefined;
    /** This many deaths within the window make a node flapping; 0: never. */
    readonly flapDeaths: number;
    readonly flapWindowMs: number;
    /** How long broker or provider are out of reach before people are told. */
    readonly blindAfterMs: number;
    readonly selfTest: WeeklyTime | undefined;
  };
  readonly sms: {
    readonly provider: "none" | "twilio" | "print";
    readonly accountSid?: string;
    readonly authToken?: string;
    readonly from?: string;
    readonly messagingServiceSid?: string;
    readonly to: readonly string[];
    readonly apiUrl: string;
    readonly quiet: QuietHours | undefined;
  };
  readonly escalation: {
    /** Numbers in E.164; empty: there is no escalation. */
    readonly to: readonly string[];
    /** Beyond the hold of the alerts. */
    readonly afterMs: number;
  };
  readonly webhook: {
    readonly preset: WebhookPreset;
    /** Absent: there is no webhook. A secret as a rule. */
    readonly url?: string;
    readonly token?: string;
    /** Chat ids, phone numbers or what the receiver makes of it; empty where it knows by itself. */
    readonly to: readonly string[];
    readonly from?: string;
    readonly quiet: QuietHours | undefined;
  };
}

/** What `[alerts] channels` calls the ways to reach people. */
export type ChannelWord = "sms" | "webhook";

/** The receivers of a webhook whose languages are known. */
export type WebhookPreset = "json" | "ntfy" | "slack" | "discord" | "telegram" | "d7";

/** A line of the header by its BCM number, or an on-board LED by its name under /sys/class/leds. */
export type LedSetting =
  | { readonly kind: "line"; readonly line: number }
  | { readonly kind: "sysfs"; readonly name: string }
  | { readonly kind: "none" };

/** A line of the header by its BCM number, or a channel of hardware PWM for a passive buzzer. */
export type BuzzerSetting =
  | { readonly kind: "line"; readonly line: number }
  | {
    readonly kind: "pwm";
    /** The number of the chip under /sys/class/pwm; `undefined`: the first with such a channel. */
    readonly chip: number | undefined;
    readonly channel: number;
  }
  | { readonly kind: "none" };

/** Where a server listens. An IPv6 address stands without its brackets. */
export interface Endpoint {
  readonly hostname: string;
  readonly port: number;
}

/** Where an entry comes from. The first in this list that has a key decides it. */
export type ConfigSource = "environment" | "file" | "credential";

/** One `key = value`, wherever it stood, or, with an empty key, the line that opens a section. */
export interface ConfigEntry {
  readonly section: string;
  /** For a secret that comes from a file, the secret's own key and not `<key>_file`. */
  readonly key: string;
  readonly value: string;
  /** For a person: `/etc/rpi-cluster-alert/config.ini:12` or `RPI_CLUSTER_MQTT_URL`. */
  readonly where: string;
  readonly source: ConfigSource;
  /** Set when the value could not be had, e.g. because its `<key>_file` is unreadable. */
  readonly problem?: { readonly expected: string; readonly found: string };
}

/** What the machine contributes to the defaults. */
export interface MachineDefaults {
  readonly hostname: string;
  /** `$STATE_DIRECTORY` of the systemd unit. */
  readonly stateDirectory?: string;
}

/** One thing that is wrong, never with the value of a secret in it. */
export interface ConfigIssue {
  readonly where: string;
  /** `[section] key`. */
  readonly key: string;
  readonly expected: string;
  readonly found: string;
}

export type ConfigResult =
  | { readonly ok: true; readonly config: Config }
  | { readonly ok: false; readonly issues: readonly ConfigIssue[] };

/** Nodes that a site, a switch or a power strip takes along when it fails. */
export interface NodeGroup {
  readonly name: string;
  /** Ids; never empty, and none of them is in another group. */
  readonly nodes: readonly string[];
}
