/** Facts about this machine for the birth of a session, in the wire's names. */

import { numberFrom, readMachineFiles } from "./machine_files.ts";

/** Facts by their names on the wire. Unknown ones are absent. */
export type Facts = Readonly<Record<string, string | number | readonly string[]>>;

const FILES = {
  model: "/proc/device-tree/model",
  serial: "/proc/device-tree/serial-number",
  productName: "/sys/class/dmi/id/product_name",
  productSerial: "/sys/class/dmi/id/product_serial",
  osRelease: "/etc/os-release",
  kernel: "/proc/sys/kernel/osrelease",
  hostname: "/proc/sys/kernel/hostname",
  bootId: "/proc/sys/kernel/random/boot_id",
  uptime: "/proc/uptime",
} as const;

const TEXT_MAX = 128;
const ADDRESSES_MAX = 8;
/**
 * Interfaces to containers and virtual machines of this host: each host has the same address there.
 */
const INNER_INTERFACE = /^(docker|br-[0-9a-f]|veth|virbr|lxc|podman|cni|flannel|cali)/;

/**
 * Reads the facts once. `root` is `/` for this machine, or a folder with such files below it.
 * Needs `--allow-run=/usr/bin/head`, and for the addresses `--allow-sys=networkInterfaces`. Facts that
 * are not allowed or cannot be read are absent. Throws only the reason of `signal`.
 *
 * - `model`: the board, e.g. `Raspberry Pi 5 Model B Rev 1.0`
 * - `serial`: the board's own number, which distinguishes two Pis with clones of one SD card; on a PC
 *   a program without privileges can seldom read it
 * - `os`, `kernel`, `architecture`, `hostname`
 * - `addresses`: of this machine in its networks, without those for its own containers
 * - `boot_id`: changes with each boot
 * - `uptime_s`: seconds since boot
 */
export async function readFacts(root = "/", signal?: AbortSignal): Promise<Facts> {
  const files = await readMachineFiles(Object.values(FILES), root, signal);
  const read = (name: keyof typeof FILES) => plainText(files.get(FILES[name]));
  const known = {
    model: read("model") ?? read("productName"),
    serial: serialFrom(read("serial")) ?? serialFrom(read("productSerial")),
    os: osNameFrom(files.get(FILES.osRelease)),
    kernel: read("kernel"),
    architecture: Deno.build.arch,
    hostname: read("hostname"),
    addresses: readAddresses(),
    boot_id: read("bootId"),
    uptime_s: uptimeFrom(files.get(FILES.uptime)),
  };
  const facts: Record<string, string | number | readonly string[]> = {};
  for (const [name, fact] of Object.entries(known)) if (fact !== undefined) facts[name] = fact;
  return facts;
}

/** Device-tree texts end with NUL. */
function plainText(text: string | undefined): string | undefined {
  return text?.replace(/\p{Cc}+/gu, " ").trim().slice(0, TEXT_MAX) || undefined;
}

/** PCs and virtual machines often have a placeholder, which thousands of machines share. */
function serialFrom(text: string | undefined): string | undefined {
  if (text === undefined || text.length < 6) return undefined;
  if (/^[0 .:-]*$/.test(text) || !/\d/.test(text) || /^(?:default|system|to be)\b/i.test(text)) {
    return undefined;
  }
  return text;
}

function osNameFrom(osRelease: string | undefined): string | undefined {
  const value = /^PRETTY_NAME=(.*)$/m.exec(osRelease ?? "")?.[1]?.trim();
  // os-release(5): shell-like quotes, in which a backslash keeps the next character.
  return plainText(value?.replace(/^(["'])(.*)\1$/, "$2").replace(/\\(.)/g, "$1"));
}

function uptimeFrom(text: string | undefined): number | undefined {
  const seconds = numberFrom(text?.split(" ")[0]);
  return seconds === undefined ? undefined : Math.floor(seconds);
}

function readAddresses(): readonly string[] | undefined {
  try {
    return usableAddresses(Deno.networkInterfaces());
  } catch {
    return undefined;
  }
}

/** Returns the addresses by which others can reach this machine, IPv4 first, without duplicates. */
export function usableAddresses(
  interfaces: readonly Pick<Deno.NetworkInterfaceInfo, "name" | "address" | "family">[],
): readonly string[] {
  const usable = interfaces.filter(({ name, address }) =>
    !INNER_INTERFACE.test(name) &&
    !/^(?:127\.|169\.254\.|0\.|::1?$|fe[89ab][0-9a-f]:)/i.test(address)
  );
  const of = (family: "IPv4" | "IPv6") =>
    usable.filter((one) => one.family === family).map((one) => one.address);
  return [...new Set([...of("IPv4"), ...of("IPv6")])].slice(0, ADDRESSES_MAX);
}
