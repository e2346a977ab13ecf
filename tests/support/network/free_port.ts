/** TCP ports that nobody listens on. */

/** Below the ports that Linux gives to connections and to whoever asks for any port. */
const FIRST = 20_000;
/** More than a test file needs. */
const BLOCK = 100;
const BLOCKS = 120;

/**
 * The claim on this process's block. Two test files that run side by side never choose the same port,
 * not even for a program that is stopped at the moment. The kernel ends the claim with the process.
 */
const claim = claimBlock();
let given = 0;

/** For programs that cannot bind port 0 themselves. Connections that come and go never take it. */
export function freePort(): number {
  for (let tried = 0; tried < BLOCK; tried++) {
    given = given % (BLOCK - 1) + 1;
    const port = claim.addr.port + given;
    if (isFree(port)) return port;
  }
  throw new Error(`none of ${BLOCK} ports from ${claim.addr.port} on is free`);
}

function claimBlock(): Deno.TcpListener {
  const begin = Math.floor(Math.random() * BLOCKS);
  for (let tried = 0; tried < BLOCKS; tried++) {
    const listener = listen(FIRST + (begin + tried) % BLOCKS * BLOCK, "127.0.0.1");
    if (listener !== undefined) return listener;
  }
  throw new Error(`each block of ports from ${FIRST} on is taken`);
}

function isFree(port: number): boolean {
  using listener = listen(port, "0.0.0.0");
  return listener !== undefined;
}

/** Returns `undefined` when somebody else listens there. */
function listen(port: number, hostname: string): Deno.TcpListener | undefined {
  try {
    return Deno.listen({ hostname, port, transport: "tcp" });
  } catch (error) {
    if (!(error instanceof Deno.errors.AddrInUse)) throw error;
    return undefined;
  }
}
