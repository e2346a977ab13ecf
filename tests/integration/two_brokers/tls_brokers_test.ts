/** Two brokers with TLS, each with a certificate of its own authority. */

import { newAuthority } from "../../support/broker/authority.ts";
import { Mosquitto } from "../../support/broker/mosquitto.ts";
import { startAgent } from "../../support/program/programs.ts";
import { TemporaryFolder } from "../../support/program/temporary_folder.ts";

Deno.test("an agent trusts the authority of each broker, in one file or in one line", async () => {
  using folder = new TemporaryFolder();
  const authorities = await Promise.all(
    ["hub", "attic"].map((name) => newAuthority(folder.file(name))),
  );
  await using parts = new AsyncDisposableStack();
  const ports: number[] = [];
  for (const { certFile, keyFile } of authorities) {
    const config = ({ port }: { readonly port: number }) =>
      `user root\nallow_anonymous true\nlistener ${port} 127.0.0.1\n` +
      `certfile ${certFile}\nkeyfile ${keyFile}\n`;
    ports.push(parts.use(await Mosquitto.start({ config })).port);
  }
  const url = ports.map((port) => `mqtts://127.0.0.1:${port}`).join(", ");
  const pems = authorities.map(({ caFile }) => Deno.readTextFileSync(caFile));
  const inOneLine = pems.map((pem) => pem.replace(/-----[^-]+-----|\s/g, "")).join(", ");
  const bundle = folder.write("bundle.crt", pems.join(""));
  for (const trusted of [{ ca_file: bundle }, { ca: inOneLine }]) {
    await using agent = await startAgent({
      mqtt: { url, ...trusted },
      node: { id: "john-snow" },
    });
    for (const port of ports) {
      await agent.process.line(new RegExp(`connected broker=127.0.0.1:${port}`));
    }
  }
});
