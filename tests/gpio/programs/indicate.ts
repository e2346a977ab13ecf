/**
 * Drives LED and buzzer as the tracker does, but takes the facts from its standard input: each line
 * is a JSON object of IndicatorFacts, "test", "throw", "reject" or "exit".
 *
 *   indicate '{"chip":"auto","led":2,"buzzer":3,"lamp":4,"activeLow":false,"retryMs":1000}'
 */
import { indicate, type IndicatorFacts, TEST_INDICATION } from "../../../core/alarm/indicator.ts";
import { openGpioOutput } from "../../../ffi/gpio.ts";
import { GpioError } from "../../../ffi/gpio_error.ts";
import { Indicator } from "../../../io/output/indicator.ts";
import { ResilientLine } from "../../../io/output/resilient_line.ts";

interface Options {
  readonly chip: string;
  readonly led: number;
  readonly buzzer: number;
  readonly lamp: number;
  readonly activeLow: boolean;
  readonly retryMs: number;
}

function tell(event: Record<string, unknown>): void {
  console.log(JSON.stringify(event));
}

function openOutput(name: "led" | "buzzer" | "lamp", options: Options): ResilientLine {
  const { chip, activeLow, retryMs } = options;
  return new ResilientLine({
    open: () => openGpioOutput(chip, { line: options[name], activeLow, consumer: `test-${name}` }),
    onOpen: () => tell({ opened: name }),
    onError: (error) => {
      if (!(error instanceof GpioError)) throw error;
      const { message, errno, operation, advice } = error;
      tell({ failed: name, message, errno, operation, advice });
    },
    retryMs,
  });
}

function obey(line: string, indicator: Indicator): void {
  if (line === "throw") {
    setTimeout(() => {
      throw new Error("a fault of the program");
    });
  } else if (line === "reject") {
    setTimeout(() => void Promise.reject(new Error("a fault that nobody awaits")));
  } else if (line === "exit") {
    setTimeout(() => Deno.exit(1));
  } else if (line === "test") {
    indicator.show(TEST_INDICATION);
  } else {
    const facts: IndicatorFacts = JSON.parse(line);
    indicator.show(indicate(facts));
  }
  tell({ obeyed: line });
}

async function main(options: Options): Promise<void> {
  const stop = new AbortController();
  const onSignal = () => stop.abort();
  for (const signal of ["SIGTERM", "SIGINT"] as const) Deno.addSignalListener(signal, onSignal);
  using led = openOutput("led", options);
  using buzzer = openOutput("buzzer", options);
  using lamp = openOutput("lamp", options);
  using indicator = new Indicator({ led, buzzer, lamp });
  tell({ ready: true });
  const commands = Deno.stdin.readable.pipeThrough(new TextDecoderStream()).getReader();
  stop.signal.addEventListener("abort", () => void commands.cancel());
  let rest = "";
  for (;;) {
    const { done, value } = await commands.read();
    if (done) break;
    const lines = (rest + value).split("\n");
    rest = lines.pop() ?? "";
    for (const line of lines) obey(line, indicator);
  }
  for (const signal of ["SIGTERM", "SIGINT"] as const) Deno.removeSignalListener(signal, onSignal);
}

const [options] = Deno.args;
if (options === undefined) throw new Error("usage: indicate OPTIONS (see the file's first lines)");
await main(JSON.parse(options));
// A read of the standard input that waits would keep the program alive.
Deno.exit(0);
