/** The settings of all programs as types, and the entries from which they are read. */

import type { Prefix } from "../network/address.ts";
import type { HostAndPort } from "../network/host.ts";
import type { ChannelValues } from "./needs.ts";
import type { QuietHours } from "./value/quiet_hours.ts";
import type { RemoteLink } from "./value/remote.ts";
import type { WeeklyTime } from "./value/times.ts";
import type { WatchMode } from "./value/watch_mode.ts";
/** All settings of agent, tracker and hub. Durations are in milliseconds. */
export interface Config {
  readonly mqtt: {
    readonly host: string;
    readonly port: number;
    readonly tls: boolean;
    /** The brokers after the first one. Absent: there is only one. */
    readonly others?: readonly BrokerPlace[];
    readonly username?: string;
    readonly password?: string;
    readonly caFile?: string;
    /** The only authorities to trust, as Base64 texts of their certificates (DER), by commas. */
    readonly ca?: string;
    readonly topicRoot: string;
    /** The longest time between two attempts to connect. The birth announces it. */
    readonly reconnectMs: number;
  };
  readonly node: {
    readonly id: string;
    readonly name: string;
    readonly heartbeatMs: number;
    /** Links by which a person reaches this Pi. */
    readonly remote: readonly RemoteLink[];
  };
  readonly cluster: {
    /** Ids that are expected. Empty: every node is watched from its first sign of life on. */
    readonly nodes: readonly string[];
    /** From whom a tracker learns how the nodes are. */
    readonly watch: WatchMode;
    readonly suspectAfterMs: number;
    readonly deadAfterMs: number;
    readonly willAfterMs: number;
    /** How long a node may be away after it announced a reboot. */
    readonly rebootWithinMs: number;
    /** Nodes that are likely to fail together. */
    readonly groups: readonly NodeGroup[];
    /** Machines that answer as long as this machine's network works. */
    readonly landmarks: readonly HostAndPort[];
  };
  readonly rpi: {
    readonly led: LedSetting;
    readonly buzzer: BuzzerSetting;
    /** The frequency for a passive buzzer, in Hz. */
    readonly toneHz: number;
    /** BCM numbers; `undefined` when there is none. */
    readonly lamp: number | undefined;
    readonly button: number | undefined;
    readonly chip: string;
    /** Of LED and buzzer. A relay board has its own setting. */
    readonly activeLow: boolean;
    readonly lampActiveLow: boolean;
    readonly buzzerHoldMs: number;
    /** When the buzzer is silent, regardless of deaths. */
    readonly quiet: QuietHours | undefined;
  };
  readonly hub: {
    readonly listen: Endpoint;
    readonly broker: "embedded" | "none";
    /** How a Mosquitto learns the credentials, if `broker` is `none`. */
    readonly mosquitto: "password_file" | "dynamic_security";
    readonly brokerListen: Endpoint;
    /** `undefined`: no TLS for the page. */
    readonly httpsListen: TlsEndpoint | undefined;
    /** `undefined`: no TLS for the embedded broker. */
    readonly mqttsListen: TlsEndpoint | undefined;
    /** Absent: depends on whether the hub had Pis before it had TLS. */
    readonly plain?: PlainAccess;
    /** A certificate for the page beside the hub's own. Absent: there is none. */
    readonly certificate?: { readonly certificateFile: string; readonly keyFile: string };
    readonly stateDir: string;
    /** A folder for copies of a state folder that does not outlive a boot. Absent: none are made. */
    readonly checkpointDir?: string;
    /** Debian packages of agent and tracker, which the hub gives to Pis that join. */
    readonly packagesDir: string;
    /** The folder of the nightly backups, or `none`. Absent: a folder beside the state. */
    readonly backups?: string;
    /** Absent: the hub generates one. */
    readonly password?: string;
    readonly publicStatus: boolean;
    /** Other host names of the page, in lower case. */
    readonly names: readonly string[];
    /** Reverse proxies whose `X-Forwarded-*` headers are trusted. */
    readonly trustedProxies: readonly Prefix[];
    /** A name of the IANA database. Absent: the machine's own zone. */
    readonly timeZone?: string;
    /** The page's URL, without a slash at its end. Absent: messages hold no link. */
    readonly publicAddress?: string;
  };
  readonly alerts: {
    readonly groupMs: number;
    readonly holdMs: number;
    readonly perHourMax: number;
    /** Each of them is set up. Empty: all channels that are set up. */
    readonly channels: readonly string[];
    readonly send: "all" | "in_order";
    /** `undefined`: there are no reminders. */
    readonly remindMs: number | undefined;
    /** A node is flapping after this many deaths within the window; 0: never. */
    readonly flapDeaths: number;
    readonly flapWindowMs: number;
    /** How long the broker or a provider is unreachable before people are notified. */
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
    /** Numbers in E.164. Empty: there is no escalation. */
    readonly to: readonly string[];
    /** Counts from the end of the alerts' hold. */
    readonly afterMs: number;
  };
  readonly webhook: {
    readonly preset: WebhookPreset;
    /** Absent: there is no webhook. The URL usually contains a secret. */
    readonly url?: string;
    readonly token?: string;
    /** Chat ids, phone numbers or names that the receiver knows. Empty where the URL decides. */
    readonly to: readonly string[];
    readonly from?: string;
    readonly quiet: QuietHours | undefined;
  };
  /** The watcher outside of the house that the hub pings. */
  readonly watchdog: {
    /** Absent: there is none. The URL is a secret. */
    readonly url?: string;
    /** Absent: made of `url`. `none`: the hub does not say that it fails. */
    readonly failUrl?: string;
    readonly everyMs: number;
  };
  /**
   * The channels of `[channel NAME]`, in their order. Empty in a program that sends no messages.
   */
  readonly channels: readonly ChannelSetting[];
}

/** One channel. Its kind has checked the values, and makes settings of them by its `needs`. */
export interface ChannelSetting {
  /** `[a-z0-9-]`, as in the outbox. */
  readonly name: string;
  /** The section as written: `channel family`. */
  readonly section: string;
  readonly kind: string;
  readonly values: ChannelValues;
  readonly quiet: QuietHours | undefined;
}

/** The webhook receivers whose formats are known. */
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
    /**
     * The number of the chip under /sys/class/pwm; `undefined`: the first chip with such a channel.
     */
    readonly chip: number | undefined;
    readonly channel: number;
  }
  | { readonly kind: "none" };

/** Where a broker is. */
export interface BrokerPlace extends Endpoint {
  readonly tls: boolean;
}

/** The address on which a server listens. An IPv6 address has no brackets here. */
export interface Endpoint {
  readonly hostname: string;
  readonly port: number;
}

export interface TlsEndpoint extends Endpoint {
  /** The configuration names it. A default that is taken by another program is left out. */
  readonly isWritten: boolean;
}

/** Who may connect without TLS: this machine and the trusted proxies, everybody, or nobody. */
export type PlainAccess = (typeof PLAIN_ACCESS)[number];
export const PLAIN_ACCESS = ["loopback", "lan", "no"] as const;

/** The source of an entry. The first source in this list that contains a key decides its value. */
export type ConfigSource = "environment" | "file" | "credential";

/**
 * One `key = value` from any source. An entry with an empty key is the line that opens a section.
 */
export interface ConfigEntry {
  readonly section: string;
  /** For a secret that comes from a file: the secret's own key and not `<key>_file`. */
  readonly key: string;
  readonly value: string;
  /** The place for people: `/etc/rpi-cluster-alert/config.ini:12` or `RPI_CLUSTER_MQTT_URL`. */
  readonly where: string;
  readonly source: ConfigSource;
  /** Set when the value could not be read, e.g. because its `<key>_file` is unreadable. */
  readonly problem?: { readonly expected: string; readonly found: string };
}

/** The defaults that come from the machine. */
export interface MachineDefaults {
  readonly hostname: string;
  /** `$STATE_DIRECTORY` of the systemd unit, or that of the installed hub for its commands. */
  readonly stateDirectory?: string;
}

/** One error in the configuration. It never contains the value of a secret. */
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

/** Nodes that fail together with their site, switch or power strip. */
export interface NodeGroup {
  readonly name: string;
  /** Ids; never empty, and none of them is in another group. */
  readonly nodes: readonly string[];
}
