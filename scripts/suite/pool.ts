/** Runs jobs side by side, as far as the machine's cores allow. */

/** What a job takes while it runs. */
export interface PoolJob {
  /** How much of a core, on average. `Infinity`: nothing else may run meanwhile. */
  readonly cores: number;
  /** Jobs of one group share a limit. */
  readonly group: string;
  /** How many jobs of its group may run at a time. */
  readonly atOnce: number;
}

/**
 * Runs every job once; `cores` limits what runs at a time. Starts the first job that fits, so that a
 * heavy one that waits does not hold up light ones. Rejects when a run rejects.
 */
export async function runPool<Job extends PoolJob>(
  jobs: readonly Job[],
  cores: number,
  run: (job: Job) => Promise<void>,
): Promise<void> {
  const waiting = [...jobs];
  const running = new Map<Job, Promise<void>>();
  const fits = (job: Job): boolean => {
    if (running.size === 0) return true;
    const all = [...running.keys()];
    const used = all.reduce((sum, other) => sum + other.cores, 0);
    const ofGroup = all.filter(({ group }) => group === job.group).length;
    return used + job.cores <= cores + ROUNDING && ofGroup < job.atOnce;
  };
  while (waiting.length > 0 || running.size > 0) {
    for (let index; (index = waiting.findIndex(fits)) >= 0;) {
      const job = waiting.splice(index, 1)[0];
      if (job !== undefined) running.set(job, run(job).finally(() => running.delete(job)));
    }
    await Promise.race(running.values());
  }
}

/** Sums of shares such as 0.1 are not exact. */
const ROUNDING = 1e-9;
