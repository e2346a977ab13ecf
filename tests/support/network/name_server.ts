/** Real name servers of a test's own, and programs that ask them. */

import { TemporaryFolder } from "../program/temporary_folder.ts";
import { scaled } from "../time/patience.ts";
import { until, within } from "../time/until.ts";
import { freeLoopback } from "./free_loopback.ts";

/** A question that came before the server did would be repeated after 5 s. */
const ANSWER_MS = 500;

/** Why no program can be given name servers of its own here, or `undefined`. */
export function nameHindrance(): string | undefined {
  return Deno.uid() === 0 ? undefined : "only root may give a program name servers of its own";
}

/** `await using server = await NameServer.start({ "hub.lan": "127.0.0.1" });` */
export class NameServer implements AsyncDisposable {
  /** An address of the loopback interface; the port is that of every name server. */
  readonly address: string;
  readonly #child: Deno.ChildProcess;

  private constructor(names: Readonly<Record<string, string>>) {
    this.address = freeLoopback();
    this.#child = new Deno.Command("setpriv", {
      args: [
        ...["--pdeathsig", "KILL", "dnsmasq", "--keep-in-foreground", "--conf-file=/dev/null"],
        ...["--user=root", "--no-resolv", "--no-hosts", "--bind-interfaces", "--pid-file="],
        `--listen-address=${this.address}`,
        ...Object.entries(names).map(([name, address]) => `--address=/${name}/${address}`),
      ],
      stdin: "null",
      stdout: "null",
      stderr: "null",
    }).spawn();
  }

  static async start(names: Readonly<Record<string, string>>): Promise<NameServer> {
    const server = new NameServer(names);
    const nameServer = { ipAddr: server.address, port: 53 };
    const [name = ""] = Object.keys(names);
    await until("the name server to answer", async () => {
      const signal = AbortSignal.timeout(scaled(ANSWER_MS));
      const answer = Deno.resolveDns(name, "A", { nameServer, signal });
      return await answer.catch(() => undefined);
    });
    return server;
  }

  /** From now on it takes questions and answers none. */
  mute(): void {
    this.#child.kill("SIGSTOP");
  }

  /** It answers again, also what was asked meanwhile. */
  speak(): void {
    this.#child.kill("SIGCONT");
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#child.kill("SIGKILL");
    await within("the name server to end", this.#child.status);
  }
}

export interface Names {
  /** In the order in which they are asked. */
  readonly servers?: readonly { readonly address: string }[];
  /** Lines of `/etc/hosts`. */
  readonly hosts?: readonly string[];
}

/** A command that becomes a program with name servers and host names of its own. */
export class NameView implements Disposable {
  readonly through: readonly string[];
  readonly #folder = new TemporaryFolder();

  constructor({ servers = [], hosts = [] }: Names) {
    const resolv = this.#folder.write(
      "resolv.conf",
      servers.map(({ address }) => `nameserver ${address}\n`).join(""),
    );
    const file = this.#folder.write("hosts", hosts.map((line) => `${line}\n`).join(""));
    const script =
      `mount --bind ${resolv} /etc/resolv.conf && mount --bind ${file} /etc/hosts && ` +
      'exec "$@"';
    this.through = ["unshare", "--mount", "sh", "-c", script, "sh"];
  }

  [Symbol.dispose](): void {
    this.#folder[Symbol.dispose]();
  }
}
