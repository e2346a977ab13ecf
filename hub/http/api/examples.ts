/** Examples for the document: a small cluster in which John Snow's Pi has died. */

const DIED_AT = "2026-11-22T14:02:11.000Z";
const NOW = "2026-11-22T14:03:00.000Z";
const UNTIL = "2026-11-22T16:03:00.000Z";

export const STATUS_NODE = {
  id: "john-snow",
  name: "John Snow",
  display_name: "John Snow",
  liveness: "dead",
  since: DIED_AT,
  last_heartbeat_at: "2026-11-22T14:02:06.000Z",
  acknowledged: false,
  maintenance_until: null,
  flapping: false,
  agent_silent: false,
  farewell: null,
  warnings: [],
  warning_codes: [],
  version: "0.1.0",
  outdated: false,
  storage: null,
};
export const NODE = {
  ...STATUS_NODE,
  session: "c0ffee",
  vitals: {
    temperature: { value: 48.2, level: "ok" },
    under_voltage: { value: null, level: "not_supported" },
  },
  facts: { model: "Raspberry Pi 5", addresses: ["192.168.1.7"] },
  group: "attic",
  remote: ["ssh://pi@192.168.1.7"],
  remote_names: [],
  ways: { ssh: { state: "up", port: 22 }, vnc: { state: "down", port: 5900 } },
  upgrade: { available: "0.2.0", step: "failed", version: "0.2.0", failure: "checksum" },
};
export const INCIDENT = {
  id: 3,
  kind: "node",
  node: "john-snow",
  name: "John Snow",
  died_at: DIED_AT,
  last_heard_at: STATUS_NODE.last_heartbeat_at,
  told_at: "2026-11-22T14:02:31.000Z",
  recovered_at: null,
  acknowledged_at: null,
  cause: "no sign of life",
  reason: "silence",
  changes: 0,
  parent: null,
};
export const DELIVERY = {
  id: 7,
  incident_ids: [INCIDENT.id],
  channel: "twilio",
  recipient: "+4915112345678",
  text: "John Snow is down since 15:02",
  state: "delivered",
  attempts: 1,
  last_error: null,
  failure: null,
  reference: "SM0123456789abcdef",
  created_at: "2026-11-22T14:02:31.000Z",
};
export const IN_FORCE = {
  silences: [{ node: null, since: NOW, until: UNTIL, pressed_at: "arya" }],
  maintenance: [{ node: "john-snow", until: UNTIL }],
};
export const REFUSAL = {
  reason: "page_login",
  from: "203.0.113.9",
  count: 1240,
  since: DIED_AT,
  last: NOW,
};
export const BACKUP = {
  folder: "/var/lib/rpi-cluster-alert/backups",
  last_at: "2026-11-22T02:00:12.000Z",
  failure: null,
  error: null,
};
export const STATUS = {
  at: NOW,
  version: "1.0.0",
  status: "down",
  blind: null,
  notification: { state: "works", channels: [{ name: "twilio", state: "works" }] },
  refused: [REFUSAL],
  counts: { dead: 1, suspect: 0, unknown: 0, alive: 0, left: 0 },
  nodes: [STATUS_NODE],
  silences: IN_FORCE.silences,
  maintenance: [],
  backup: BACKUP,
  brokers: [
    { broker: "127.0.0.1:1883", sees: true, since: null, code: null },
    { broker: "attic.local:1883", sees: false, since: DIED_AT, code: "no_connection" },
  ],
  watchdog: { last_ping_at: DIED_AT, said: "works", faults: [], error: null },
};
export const TRANSITION = { at: DIED_AT, from: "suspect", to: "dead", reason: "silence" };
export const VITALS = {
  span: "1h",
  from: "2026-11-22T13:03:00.000Z",
  to: NOW,
  kinds: { temperature: [[1_795_357_200, 48.2], [1_795_357_500, null]] },
};
export const AVAILABILITY = {
  span: "24h",
  from: "2026-11-21T14:03:00.000Z",
  to: NOW,
  nodes: {
    "john-snow": {
      percent: 99.94,
      segments: [
        { from: "2026-11-21T14:03:00.000Z", to: DIED_AT, state: "up" },
        { from: DIED_AT, to: NOW, state: "down" },
      ],
    },
  },
};
export const SESSION = {
  id: 3,
  created_at: DIED_AT,
  last_seen_at: NOW,
  address: "192.168.1.20",
  agent: "Firefox",
  current: true,
};
export const JOIN_OFFER = {
  id: "arya",
  name: "Arya",
  join: "s8pQ2mX0aBcD",
  line: "curl -fsSL -k --pinnedpubkey sha256//(key) https://hub.lan:8443/join/(secret) | sudo sh",
  commands: [
    "curl -fsSL -k --pinnedpubkey sha256//(key) https://hub.lan:8443/join/(secret) -o join.sh",
    "less join.sh",
    "sudo sh join.sh",
  ],
  until: "2026-11-22T14:18:00.000Z",
  encrypted: true,
  architectures: ["amd64", "arm64"],
};
export const JOIN = {
  id: JOIN_OFFER.join,
  node: "arya",
  name: "Arya",
  step: "fetched",
  failure: null,
  until: JOIN_OFFER.until,
  from: "192.168.1.7",
};
export const OUTCOME = {
  channel: "twilio",
  recipient: "+4915112345678",
  state: "delivered",
  detail: "SM0123456789abcdef",
};
