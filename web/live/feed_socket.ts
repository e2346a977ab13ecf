/**
 * Keeps one WebSocket to the hub, reconnects for ever, and shows the login when the hub requires
 * it.
 */

import type { FeedMessage } from "../../core/api/feed.ts";
import type { Live } from "./live.ts";

/**
 * The delay between attempts: long enough for a hub that is starting, and random, so that viewers
 * do not all come at once.
 */
const RETRY_MS_MIN = 1000;
const RETRY_MS_MAX = 2000;
/** The time limit for the hub's snapshot. */
const OPEN_MS_MAX = 5000;

/** Whether a message arrived during the connection. */
type Ended = "was_live" | "never_live";

/** Runs until `stop`. `loggedIn` resolves when a person has given the right password. */
export async function feed(
  live: Live,
  loggedIn: () => Promise<void>,
  stop: AbortSignal,
): Promise<void> {
  while (!stop.aborted) {
    const ended = await connection(live, stop);
    // A page cannot distinguish a refused upgrade from a dead hub, but a plain request can.
    if (ended === "never_live" && await isLoginWanted(stop)) live.askLogin();
    if (live.link.value === "login") {
      await loggedIn();
      live.loggedIn();
      continue;
    }
    await pause(RETRY_MS_MIN + Math.random() * (RETRY_MS_MAX - RETRY_MS_MIN), stop);
  }
}

/** One WebSocket from opening to end. Never rejects. */
function connection(live: Live, stop: AbortSignal): Promise<Ended> {
  return new Promise((resolve) => {
    let ended: Ended = "never_live";
    const socket = new WebSocket(`${location.origin.replace(/^http/, "ws")}/ws?form=short`);
    const watch = new AbortController();
    const end = () => {
      if (watch.signal.aborted) return;
      watch.abort();
      live.lose();
      // The closing handshake with a dead hub takes minutes, so nobody waits for it.
      socket.close();
      resolve(ended);
    };
    const options = { signal: watch.signal };
    const openTimer = setTimeout(end, OPEN_MS_MAX);
    // The page's own clock detects a silent hub (`Live.tick`); a guest's click starts the login.
    const unwatch = live.link.subscribe((link) => {
      if (link === "login" || (link === "lost" && ended === "was_live")) end();
    });
    watch.signal.addEventListener("abort", () => {
      clearTimeout(openTimer);
      unwatch();
    });
    socket.addEventListener("message", (event) => {
      const message = parse(event.data);
      if (message === "stranger") return;
      if (message === undefined || !live.take(message)) return end();
      ended = "was_live";
      clearTimeout(openTimer);
    }, options);
    socket.addEventListener("close", end, options);
    stop.addEventListener("abort", end, options);
    // A frozen page must not wake up with a socket full of old messages.
    document.addEventListener("freeze", end, options);
    addEventListener("pagehide", end, options);
  });
}

/** A feed message; `stranger` for a kind from a newer hub; `undefined` for an invalid message. */
function parse(data: unknown): FeedMessage | "stranger" | undefined {
  if (typeof data !== "string") return undefined;
  try {
    const message: FeedMessage = JSON.parse(data);
    return message.kind === "snapshot" || message.kind === "change" ? message : "stranger";
  } catch {
    return undefined;
  }
}

async function isLoginWanted(stop: AbortSignal): Promise<boolean> {
  try {
    const signal = AbortSignal.any([stop, AbortSignal.timeout(OPEN_MS_MAX)]);
    const response = await fetch("/api/v1/nodes", { signal, cache: "no-store" });
    await response.body?.cancel();
    return response.status === 401;
  } catch {
    return false;
  }
}

function pause(ms: number, stop: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const done = () => {
      clearTimeout(timer);
      stop.removeEventListener("abort", done);
      resolve();
    };
    const timer = setTimeout(done, ms);
    stop.addEventListener("abort", done);
  });
}
