/**
 * Checks the passwords of the broker's clients in turn, a few at a time, and later after failures.
 */

import { type LoginOrigin, LoginQueue } from "../../core/limits/login_queue.ts";

/** `unchecked`: too many logins of the same origin are already waiting. */
export type LoginCheck = "right" | "wrong" | "unchecked";

interface Login {
  readonly verify: () => Promise<boolean>;
  readonly resolve: (check: LoginCheck) => void;
}

export class BrokerLogins implements Disposable {
  readonly #queue = new LoginQueue<Login>();
  readonly #waiting = new Set<Login>();
  #timer: ReturnType<typeof setTimeout> | undefined;
  #isClosed = false;

  /** Calls `verify`, which must not reject, when it is this login's turn. */
  async check(origin: LoginOrigin, verify: () => Promise<boolean>): Promise<LoginCheck> {
    if (this.#isClosed) return "unchecked";
    const { promise, resolve } = Promise.withResolvers<LoginCheck>();
    const login: Login = { verify, resolve };
    this.#waiting.add(login);
    for (const refused of this.#queue.add(login, origin, performance.now())) {
      this.#settle(refused, "unchecked");
    }
    this.#advance();
    return await promise;
  }

  /** The user's password was renewed or revoked. */
  forgive(user: string): void {
    this.#queue.forgive(user);
  }

  /** Waiting logins are not checked any more. */
  [Symbol.dispose](): void {
    this.#isClosed = true;
    clearTimeout(this.#timer);
    for (const login of this.#waiting) this.#settle(login, "unchecked");
  }

  #advance(): void {
    if (this.#isClosed) return;
    const nowMs = performance.now();
    for (let login = this.#queue.next(nowMs); login; login = this.#queue.next(nowMs)) {
      void this.#verify(login);
    }
    clearTimeout(this.#timer);
    const nextMs = this.#queue.nextMs();
    if (nextMs === Infinity) return;
    this.#timer = setTimeout(() => this.#advance(), Math.max(1, Math.ceil(nextMs - nowMs)));
  }

  async #verify(login: Login): Promise<void> {
    const isRight = await login.verify();
    this.#queue.checked(login, isRight, performance.now());
    this.#settle(login, isRight ? "right" : "wrong");
    this.#advance();
  }

  #settle(login: Login, check: LoginCheck): void {
    this.#waiting.delete(login);
    login.resolve(check);
  }
}
