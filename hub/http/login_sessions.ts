/**
 * The sessions of logged-in browsers, on disk. The owner, a time limit or a new password ends them.
 */

import { createHash, randomBytes, scryptSync, timingSafeEqual } from "node:crypto";
import type { SessionView } from "../../core/api/session_view.ts";
import type { Clock } from "../../io/time/clock.ts";
import type { StoredSession } from "../store/session_rows.ts";
import type { Store } from "../store/store.ts";

/** A session ends after this long without use. */
const UNUSED_MS_MAX = 30 * 24 * 3_600_000;
/** The interval at which a session's last use is written, because SD cards wear out. */
const SEEN_EVERY_MS = 3_600_000;
/** Above this limit the session with the oldest last use ends. */
const SESSIONS_MAX = 100;
const AGENT_LENGTH_MAX = 256;
/** 256 bits cannot be guessed. */
const TOKEN_BYTES = 32;
/** The fact that shows whether the password has changed. */
const PASSWORD_FACT = "page password";
const SALT_BYTES = 16;
const TAG_BYTES = 32;

export class Sessions implements Disposable {
  readonly #store: Store;
  readonly #clock: Clock;
  /** Callbacks that close connections when a session ends. */
  readonly #watchers = new Map<number, Set<() => void>>();
  #timer: Disposable | undefined;

  /** Ends all sessions that were made with another password. */
  constructor(store: Store, clock: Clock, password: string) {
    this.#store = store;
    this.#clock = clock;
    if (!isTagOf(password, store.facts.get(PASSWORD_FACT))) {
      store.transaction(() => {
        for (const { id } of store.sessions.all()) store.sessions.remove(id);
        store.facts.set(PASSWORD_FACT, tagOf(password));
      });
    }
    this.#tend();
  }

  [Symbol.dispose](): void {
    this.#timer?.[Symbol.dispose]();
  }

  /** Begins a session; returns the secret for the browser. */
  begin(address: string, agent: string): string {
    const token = randomBytes(TOKEN_BYTES).toString("base64url");
    const createdAtMs = this.#wallMs();
    this.#store.transaction(() => {
      const { sessions } = this.#store;
      for (const { id } of sessions.all().slice(SESSIONS_MAX - 1)) this.end(id);
      sessions.add(digestOf(token), {
        createdAtMs,
        address,
        agent: agent.replace(/[\p{Cc}\p{Zl}\p{Zp}]/gu, " ").slice(0, AGENT_LENGTH_MAX),
      });
    });
    return token;
  }

  /**
   * Returns the id of the session with this secret and counts it as used; `undefined` when there is
   * none.
   */
  use(token: string): number | undefined {
    const session = this.#store.sessions.find(digestOf(token));
    if (session === undefined) return undefined;
    if (this.#isOver(session)) {
      this.end(session.id);
      return undefined;
    }
    // A wall clock that was set back must not keep a session alive for ever.
    const unseenMs = Math.abs(this.#wallMs() - session.lastSeenMs);
    if (unseenMs >= SEEN_EVERY_MS) this.#store.sessions.see(session.id, this.#wallMs());
    return session.id;
  }

  /** Returns the sessions, the most recently seen first. */
  all(current: number | undefined): readonly SessionView[] {
    return this.#store.sessions.all().filter((one) => !this.#isOver(one)).map((one) => ({
      id: one.id,
      created_at: new Date(one.createdAtMs).toISOString(),
      last_seen_at: new Date(this.#watchers.has(one.id) ? this.#wallMs() : one.lastSeenMs)
        .toISOString(),
      address: one.address,
      agent: one.agent,
      current: one.id === current,
    }));
  }

  /** Ends a session and closes its connections. Returns false when there was none. */
  end(id: number): boolean {
    const wasThere = this.#store.sessions.remove(id);
    for (const close of [...this.#watchers.get(id) ?? []]) close();
    this.#watchers.delete(id);
    return wasThere;
  }

  /** Ends all sessions except this one. */
  endOthers(current: number | undefined): void {
    for (const { id } of this.#store.sessions.all()) if (id !== current) this.end(id);
  }

  /** Calls `close` when the session ends, until disposed. Meanwhile the session counts as used. */
  watch(id: number, close: () => void): Disposable {
    const watchers = this.#watchers.get(id) ?? new Set();
    this.#watchers.set(id, watchers.add(close));
    return {
      [Symbol.dispose]: () => {
        watchers.delete(close);
        if (watchers.size === 0 && this.#watchers.get(id) === watchers) this.#watchers.delete(id);
      },
    };
  }

  /** Marks watched sessions as used, and ends sessions that were unused for too long. */
  #tend(): void {
    const nowMs = this.#wallMs();
    const { sessions } = this.#store;
    for (const session of sessions.all()) {
      if (this.#watchers.has(session.id)) sessions.see(session.id, nowMs);
      else if (this.#isOver(session)) this.end(session.id);
    }
    this.#timer = this.#clock.callAt(this.#clock.nowMs() + SEEN_EVERY_MS, () => this.#tend());
  }

  #isOver({ lastSeenMs }: StoredSession): boolean {
    return lastSeenMs + UNUSED_MS_MAX <= this.#wallMs();
  }

  #wallMs(): number {
    return Math.round(this.#clock.wallMs(this.#clock.nowMs()));
  }
}

function digestOf(token: string): string {
  return createHash("sha256").update(token).digest("base64url");
}

/** A slow hash, because it is stored on the disk. */
function tagOf(password: string, salt = randomBytes(SALT_BYTES).toString("base64url")): string {
  return `${salt}.${scryptSync(password, salt, TAG_BYTES).toString("base64url")}`;
}

function isTagOf(password: string, tag: string | undefined): boolean {
  const [salt] = tag?.split(".") ?? [];
  if (tag === undefined || salt === undefined) return false;
  const [expected, found] = [tagOf(password, salt), tag].map((text) =>
    new TextEncoder().encode(text)
  );
  return expected !== undefined && found !== undefined && expected.length === found.length &&
    timingSafeEqual(expected, found);
}
