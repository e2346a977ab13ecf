/** A TCP port that nobody listens on. */

/** Below the ports that Linux gives to connections and to whoever asks for any port. */
const FIRST = 20_000;
const COUNT = 12_000;

/**
 * For programs that cannot bind port 0 themselves. Connections that come and go never take it, and
 * tests that run side by side hardly ever choose the same one.
 */
export function freePort(): number {
  for (;;) {
    const [random = 0] = crypto.getRandomValues(new Uint16Array(1));
    const port = FIRST + random % COUNT;
    try {
      using _listener = Deno.listen({ hostname: "0.0.0.0", port, transport: "tcp" });
      return port;
    } catch (error) {
      if (!(error instanceof Deno.errors.AddrInUse)) throw error;
    }
  }
}
