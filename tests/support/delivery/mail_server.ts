/** A mail server of Debian in a process of its own, which fails as a recipient's name says. */

import { join } from "node:path";
import type { ChannelValues } from "../../../core/config/needs.ts";
import type { Channel } from "../../../hub/notify/channel/channel.ts";
import { email } from "../../../hub/notify/email.ts";
import { type Authority, newAuthority } from "../broker/authority.ts";
import { TemporaryFolder } from "../program/temporary_folder.ts";

const SCRIPT = join(import.meta.dirname ?? "", "smtp_server.py");

export const MAIL_PASSWORD = "s3cret-mail";

/** A mail that the server took, or was about to. */
export interface TakenMail {
  readonly from: string;
  readonly to: readonly string[];
  readonly tls: boolean;
  readonly user: string | null;
  /** Head and body as they came. */
  readonly data: string;
}

export class MailServer implements AsyncDisposable {
  readonly port: number;
  readonly mails: TakenMail[] = [];
  readonly #authority: Authority;
  readonly #parts: AsyncDisposableStack;
  readonly #reading: Promise<void>;

  private constructor(
    port: number,
    lines: AsyncIterator<string>,
    { authority, parts }: { readonly authority: Authority; readonly parts: AsyncDisposableStack },
  ) {
    this.port = port;
    this.#authority = authority;
    this.#parts = parts;
    this.#reading = this.#read(lines);
  }

  static async start(security: "starttls" | "tls" | "none"): Promise<MailServer> {
    const parts = new AsyncDisposableStack();
    const folder = parts.use(new TemporaryFolder());
    const authority = await newAuthority(folder.file("ca"));
    const process = new Deno.Command("/usr/bin/python3", {
      args: [SCRIPT, security, authority.certFile, authority.keyFile],
      stdout: "piped",
      stderr: "null",
    }).spawn();
    parts.defer(async () => {
      process.kill("SIGKILL");
      await process.status;
    });
    const lines = linesOf(process.stdout);
    const first = await lines.next();
    const { port } = JSON.parse(first.value ?? "{}");
    return new MailServer(port, lines, { authority, parts });
  }

  /** Of the authority of its certificate. */
  get caFile(): string {
    return this.#authority.caFile;
  }

  /** The channel that sends through this server; `values` replace what is good. */
  channel(
    values: ChannelValues = {},
    place: { readonly link?: string; readonly timeoutMs?: number } = {},
  ): Channel {
    const good: ChannelValues = {
      host: "127.0.0.1",
      port: String(this.port),
      username: "alerts",
      password: MAIL_PASSWORD,
      from: "alerts@pis.test",
      to: "jon@wall.test",
      ca_file: this.#authority.caFile,
    };
    return email.open({ ...good, ...values }, { name: "mail", section: "channel mail", ...place });
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#parts.disposeAsync();
    await this.#reading;
  }

  async #read(lines: AsyncIterator<string>): Promise<void> {
    for (let line = await lines.next(); !line.done; line = await lines.next()) {
      this.mails.push(JSON.parse(line.value));
    }
  }
}

async function* linesOf(bytes: ReadableStream<Uint8Array>): AsyncGenerator<string, undefined> {
  let rest = "";
  const decoder = new TextDecoder();
  for await (const chunk of bytes) {
    rest += decoder.decode(chunk, { stream: true });
    const lines = rest.split("\n");
    rest = lines.pop() ?? "";
    yield* lines;
  }
}
