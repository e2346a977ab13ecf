/** The names of Deno that agent and tracker use, made of Node.js. Bundles use it in place of Deno. */

import * as os from "node:os";
import process from "node:process";
import { Command } from "./command.ts";
import { errors } from "./errors.ts";
import { dlopen } from "./ffi.ts";
import { lstat, lstatSync, statSync } from "./file_info.ts";
import {
  chmod,
  chmodSync,
  chownSync,
  open,
  openSync,
  readTextFile,
  readTextFileSync,
  removeSync,
  renameSync,
  writeTextFile,
  writeTextFileSync,
} from "./files.ts";
import { arch, networkInterfaces, osUptime } from "./machine.ts";
import { connect, startTls } from "./network.ts";
import { listenDatagram } from "./notify.ts";
import { stderr, stdin } from "./terminal.ts";

type RealDeno = typeof globalThis.Deno;

/** Names whose types are exactly Deno's. */
type SameNames = Pick<
  RealDeno,
  | "args"
  | "chmod"
  | "chmodSync"
  | "chownSync"
  | "execPath"
  | "exit"
  | "hostname"
  | "lstat"
  | "lstatSync"
  | "networkInterfaces"
  | "osUptime"
  | "pid"
  | "readTextFile"
  | "readTextFileSync"
  | "removeSync"
  | "renameSync"
  | "statSync"
>;

/** Names of which agent and tracker use a part; the types of the parts stand in their files. */
type PartialNames = {
  readonly Command: typeof Command;
  readonly build: { readonly arch: string };
  readonly connect: typeof connect;
  readonly dlopen: typeof dlopen;
  readonly env: Pick<RealDeno["env"], "get" | "set" | "delete">;
  readonly errors: typeof errors;
  readonly listenDatagram: typeof listenDatagram;
  readonly open: typeof open;
  readonly openSync: typeof openSync;
  readonly permissions: {
    requestSync(): Pick<Deno.PermissionStatus, "state">;
    revokeSync(): Pick<Deno.PermissionStatus, "state">;
  };
  readonly startTls: typeof startTls;
  readonly stderr: typeof stderr;
  readonly stdin: typeof stdin;
  readonly writeTextFile: typeof writeTextFile;
  readonly writeTextFileSync: typeof writeTextFileSync;
  addSignalListener(signal: NodeJS.Signals, listener: () => void): void;
  removeSignalListener(signal: NodeJS.Signals, listener: () => void): void;
  unrefTimer(timer: { unref(): void }): void;
};

/** Node.js has no permissions: what confines these programs is their unit of systemd. */
const unconfined = () => ({ state: "granted" } as const);

export const Deno: SameNames & PartialNames = {
  Command,
  addSignalListener: (signal, listener) => {
    process.on(signal, listener);
  },
  args: process.argv.slice(2),
  build: { arch },
  chmod,
  chmodSync,
  chownSync,
  connect,
  dlopen,
  env: {
    get: (name) => process.env[name],
    set: (name, value) => {
      process.env[name] = value;
    },
    delete: (name) => {
      delete process.env[name];
    },
  },
  errors,
  execPath: () => process.execPath,
  exit: (code) => process.exit(code),
  hostname: () => os.hostname(),
  listenDatagram,
  lstat,
  lstatSync,
  networkInterfaces,
  open,
  openSync,
  osUptime,
  permissions: { requestSync: unconfined, revokeSync: unconfined },
  pid: process.pid,
  readTextFile,
  readTextFileSync,
  removeSignalListener: (signal, listener) => {
    process.off(signal, listener);
  },
  removeSync,
  renameSync,
  startTls,
  statSync,
  stderr,
  stdin,
  unrefTimer: (timer) => timer.unref(),
  writeTextFile,
  writeTextFileSync,
};
