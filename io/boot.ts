/** Tells one boot of the machine from another, and how long ago it was. */

/** The machine's present boot. */
export interface Boot {
  /** Differs between boots, where the machine has what tells it; the same text for each elsewhere. */
  readonly id: string;
  /** Milliseconds since the boot, time asleep included; exact to a second. */
  upMs(): number;
}

/** Of this machine. Deno lets no program with narrow permissions read the kernel's own boot id. */
export const systemBoot: Boot = {
  id: birthOfRun(),
  upMs: () => Deno.osUptime() * 1000,
};

/** `/run` is a file system in memory, made anew by each boot; nothing where it is none. */
function birthOfRun(): string {
  try {
    const [root, run] = [Deno.statSync("/"), Deno.statSync("/run")];
    return run.dev === root.dev ? "" : `${run.ino} ${run.birthtime?.getTime() ?? ""}`;
  } catch {
    return "";
  }
}
