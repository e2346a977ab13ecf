/** A program with an observer's eyes on its own network, for tests that put it into namespaces. */

import type { ProbeNode } from "../../../core/network/probe.ts";
import { LinkWatch } from "../../../io/network/link_watch.ts";
import { Prober } from "../../../io/network/prober.ts";
import { systemClock } from "../../../io/time/clock.ts";

/** One line of its standard input: what to know, or what to ask. */
export type Order =
  | { readonly kind: "know"; readonly nodes: readonly ProbeNode[] }
  | { readonly kind: "probe"; readonly seq: number; readonly nodes: readonly ProbeNode[] };

const [landmarks = "[]", providers = "[]"] = Deno.args;
let nodes: readonly ProbeNode[] = [];
const say = (message: object) => console.log(JSON.stringify(message));
await using network = new LinkWatch({
  clock: systemClock,
  nodes: () => nodes,
  onChange: say,
});
using prober = new Prober({
  clock: systemClock,
  landmarks: JSON.parse(landmarks),
  providers: JSON.parse(providers),
  network,
  onProbed: say,
});
for await (const text of Deno.stdin.readable.pipeThrough(new TextDecoderStream())) {
  for (const line of text.split("\n").filter((one) => one !== "")) {
    const order: Order = JSON.parse(line);
    if (order.kind === "know") {
      nodes = order.nodes;
      network.review();
    } else prober.probe({ kind: "send_probe", seq: order.seq, nodes: order.nodes });
  }
}
