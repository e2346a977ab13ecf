/** The vitals that a node measures, and their levels. First rule: not supported is not ok. */

/** The level of a reading. `not_supported`: this machine cannot measure it, so nobody knows. */
export type Level = "ok" | "warning" | "critical" | "not_supported";

/** A reading: a number in the unit of its kind, or a flag. */
export type Reading = number | boolean;

/** One vital with its level. The value is `null` if, and only if, the level is `not_supported`. */
export interface Vital {
  readonly value: Reading | null;
  readonly level: Level;
}

/**
 * Vitals by kind, as on the wire next to `session`: `{"temperature":{"value":48.2,"level":"ok"}}`.
 */
export type Vitals = Readonly<Record<string, Vital>>;

/** A number that is bad when it is high. A level ends `clearBelow` under its threshold. */
export interface GaugeKind {
  readonly kind: "gauge";
  readonly label: string;
  /** The unit after the number, for people. */
  readonly unit: string;
  readonly warnAt: number;
  readonly criticalAt: number;
  readonly clearBelow: number;
  /** A change by this much is worth a message. */
  readonly step: number;
  /** Digits after the decimal point on the wire. */
  readonly digits: number;
}

/** A flag that is critical when it is true. */
export interface FlagKind {
  readonly kind: "flag";
  readonly label: string;
  readonly unit: "";
}

export type VitalKind = GaugeKind | FlagKind;

/** The vitals that every agent reports. A new one needs an entry here and a reader in `vitals/`. */
export const VITAL_KINDS = {
  /** A Pi throttles at 80 to 85 degrees. */
  temperature: {
    kind: "gauge",
    label: "Temperature",
    unit: "°C",
    warnAt: 75,
    criticalAt: 82,
    clearBelow: 5,
    step: 1,
    digits: 1,
  },
  /**
   * Share of all cores since the last reading. A busy Pi is not broken, so it is never critical.
   */
  cpu: {
    kind: "gauge",
    label: "CPU",
    unit: "%",
    warnAt: 95,
    criticalAt: Infinity,
    clearBelow: 10,
    step: 10,
    digits: 0,
  },
  /** Share that is not available to programs. */
  memory: {
    kind: "gauge",
    label: "Memory",
    unit: "%",
    warnAt: 90,
    criticalAt: 97,
    clearBelow: 3,
    step: 2,
    digits: 0,
  },
  /** Share of the root file system that users can no longer write to. */
  disk: {
    kind: "gauge",
    label: "Disk",
    unit: "%",
    warnAt: 90,
    criticalAt: 97,
    clearBelow: 2,
    step: 1,
    digits: 0,
  },
  under_voltage: { kind: "flag", label: "Under-voltage", unit: "" },
} as const satisfies Readonly<Record<string, VitalKind>>;

export type VitalName = keyof typeof VITAL_KINDS;

/** Vitals are published at least this often. */
export const VITALS_EVERY_MS = 30_000;
/**
 * Vitals are read this often, and published early if `vitalsChanged`, so this is also the shortest
 * time between two messages. A reading starts a process, see `vitals/machine_files.ts`.
 */
export const VITALS_READ_EVERY_MS = 5_000;

/**
 * The level of a reading. The previous level gives hysteresis, so that a gauge near a threshold
 * does not flap. A reading of the wrong type, or one that is not finite, counts as absent.
 */
export function judge(
  name: VitalName,
  reading: Reading | undefined,
  previous: Level = "not_supported",
): Level {
  const kind: VitalKind = VITAL_KINDS[name];
  switch (kind.kind) {
    case "flag":
      if (typeof reading !== "boolean") return "not_supported";
      return reading ? "critical" : "ok";
    case "gauge":
      if (typeof reading !== "number" || !Number.isFinite(reading)) return "not_supported";
      return judgeGauge(kind, reading, previous);
  }
}

function judgeGauge(kind: GaugeKind, reading: number, previous: Level): Level {
  const { warnAt, criticalAt, clearBelow } = kind;
  if (reading >= criticalAt) return "critical";
  if (previous === "critical" && reading > criticalAt - clearBelow) return "critical";
  if (reading >= warnAt) return "warning";
  const wasBad = previous === "warning" || previous === "critical";
  return wasBad && reading > warnAt - clearBelow ? "warning" : "ok";
}

/** The vitals of a machine from its readings. `previous` is the result of the last call. */
export function judgeVitals(
  readings: Readonly<Record<VitalName, Reading | undefined>>,
  previous: Vitals = {},
): Readonly<Record<VitalName, Vital>> {
  const vital = (name: VitalName): Vital => {
    const level = judge(name, readings[name], previous[name]?.level);
    if (level === "not_supported") return { value: null, level };
    return { value: rounded(VITAL_KINDS[name], readings[name] ?? null), level };
  };
  return {
    temperature: vital("temperature"),
    cpu: vital("cpu"),
    memory: vital("memory"),
    disk: vital("disk"),
    under_voltage: vital("under_voltage"),
  };
}

function rounded(kind: VitalKind, value: Reading | null): Reading | null {
  if (kind.kind === "flag" || typeof value !== "number") return value;
  const scale = 10 ** kind.digits;
  return Math.round(value * scale) / scale;
}

/**
 * Whether `after` must be published before the next regular message. It must if a level, the set of
 * vitals, or a value by its kind's step has changed since `before`.
 */
export function vitalsChanged(before: Vitals | undefined, after: Vitals): boolean {
  if (before === undefined) return true;
  const names = Object.keys(after);
  if (names.length !== Object.keys(before).length) return true;
  return names.some((name) => vitalChanged(name, before[name], after[name]));
}

function vitalChanged(name: string, before: Vital | undefined, after: Vital | undefined): boolean {
  if (before === undefined || after === undefined || before.level !== after.level) return true;
  if (typeof before.value !== "number" || typeof after.value !== "number") {
    return before.value !== after.value;
  }
  return Math.abs(after.value - before.value) >= stepOf(name);
}

function stepOf(name: string): number {
  const kind = isVitalName(name) ? VITAL_KINDS[name] : undefined;
  return kind?.kind === "gauge" ? kind.step : Number.MIN_VALUE;
}

/** Whether this version knows the vital. */
export function isVitalName(name: string): name is VitalName {
  return Object.hasOwn(VITAL_KINDS, name);
}
