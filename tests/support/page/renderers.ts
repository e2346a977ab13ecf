/** The renderer processes of a Chromium. A stopped one is like a sleeping tab. */

/**
 * Sends a signal to every renderer of the Chromium with this profile. Throws when there is none.
 */
export function signalRenderers(profile: string, signal: "SIGSTOP" | "SIGCONT"): void {
  const processes = [...Deno.readDirSync("/proc")].flatMap(({ name }) => processOf(name) ?? []);
  const isOurs = (pid: number): boolean => {
    const found = processes.find((each) => each.pid === pid);
    return found !== undefined && (found.command.includes(profile) || isOurs(found.parent));
  };
  const renderers = processes.filter(({ pid, command }) =>
    command.includes("--type=renderer") && isOurs(pid)
  );
  if (renderers.length === 0) throw new Error(`No renderer of ${profile} runs`);
  for (const { pid } of renderers) Deno.kill(pid, signal);
}

interface Process {
  readonly pid: number;
  readonly parent: number;
  readonly command: string;
}

function processOf(name: string): Process | undefined {
  if (!/^\d+$/.test(name)) return undefined;
  try {
    const command = Deno.readTextFileSync(`/proc/${name}/cmdline`).replaceAll("\0", " ");
    const status = Deno.readTextFileSync(`/proc/${name}/status`);
    return { pid: Number(name), parent: Number(/^PPid:\s*(\d+)/m.exec(status)?.[1]), command };
  } catch {
    // The process has ended meanwhile.
    return undefined;
  }
}
