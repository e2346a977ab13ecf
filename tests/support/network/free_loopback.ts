/** Addresses of the loopback interface for servers whose port is fixed. */

let taken = 0;

/** One that no other test has, in this process or in another. */
export function freeLoopback(): string {
  taken++;
  return `127.${64 + (Deno.pid >> 8) % 64}.${Deno.pid % 256}.${taken}`;
}
