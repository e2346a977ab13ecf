/**
 * Checks the passwords of the broker's clients in turn, a few at a time, and later after failures.
 */

import { type LoginOrigin, LoginQueue } from "../../core/limits/login_queue.ts";
import { HUB_USER } from "../../core/protocol/access.ts";
import type { Credentials } from "../credentials/credentials.ts";

/** `unchecked`: too many logins of the same origin are already waiting. */
export type LoginCheck = "right" | "wrong" | "unchecked";

interface Login {
  readonly verify: () => Promise<boolean>;
  readonly resolve: (check: LoginCheck) => void;
}

export interface NodeLogin {
  readonly user: string;
  readonly password: string;
  /** An IPv4 address, or the network of an IPv6 address. */
  readonly address: string;
}

export class BrokerLogins implements Disposable {
  readonly #queue = new LoginQueue<Login>();
  readonly #waiting = new Set<Login>();
  #timer: ReturnType<typeof setTimeout> | undefined;
  #isClosed = false;

  /**
   * Checks the password of a node; the hub's own user is no node. A recently verified password, for
   * example of a returning node, needs no hash and does not wait.
   */
  async checkNode(
    { user, password, address }: NodeLogin,
    credentials: Pick<Credentials, "has" | "recognises" | "verify">,
  ): Promise<LoginCheck> {
    if (user === HUB_USER) {
      return await this.#check({ address, user: undefined }, () => Promise.resolve(false));
    }
    if (credentials.recognises(user, password)) return "right";
    return await this.#check(
      { address, user: credentials.has(user) ? user : undefined },
      () => credentials.verify(user, password),
    );
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

  /** Calls `verify`, which must not reject, when it is this login's turn. */
  async #check(origin: LoginOrigin, verify: () => Promise<boolean>): Promise<LoginCheck> {
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
