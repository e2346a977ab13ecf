/** Reads this machine's vital signs. The core decides what a reading means. */

import { statfs } from "node:fs/promises";
import { numberFrom, readMachineFiles } from "./machine_files.ts";

/** The readings; `undefined` for those that this machine does not provide. */
export interface Readings {
  /** The processor's temperature in degrees Celsius. */
  readonly temperature: number | undefined;
  /**
   * Percent of all cores that were busy since the previous reading, or since the boot for the first
   * one.
   */
  readonly cpu: number | undefined;
  /** Percent of memory that programs cannot get any more. */
  readonly memory: number | undefined;
  /** Percent of the root file system that users cannot write to any more. */
  readonly disk: number | undefined;
  /** Whether the supply is too weak at this moment (below 4.63 V on a Pi). */
  readonly under_voltage: boolean | undefined;
}

const TEMPERATURE = "/sys/class/thermal/thermal_zone0/temp";
const CPU_TIMES = "/proc/stat";
const MEMORY = "/proc/meminfo";
const MODEL = "/proc/device-tree/model";
const THROTTLED = "/sys/devices/platform/soc/soc:firmware/get_throttled";
/** How many hwmon devices are checked for the Pi's voltage sensor; a Pi 5 has four. */
const HWMON_MAX = 10;
const HWMON = Array.from({ length: HWMON_MAX }, (_, index) => `/sys/class/hwmon/hwmon${index}`);
const FILES: readonly string[] = [
  TEMPERATURE,
  CPU_TIMES,
  MEMORY,
  MODEL,
  THROTTLED,
  ...HWMON.flatMap((device) => [`${device}/name`, `${device}/in0_lcrit_alarm`]),
];
/**
 * A file on the root file system for the free space query. Deno needs permission to read the
 * queried file, and `--allow-read=/` would permit reading everything.
 */
export const ON_ROOT = "/etc/os-release";
/** A value outside of these degrees is not a temperature. */
const CELSIUS_MIN = -50;
const CELSIUS_MAX = 150;

interface CpuTimes {
  readonly busy: number;
  readonly total: number;
}

/**
 * The vital signs of one machine. Needs `--allow-run=/usr/bin/head`, and for the disk
 * `--allow-sys=statfs --allow-read=/etc/os-release`. Readings that are not allowed are `undefined`.
 */
export class VitalSigns {
  readonly #root: string;
  #cpu: CpuTimes = { busy: 0, total: 0 };
  #cpuShare: number | undefined;

  /** `root` is `/` for this machine, or a folder with such files below it. */
  constructor(root = "/") {
    this.#root = root;
  }

  /** Reads all of them once. Throws only the reason of `signal`. */
  async read(signal?: AbortSignal): Promise<Readings> {
    signal?.throwIfAborted();
    const [files, disk] = await Promise.all([
      readMachineFiles(FILES, this.#root, signal),
      readDisk(this.#root),
    ]);
    return {
      temperature: temperatureFrom(files.get(TEMPERATURE)),
      cpu: this.#cpuSince(cpuTimesFrom(files.get(CPU_TIMES))),
      memory: memoryFrom(files.get(MEMORY)),
      disk,
      under_voltage: underVoltageFrom(files),
    };
  }

  #cpuSince(times: CpuTimes | undefined): number | undefined {
    if (times === undefined) return undefined;
    const total = times.total - this.#cpu.total;
    // Without a tick in between there is no new value.
    if (total > 0) this.#cpuShare = percent(times.busy - this.#cpu.busy, total);
    this.#cpu = times;
    return this.#cpuShare;
  }
}

function percent(part: number, whole: number): number {
  return Math.max(0, Math.min(100, (100 * part) / whole));
}

function temperatureFrom(text: string | undefined): number | undefined {
  const milliCelsius = numberFrom(text);
  if (milliCelsius === undefined) return undefined;
  const celsius = milliCelsius / 1000;
  return celsius >= CELSIUS_MIN && celsius <= CELSIUS_MAX ? celsius : undefined;
}

/**
 * The first line of `/proc/stat`: user nice system idle iowait irq softirq steal (guest is in
 * user).
 */
function cpuTimesFrom(text: string | undefined): CpuTimes | undefined {
  const line = /^cpu +(\d[\d ]*)$/m.exec(text ?? "")?.[1];
  if (line === undefined) return undefined;
  const times = line.trim().split(/ +/).slice(0, 8).map(Number);
  const total = times.reduce((sum, time) => sum + time, 0);
  const idle = (times[3] ?? 0) + (times[4] ?? 0);
  return { busy: total - idle, total };
}

function memoryFrom(text: string | undefined): number | undefined {
  const total = numberFrom(/^MemTotal: +(\d+) kB$/m.exec(text ?? "")?.[1]);
  const available = numberFrom(/^MemAvailable: +(\d+) kB$/m.exec(text ?? "")?.[1]);
  if (!total || available === undefined) return undefined;
  return percent(total - available, total);
}

/** Calculates like `df`: blocks reserved for root count as neither used nor available. */
async function readDisk(root: string): Promise<number | undefined> {
  try {
    const { blocks, bfree, bavail } = await statfs(root.replace(/\/+$/, "") + ON_ROOT);
    const used = blocks - bfree;
    return used + bavail > 0 ? percent(used, used + bavail) : undefined;
  } catch {
    return undefined;
  }
}

/**
 * The alarm of the kernel's `rpi_volt` sensor, or on old kernels bit 0 of the firmware's status.
 *
 * A board without the circuit always reports "no alarm". There, only a set alarm counts, and its
 * absence means nothing.
 */
function underVoltageFrom(files: ReadonlyMap<string, string>): boolean | undefined {
  const sensor = HWMON.find((device) => files.get(`${device}/name`)?.trim() === "rpi_volt");
  const alarm = numberFrom(sensor && files.get(`${sensor}/in0_lcrit_alarm`));
  const throttled = /^(?:0x)?[0-9a-f]{1,8}$/i.exec(files.get(THROTTLED)?.trim() ?? "")?.[0];
  const bits = throttled === undefined ? undefined : Number.parseInt(throttled, 16);
  const flag = alarm ?? (bits === undefined ? undefined : bits & 1);
  if (flag === undefined) return undefined;
  if (flag !== 0) return true;
  return hasVoltageCircuit(files.get(MODEL) ?? "") ? false : undefined;
}

/**
 * Boards from the B+ on have the circuit, except the Zero family. For Compute Modules it is
 * uncertain.
 */
function hasVoltageCircuit(model: string): boolean {
  if (!model.startsWith("Raspberry Pi ")) return false;
  return !/\bZero\b|\bCompute Module\b|^Raspberry Pi Model [AB] Rev\b/.test(model);
}
