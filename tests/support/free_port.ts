/** A TCP port of the loopback interface that nobody listens on. */

/** For programs that cannot bind port 0 themselves; the kernel does not hand it out again at once. */
export function freePort(): number {
  using listener = Deno.listen({ hostname: "127.0.0.1", port: 0, transport: "tcp" });
  return listener.addr.port;
}
