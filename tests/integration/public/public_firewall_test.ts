/** The firewall of `docs/public-hub.md`, loaded unchanged on the test's own machine. */

import assert from "node:assert/strict";
import { DeepListener } from "../../support/limits/deep_listener.ts";
import { type Machine, networkHindrance, TestNetwork } from "../../support/network/network.ts";
import { runCommand } from "../../support/program/command.ts";
import { docBlock, docBlocks } from "../../support/program/doc_block.ts";
import { TemporaryFolder } from "../../support/program/temporary_folder.ts";
import { until } from "../../support/time/until.ts";

const DOC = "docs/public-hub.md";
/** The document's limit of connections per address to the page. */
const PAGE_MAX = 200;
/**
 * The document's limits per address for page and broker: connections at once, and then per second.
 */
const AT_ONCE_MAX = 2000;
const A_SECOND_MAX = 50;
const FAR_TOO_MANY = 20_000;
/** TCP repeats a dropped SYN after a second, so a missing answer shows within this time. */
const UNANSWERED_MS = 1500;

const hindrance = networkHindrance();

function test(name: string, fn: () => Promise<void>): void {
  const ignore = hindrance !== undefined && Deno.env.get("CI") !== "true";
  Deno.test({ name: hindrance === undefined ? name : `${name} (${hindrance})`, ignore, fn });
}

async function nft(machine: Machine, ...args: readonly string[]): Promise<void> {
  const [command = "", ...rest] = [...machine.through, "nft", ...args];
  const { code, stderr } = await runCommand(command, { args: rest });
  assert.equal(code, 0, stderr);
}

async function isSettledWithin(promise: Promise<unknown>, ms: number): Promise<boolean> {
  const late = Promise.withResolvers<false>();
  const timer = setTimeout(() => late.resolve(false), ms);
  const isSettled = await Promise.race([promise.then(() => true), late.promise]);
  clearTimeout(timer);
  return isSettled;
}

/**
 * A machine that listens on all ports of a public one and on some that should be closed, with the
 * document's rules; `rules` is their file.
 */
async function startGuarded() {
  await using parts = new AsyncDisposableStack();
  const network = parts.use(await TestNetwork.open());
  const folder = parts.use(new TemporaryFolder());
  const machine = await network.addMachine();
  const { address, through } = machine;
  const ports = [80, 443, 8883, 1883, 8080];
  parts.use(await DeepListener.start({ address, ports, through }));
  const rules = folder.write("nftables.conf", docBlock(DOC, "nft", "table inet pis"));
  await nft(machine, "-c", "-f", rules);
  await nft(machine, "-f", rules);
  const kept = parts.move();
  return { network, machine, rules, [Symbol.asyncDispose]: () => kept.disposeAsync() };
}

test("the firewall opens only page and broker, limits each address, and blocks listed ones", async () => {
  await using guarded = await startGuarded();
  const { network, machine, rules } = guarded;
  // Loads the rules again, as after a change.
  await nft(machine, "-f", rules);
  const connect = (port: number) => Deno.connect({ hostname: machine.address, port });
  using open = new DisposableStack();
  for (let count = 0; count < PAGE_MAX; count++) open.use(await connect(443));
  await assert.rejects(connect(443), Deno.errors.ConnectionRefused);
  for (const port of [80, 8883]) (await connect(port)).close();
  open.dispose();
  await until("a free place", () =>
    connect(443).then((connection) => {
      connection.close();
      return true;
    }, () => false));

  // The document's own commands.
  const shut = docBlocks(DOC, "sh").find((block) => block.includes("add element")) ?? "";
  const [add4 = "", add6 = ""] = [...shut.matchAll(/sudo nft (add element .*) '(.*)'/g)]
    .map(([, words = "", set = ""]) => `${words} ${set}`);
  const ours = add4.replace("203.0.113.9", network.address);
  assert.notEqual(ours, add4);
  await nft(machine, ours);
  await nft(machine, add6);
  const pending = connect(8883);
  let isIn = false;
  pending.then(() => isIn = true);
  await new Promise((resolve) => setTimeout(resolve, UNANSWERED_MS));
  assert.ok(!isIn, "who is shut out came in");
  await nft(machine, ours.replace("add", "delete"));
  (await pending).close();
});

test("the firewall slows down an address that connects without end, and no other", async () => {
  await using guarded = await startGuarded();
  const { machine } = guarded;
  const startedMs = performance.now();
  let taken = 0;
  let pending: Promise<Deno.Conn> | undefined;
  while (pending === undefined && taken < FAR_TOO_MANY) {
    const connection = Deno.connect({ hostname: machine.address, port: 8883 });
    if (await isSettledWithin(connection, UNANSWERED_MS / 2)) {
      (await connection).close();
      taken++;
    } else pending = connection;
  }
  const seconds = (performance.now() - startedMs) / 1000;
  assert.ok(taken >= AT_ONCE_MAX, `a fleet that comes back at once: ${taken}`);
  assert.ok(taken <= AT_ONCE_MAX + A_SECOND_MAX * seconds, `${taken} in ${seconds} s`);
  // The address is slowed down but not blocked.
  (await pending)?.close();
  // Other ports have no such limit.
  (await Deno.connect({ hostname: machine.address, port: 80 })).close();
});

test("the firewall keeps the hub's own ports from strangers", async () => {
  await using guarded = await startGuarded();
  const { machine } = guarded;
  const pending = [1883, 8080].map((port) => Deno.connect({ hostname: machine.address, port }));
  let isIn = false;
  for (const one of pending) one.then(() => isIn = true);
  await new Promise((resolve) => setTimeout(resolve, UNANSWERED_MS));
  assert.ok(!isIn, "a port of the machine's own is heard");
  await nft(machine, "delete", "table", "inet", "pis");
  for (const one of pending) (await one).close();
});
