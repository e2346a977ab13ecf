/** Tests with one TCP connection whether a host answers. */

import type { Answer } from "../../core/network/probe.ts";

/** The kernel's codes for a host that it cannot reach. */
const UNREACHABLE: readonly unknown[] = ["EHOSTUNREACH", "ENETUNREACH", "EHOSTDOWN", "ENETDOWN"];
/** The host has answered, even if it closed the connection at once. */
const RESET = "ECONNRESET";

/** Connects until `stop` aborts, and closes the connection at once. Never throws. */
export async function probeTcp(hostname: string, port: number, stop: AbortSignal): Promise<Answer> {
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
