/** Whatever is wrong with a broker, an agent says the same on Deno and on Node.js. */

import assert from "node:assert/strict";
import { newAuthority } from "../../hub/tls/new_certificates.ts";
import { base64Of } from "../../hub/tls/pem.ts";
import { freePort } from "../support/network/free_port.ts";
import { Mosquitto } from "../support/broker/mosquitto.ts";
import { compiledIfThere } from "../support/program/executable.ts";
import { type Sections, startAgent } from "../support/program/programs.ts";
import type { Runtime } from "../support/program/runtimes.ts";
import { TestAuthority } from "../support/tls/certificates.ts";
import { RogueServer } from "../support/tls/rogue_server.ts";

const RUNTIMES: readonly Runtime[] = ["deno", "node"];
const { compiled } = compiledIfThere();

/** The broker's fault, as the `[mqtt]` section that leads to it. */
type Scene = (parts: AsyncDisposableStack) => Promise<Sections[string]>;

/** A server that treats each connection like this. */
function serving(treat: (connection: Deno.TcpConn) => Promise<unknown>): Scene {
  return (parts) => {
    const listener = parts.use(Deno.listen({ hostname: "127.0.0.1", port: 0 }));
    void (async () => {
      for await (const connection of listener) {
        // A client that has gone is no fault of the server.
        treat(parts.use(connection)).catch(() => {});
      }
    })();
    return Promise.resolve({ url: `mqtts://127.0.0.1:${listener.addr.port}` });
  };
}

/** A server with a certificate of an authority, and what the agent trusts. */
function certified(
  make: (ours: TestAuthority) =>
    | ConstructorParameters<typeof RogueServer>[0]
    | Promise<
      ConstructorParameters<typeof RogueServer>[0]
    >,
): Scene {
  return async (parts) => {
    const ours = await TestAuthority.make("ours");
    const server = parts.use(new RogueServer(await make(ours)));
    return { url: `mqtts://127.0.0.1:${server.port}`, ca: ours.line };
  };
}

const SCENES: Readonly<Record<string, { readonly scene: Scene; readonly says: RegExp }>> = {
  "nothing listens": {
    scene: () => Promise.resolve({ url: `mqtt://127.0.0.1:${freePort()}` }),
    says: /Connection refused \(os error 111\)/,
  },
  "a name that nobody knows": {
    scene: () => Promise.resolve({ url: "mqtt://broker.invalid" }),
    says: /looking up broker\.invalid failed/,
  },
  "a broker without TLS": {
    scene: async (parts) => {
      const broker = parts.use(await Mosquitto.start());
      return { url: `mqtts://127.0.0.1:${broker.port}` };
    },
    says: /connection reset/,
  },
  "a server that greets first": {
    scene: serving(async (connection) => {
      await connection.write(new TextEncoder().encode("220 mail.example.org\r\n"));
    }),
    says: /InvalidContentType/,
  },
  "a server that hangs up": {
    scene: serving(async (connection) => {
      await connection.read(new Uint8Array(4096));
      connection.close();
    }),
    says: /unexpected end of file/,
  },
  "a server that says nothing": {
    scene: serving(() => Promise.resolve()),
    says: /no greeting within 2000 ms/,
  },
  "a certificate of another authority": {
    scene: certified(async () => (await TestAuthority.make("theirs")).server()),
    says: /UnknownIssuer/,
  },
  "a certificate for another host": {
    scene: certified((ours) => ours.server({ names: ["hub.local", "192.0.2.7"] })),
    says: /not valid for name .*127\.0\.0\.1/,
  },
  "a certificate without a name": {
    scene: certified((ours) => ours.server({ names: [] })),
    says: /not valid for name .*127\.0\.0\.1/,
  },
  "a certificate that has expired": {
    scene: certified((ours) => ours.server({ days: -1 })),
    says: /expired/i,
  },
  "the certificate of the authority itself": {
    scene: async (parts) => {
      const own = await newAuthority("127.0.0.1");
      const server = parts.use(new RogueServer(own));
      const ca = base64Of("CERTIFICATE", own.certificate);
      return { url: `mqtts://127.0.0.1:${server.port}`, ca };
    },
    says: /CaUsedAsEndEntity/,
  },
};

/** Starts an agent, and returns why it cannot connect, with advice. */
async function said(mqtt: Sections[string], runtime: Runtime): Promise<string> {
  const config = { mqtt: { ...mqtt }, node: { id: "john-snow" } };
  await using agent = await startAgent(config, { runtime, compiled });
  const line = await agent.process.line("cannot connect");
  assert.ok(agent.process.hasEnded === false);
  // Two agents look at their clocks at different instants.
  return line.slice(line.indexOf("cannot connect")).replace(/\b\d{5,10}\b/g, "TIME");
}

for (const [name, { scene, says }] of Object.entries(SCENES)) {
  Deno.test(`an agent says the same on Node.js of ${name}`, async () => {
    await using parts = new AsyncDisposableStack();
    const mqtt = await scene(parts);
    const [onDeno, onNode] = await Promise.all(RUNTIMES.map((runtime) => said(mqtt, runtime)));
    assert.match(onNode ?? "", says);
    assert.equal(onNode, onDeno);
  });
}
