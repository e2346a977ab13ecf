/**
 * Structs of linux/gpio.h. Their layouts are the same on every architecture of this project, of 32 or
 * 64 bits, and all of these are little-endian.
 */
import type { Bytes } from "../syscalls.ts";

/** Names, labels and consumers, with the zero at their end. */
export const GPIO_MAX_NAME_SIZE = 32;

const GPIO_IOCTL_TYPE = 0xb4;
const IOC_READ = 2;
const IOC_WRITE = 1;

/** `_IOR` of linux/ioctl.h, by the number of the call and the size of its struct. */
export function ior(number: number, { bytes }: { readonly bytes: number }): number {
  return ioc(IOC_READ, number, bytes);
}

/** `_IOWR` of linux/ioctl.h. */
export function iowr(number: number, { bytes }: { readonly bytes: number }): number {
  return ioc(IOC_READ | IOC_WRITE, number, bytes);
}

function ioc(direction: number, number: number, bytes: number): number {
  return ((direction << 30) | (bytes << 16) | (GPIO_IOCTL_TYPE << 8) | number) >>> 0;
}

/** A struct full of zeros, which its owner fills and the kernel reads or writes. */
export class Struct {
  readonly bytes: Bytes;
  readonly #view: DataView<ArrayBuffer>;

  constructor({ bytes }: { readonly bytes: number }) {
    this.bytes = new Uint8Array(bytes);
    this.#view = new DataView(this.bytes.buffer);
  }

  /** Also reads an `int` that is not negative, and the lower half of a `__u64`. */
  u32(at: number): number {
    return this.#view.getUint32(at, true);
  }

  /** Also sets a `__u64` to a number of 32 bits: its upper half is zero already. */
  setU32(at: number, value: number): void {
    this.#view.setUint32(at, value, true);
  }

  u64(at: number): bigint {
    return this.#view.getBigUint64(at, true);
  }

  text(at: number): string {
    const field = this.bytes.subarray(at, at + GPIO_MAX_NAME_SIZE);
    const end = field.indexOf(0);
    return new TextDecoder().decode(end < 0 ? field : field.subarray(0, end));
  }

  /** Cuts a text that is too long. */
  setText(at: number, text: string): void {
    const field = this.bytes.subarray(at, at + GPIO_MAX_NAME_SIZE - 1);
    new TextEncoder().encodeInto(text, field);
  }
}
