/** One TCP connection, made to see whether anybody answers. */

import type { Answer } from "../../core/network/probe.ts";

/** What the kernel calls a host that it has no way to. */
const UNREACHABLE: readonly unknown[] = ["EHOSTUNREACH", "ENETUNREACH", "EHOSTDOWN", "ENETDOWN"];
/** There was a connection, if only for a moment. */
const RESET = "ECONNRESET";

/** Knocks until `stop` aborts; the connection is closed at once. Never throws. */
export async function knock(hostname: string, port: number, stop: AbortSignal): Promise<Answer> {
  if (stop.aborted) return "no_answer";
  try {
    const connection = await Deno.connect({ hostname, port, transport: "tcp", signal: stop });
    connection.close();
    return "answered";
  } catch (error) {
    return stop.aborted ? "no_answer" : answerOf(error);
  }
}

function answerOf(error: unknown): Answer {
  if (error instanceof Deno.errors.ConnectionRefused) return "refused";
  const code = error instanceof Error && "code" in error ? error.code : undefined;
  if (code === RESET) return "answered";
  return UNREACHABLE.includes(code) ? "unreachable" : "no_answer";
}
