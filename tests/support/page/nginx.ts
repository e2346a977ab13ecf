/** A real nginx that terminates TLS for a hub, with the lines from the documents. */

import { type Authority, newAuthority } from "../broker/authority.ts";
import { freePort } from "../network/free_port.ts";
import { docBlock, replaced } from "../program/doc_block.ts";
import { TemporaryFolder } from "../program/temporary_folder.ts";
import { until, within } from "../time/until.ts";

/** Debian installs it beside root's programs. */
const PROGRAM = "/usr/sbin/nginx";

/** Returns the lines that people copy, for a hub at another URL. */
export function documentedLocation(hubUrl: string): string {
  const lines = docBlock("docs/using.md", "nginx", "location / {");
  return replaced(lines, { "http://127.0.0.1:8080": hubUrl });
}

export class Nginx implements AsyncDisposable {
  readonly port = freePort();
  readonly authority: Authority;
  readonly #folder: TemporaryFolder;
  readonly #child: Deno.ChildProcess;

  private constructor(folder: TemporaryFolder, authority: Authority, servers: Servers) {
    this.#folder = folder;
    this.authority = authority;
    const config = folder.write("nginx.conf", configOf(servers(this.port, authority)));
    this.#child = new Deno.Command("setpriv", {
      args: ["--pdeathsig", "TERM", PROGRAM, "-e", "stderr", "-p", folder.path, "-c", config],
      stdin: "null",
      stdout: "null",
      stderr: "inherit",
    }).spawn();
  }

  /** `location` is a block of its configuration. Resolves when it accepts connections. */
  static async start(location: string): Promise<Nginx> {
    return await Nginx.serve((port, authority) => serverOf(port, authority, location));
  }

  /** `servers` is the complete `http` block; `names` are those of the certificate. */
  static async serve(servers: Servers, names: readonly string[] = []): Promise<Nginx> {
    const folder = new TemporaryFolder();
    const nginx = new Nginx(folder, await newAuthority(folder.file("authority"), names), servers);
    let hasEnded = false;
    nginx.#child.status.then(() => hasEnded = true);
    await until("nginx to accept connections", async () => {
      if (hasEnded) throw new Error("nginx ended");
      try {
        (await Deno.connect({ hostname: "127.0.0.1", port: nginx.port })).close();
        return true;
      } catch {
        return false;
      }
    });
    return nginx;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#child.kill("SIGTERM");
    await within("nginx to end", this.#child.status);
    this.#folder[Symbol.dispose]();
  }
}

type Servers = (port: number, authority: Authority) => string;

function serverOf(port: number, { certFile, keyFile }: Authority, location: string): string {
  return `server {
    listen 127.0.0.1:${port} ssl;
    ssl_certificate ${certFile};
    ssl_certificate_key ${keyFile};
    ${location}
  }`;
}

function configOf(servers: string): string {
  return `daemon off; master_process off; pid nginx.pid; error_log stderr crit;
events {}
http {
  access_log off;
  client_body_temp_path body; proxy_temp_path proxy; fastcgi_temp_path fastcgi;
  uwsgi_temp_path uwsgi; scgi_temp_path scgi;
  ${servers}
}
`;
}
