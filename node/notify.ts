/**
 * Datagrams to systemd. Node.js has no unix datagram sockets, so the program that starts it
 * (`packaging/node/start.pl`) connects one to systemd's, and passes it on as an open file. A write
 * to that file is a datagram of this process, which systemd believes.
 */

import { writeSync } from "node:fs";
import process from "node:process";
import { setTimeout } from "node:timers/promises";
import { asDeno, errors } from "./errors.ts";

/** The variable with the number of that file. */
const FILE_VARIABLE = "NOTIFY_FILE";
/** systemd is busy when its queue is full. */
const RETRY_MS = 20;
const TRIES_MAX = 50;

/** The part of Deno's socket that agent and tracker use. */
export type NotifySocket = Pick<Deno.DatagramConn, "send" | "close">;

/** Throws when this program was started without such a file. */
export function listenDatagram(): NotifySocket {
  const file = Number(process.env[FILE_VARIABLE] || NaN);
  if (!Number.isSafeInteger(file)) {
    throw new Error(
      `Node.js has no datagram sockets, and ${FILE_VARIABLE} names none: start this program by ` +
        "/usr/bin/rpi-cluster-agent or /usr/bin/rpi-cluster-tracker",
    );
  }
  return { send: (bytes) => send(file, bytes), close: () => {} };
}

async function send(file: number, bytes: Uint8Array): Promise<number> {
  for (let tries = 1;; tries++) {
    try {
      return asDeno(() => writeSync(file, bytes));
    } catch (error) {
      if (!(error instanceof errors.WouldBlock) || tries >= TRIES_MAX) throw error;
    }
    await setTimeout(RETRY_MS);
  }
}
