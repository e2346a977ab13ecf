/** Certificates for brokers under test. */

import assert from "node:assert/strict";
import { basename, join } from "node:path";
import { runCommand } from "../program/command.ts";

/** An authority, and its certificate for 127.0.0.1 and further names. */
export interface Authority {
  readonly caFile: string;
  readonly caKeyFile: string;
  readonly certFile: string;
  readonly keyFile: string;
}

/** Creates one in a new folder. */
export async function newAuthority(
  folder: string,
  names: readonly string[] = [],
): Promise<Authority> {
  const subjects = ["IP:127.0.0.1", ...names.map((name) => `DNS:${name}`)].join(",");
  const key = "-newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes";
  const script = [
    `openssl req -x509 ${key} -days 2 -subj /CN=${basename(folder)} -keyout ca.key -out ca.crt`,
    `openssl req ${key} -subj /CN=broker -keyout broker.key -out broker.csr`,
    `printf 'subjectAltName=${subjects}\\n' > broker.ext`,
    "openssl x509 -req -in broker.csr -CA ca.crt -CAkey ca.key -CAcreateserial -days 2 " +
    "-extfile broker.ext -out broker.crt",
  ].join("\n");
  Deno.mkdirSync(folder);
  const { code, stderr } = await runCommand("sh", { args: ["-e", "-c", script], cwd: folder });
  assert.equal(code, 0, stderr);
  return {
    caFile: join(folder, "ca.crt"),
    caKeyFile: join(folder, "ca.key"),
    certFile: join(folder, "broker.crt"),
    keyFile: join(folder, "broker.key"),
  };
}
