/** Identifies the machine's current boot, and how long ago it was. */

/** The machine's current boot. */
export interface Boot {
  /** The kernel's boot id. All boots have the same text where the id cannot be read. */
  readonly id: string;
  /** Milliseconds since the boot, including suspended time; accurate to one second. */
  upMs(): number;
}

/** `id` is the kernel's boot id, which the caller has read. */
export function systemBoot(id: string | undefined): Boot {
  return { id: id ?? "", upMs: () => Deno.osUptime() * 1000 };
}
