/** Tells one boot of the machine from another, and how long ago it was. */

/** The machine's present boot. */
export interface Boot {
  /** The kernel's id of it; the same text for each where that cannot be read. */
  readonly id: string;
  /** Milliseconds since the boot, time asleep included; exact to a second. */
  upMs(): number;
}

/** Of this machine, whose kernel's id of the boot its caller has read. */
export function systemBoot(id: string | undefined): Boot {
  return { id: id ?? "", upMs: () => Deno.osUptime() * 1000 };
}
