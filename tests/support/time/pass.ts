/** Lets time pass: for faults that last, not for waiting until something has happened. */

export async function pass(ms: number): Promise<void> {
  await new Promise((resolve) => setTimeout(resolve, ms));
}
