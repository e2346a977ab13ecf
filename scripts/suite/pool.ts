/** Runs jobs in parallel, as far as the machine's cores allow. */

/** The needs of a job while it runs. */
export interface PoolJob {
  /** The average share of a core. `Infinity`: nothing else may run at the same time. */
  readonly cores: number;
  /** Jobs of one group share a limit. */
  readonly group: string;
  /** The maximum number of jobs of its group at a time. */
  readonly atOnce: number;
}

/**
 * Runs every job once, on at most `cores` cores at a time. It starts the first job that fits, so that
 * light jobs need not wait for a heavy one. Rejects when a run rejects.
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

/** Sums of fractions such as 0.1 are not exact. */
const ROUNDING = 1e-9;
