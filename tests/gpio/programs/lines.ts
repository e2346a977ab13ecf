/**
 * Opens lines through the binding and does with them what its standard input asks, one JSON object a
 * line (LinesRequest). Each is answered by a line with its id; edges are told as they come.
 *
 *   lines DRIVER     "own" (as the tracker chooses it), or "kernel v1" or "kernel v2"
 */
import { openCdev } from "../../../ffi/cdev/cdev.ts";
import { UAPI_V1 } from "../../../ffi/cdev/uapi_v1.ts";
import { UAPI_V2 } from "../../../ffi/cdev/uapi_v2.ts";
import {
  Gpio,
  type GpioInputOptions,
  type GpioOutputOptions,
  type InputLine,
  type OutputLine,
} from "../../../ffi/gpio.ts";
import { GpioError } from "../../../ffi/gpio_error.ts";
import { openSyscalls } from "../../../ffi/own_syscalls.ts";
import { ResilientLine } from "../../../io/output/resilient_line.ts";

/** How long an output that is kept waits until it is opened again. */
const RETRY_MS = 500;

/** `keep`: an output as the tracker has it, which is tried again for ever. */
export type LinesRequest =
  | { readonly do: "keep"; readonly name: string; readonly chip: string } & GpioOutputOptions
  | { readonly do: "output"; readonly name: string; readonly chip: string } & GpioOutputOptions
  | { readonly do: "input"; readonly name: string; readonly chip: string } & GpioInputOptions
  | { readonly do: "set"; readonly name: string; readonly on: boolean }
  | { readonly do: "read"; readonly name: string }
  | { readonly do: "release"; readonly name: string }
  | { readonly do: "inspect" }
  | { readonly do: "inspect lines"; readonly chip: string; readonly lines: readonly number[] }
  | { readonly do: "clock" }
  | { readonly do: "tick"; readonly times: number; readonly everyMs: number }
  | { readonly do: "end"; readonly how: "throw" | "reject" | "exit" | "return" };

const DRIVERS: Readonly<Record<string, () => Gpio>> = {
  "own": () => new Gpio(),
  "kernel v1": () => throughKernel(UAPI_V1),
  "kernel v2": () => throughKernel(UAPI_V2),
};

function throughKernel(uapi: typeof UAPI_V1): Gpio {
  const system = openSyscalls();
  return new Gpio({ driver: openCdev(system, [uapi]), system });
}

const openGpio = DRIVERS[Deno.args[0] ?? ""];
if (openGpio === undefined) throw new Error("usage: lines DRIVER (see the file's first lines)");
const gpio = openGpio();

const outputs = new Map<string, OutputLine>();
const inputs = new Map<string, InputLine>();

function tell(event: Record<string, unknown>): void {
  console.log(JSON.stringify(event));
}

/** A line's failure as data; any other error ends the program. */
function failureOf(error: unknown): Record<string, unknown> {
  if (!(error instanceof GpioError)) throw error;
  const { message, errno, operation, chip, line, advice } = error;
  return { message, errno, operation, chip, line, advice };
}

function named<Line>(lines: ReadonlyMap<string, Line>, name: string): Line {
  const line = lines.get(name);
  if (line === undefined) throw new Error(`no line is called ${name}`);
  return line;
}

function keep({ name, chip, ...options }: Extract<LinesRequest, { readonly do: "keep" }>): void {
  const line = new ResilientLine({
    open: () => gpio.openOutput(chip, options),
    onOpen: () => tell({ opened: name }),
    onError: (error) => tell({ refused: name, ...failureOf(error) }),
    retryMs: RETRY_MS,
  });
  outputs.set(name, line);
}

async function tellEdges(name: string, input: InputLine): Promise<void> {
  try {
    for await (const { active, atMs } of input.edges()) {
      tell({ edge: name, active, atMs, toldMs: performance.now() });
    }
    tell({ ended: name });
  } catch (error) {
    tell({ lost: name, ...failureOf(error) });
  }
}

function release(name: string): void {
  for (const lines of [outputs, inputs]) {
    lines.get(name)?.[Symbol.dispose]();
    lines.delete(name);
  }
}

async function tick(times: number, everyMs: number): Promise<number> {
  const startedMs = performance.now();
  for (let count = 0; count < times; count++) {
    await new Promise((resolve) => setTimeout(resolve, everyMs));
  }
  return performance.now() - startedMs;
}

function end(how: "throw" | "reject" | "exit" | "return"): void {
  switch (how) {
    case "throw":
      setTimeout(() => {
        throw new Error("a fault of the program");
      });
      return;
    case "reject":
      void Promise.reject(new Error("a promise that nobody awaits"));
      return;
    case "exit":
      setTimeout(() => Deno.exit(3));
      return;
    case "return":
      for (const name of [...outputs.keys(), ...inputs.keys()]) release(name);
  }
}

async function obey(request: LinesRequest): Promise<unknown> {
  switch (request.do) {
    case "keep":
      keep(request);
      return true;
    case "output":
      outputs.set(request.name, gpio.openOutput(request.chip, request));
      return true;
    case "input": {
      const input = gpio.openInput(request.chip, request);
      inputs.set(request.name, input);
      void tellEdges(request.name, input);
      return true;
    }
    case "set":
      named(outputs, request.name).set(request.on);
      return true;
    case "read":
      return named(inputs, request.name).isActive();
    case "release":
      release(request.name);
      return true;
    case "inspect":
      return gpio.inspect();
    case "inspect lines":
      return gpio.inspectLines(request.chip, request.lines);
    case "clock":
      return performance.now();
    case "tick":
      return await tick(request.times, request.everyMs);
    case "end":
      end(request.how);
      return true;
  }
}

async function answer(text: string): Promise<LinesRequest> {
  const { id, ...request }: LinesRequest & { readonly id: number } = JSON.parse(text);
  try {
    tell({ id, answer: await obey(request) });
  } catch (error) {
    tell({ id, failed: failureOf(error) });
  }
  return request;
}

/** Until it is asked to return, or to end by a signal. */
async function main(): Promise<void> {
  const onTerm = () => {
    for (const name of [...outputs.keys(), ...inputs.keys()]) release(name);
    // The read of the standard input, which waits, would keep the program alive.
    Deno.exit(0);
  };
  const onHangup = () => tell({ hungUp: true });
  Deno.addSignalListener("SIGTERM", onTerm);
  Deno.addSignalListener("SIGHUP", onHangup);
  tell({ ready: true });
  // No stream, which would read ahead: a read that waits keeps a program alive.
  const decoder = new TextDecoder();
  const bytes = new Uint8Array(65_536);
  let rest = "";
  for (;;) {
    const length = await Deno.stdin.read(bytes);
    if (length === null) break;
    const value = decoder.decode(bytes.subarray(0, length), { stream: true });
    const lines = (rest + value).split("\n");
    rest = lines.pop() ?? "";
    for (const line of lines) {
      const request = await answer(line);
      if (request.do !== "end" || request.how !== "return") continue;
      Deno.removeSignalListener("SIGTERM", onTerm);
      Deno.removeSignalListener("SIGHUP", onHangup);
      return;
    }
  }
}

await main();
