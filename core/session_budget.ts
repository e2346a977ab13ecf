/** How often a credential may log in: whoever stole one connects and disconnects without end. */

/** So many in a row are fine: agent, tracker and doctor of a node, and the tools of its owner. */
const LOGINS_MAX = 100;
/** After those one in this time. */
const LOGIN_EVERY_MS = 500;
/** More users than one broker has; beyond it those are forgotten that have not logged in for a while. */
const USERS_MAX = 10_000;

/** Instants are monotonic milliseconds. */
export class SessionBudget {
  /** When the budget of a user is whole again, unless he logs in. */
  readonly #fullMs = new Map<string, number>();

  /** Whether `user` may log in once more now; what is refused costs nothing. */
  take(user: string, nowMs: number): boolean {
    const fullMs = Math.max(this.#fullMs.get(user) ?? nowMs, nowMs) + LOGIN_EVERY_MS;
    if (fullMs - nowMs > LOGINS_MAX * LOGIN_EVERY_MS) return false;
    if (this.#fullMs.size >= USERS_MAX) this.#forget(nowMs);
    this.#fullMs.set(user, fullMs);
    return true;
  }

  #forget(nowMs: number): void {
    for (const [user, fullMs] of this.#fullMs) {
      if (fullMs <= nowMs) this.#fullMs.delete(user);
    }
  }
}
