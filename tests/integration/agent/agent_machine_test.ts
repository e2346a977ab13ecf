/** An agent on an unreadable machine: its heartbeats are more important than its vitals. */

import { Mosquitto } from "../../support/broker/mosquitto.ts";
import { configFor, isOf, listen } from "../../support/nodes/agent_wire.ts";
import { startAgent } from "../../support/program/programs.ts";
import { TemporaryFolder } from "../../support/program/temporary_folder.ts";
import { until } from "../../support/time/until.ts";

interface Trouble {
  readonly what: string;
  /** Replaces `head`, by which an agent reads its machine. */
  readonly head: string;
  readonly mode: number;
}

const TROUBLES: readonly Trouble[] = [
  { what: "may not run head", head: "#!/bin/sh\n", mode: 0o644 },
  { what: "has a broken head", head: "no program", mode: 0o755 },
  {
    what: "has a head that hangs, deaf to signals",
    head: "#!/bin/sh\ntrap '' TERM\necho $$ >> PIDS\nexec sleep 60\n",
    mode: 0o755,
  },
];

const isRoot = Deno.uid() === 0;
for (const { what, head, mode } of TROUBLES) {
  Deno.test({
    name: `an agent that ${what} connects and beats` +
      (isRoot ? "" : " (only root may replace it)"),
    ignore: !isRoot && Deno.env.get("CI") !== "true",
    async fn() {
      using folder = new TemporaryFolder();
      const pids = folder.write("pids", "");
      const path = folder.write("head", head.replace("PIDS", pids));
      Deno.chmodSync(path, mode);
      const script = `mount --bind ${path} /usr/bin/head && exec "$@"`;
      await using broker = await Mosquitto.start();
      await using listener = await listen(broker.port);
      await using agent = await startAgent(configFor(broker.port), {
        through: ["unshare", "--mount", "sh", "-c", script, "sh"],
      });
      const birth = () => listener.messages.some(isOf("status"));
      await until("the birth", birth, { withinMs: 30_000 });
      await listener.heard("a heartbeat", isOf("heartbeat"));
      await agent.stop();
      const hanging = Deno.readTextFileSync(pids).split("\n").filter(Boolean).map(Number);
      for (const pid of hanging) Deno.kill(pid, "SIGKILL");
    },
  });
}
