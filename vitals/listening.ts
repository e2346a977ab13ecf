/** Which TCP ports of this machine listen, from the kernel's tables. */

/** `itself`: only programs of this machine can connect. */
export type Listening = "everybody" | "itself" | "nobody" | "unknown";

/** The kernel's tables of IPv4 and IPv6. The sockets that listen stand first. */
export const TCP_TABLES: readonly string[] = ["/proc/net/tcp", "/proc/net/tcp6"];

const LISTEN = "0A";
const ROW = /^ *\d+: ([0-9A-F]{8}|[0-9A-F]{32}):([0-9A-F]{4}) [0-9A-F:]+ ([0-9A-F]{2}) /;
/** 127.0.0.0/8, ::1 and ::ffff:127.0.0.0/104, whose words of four bytes are in host order. */
const LOOPBACK = /^(?:[0-9A-F]{6}7F|0{24}01000000|0{16}FFFF0000[0-9A-F]{6}7F)$/;

/**
 * Who can connect to a port. `tables` are the texts of `TCP_TABLES`; `undefined` for one that could
 * not be read. A table that was cut within its listening sockets, or that is missing, may hide the
 * port.
 */
export function listeningOn(
  port: number,
  tables: readonly (string | undefined)[],
): Listening {
  const found = tables.flatMap((table) => addressesOf(port, table ?? ""));
  if (found.some((address) => !LOOPBACK.test(address))) return "everybody";
  // A kernel without IPv6 has no second table.
  if (tables[0] === undefined || tables.some(isCut)) return "unknown";
  return found.length > 0 ? "itself" : "nobody";
}

function addressesOf(port: number, table: string): readonly string[] {
  const addresses: string[] = [];
  for (const line of table.split("\n")) {
    const [, address, digits, state] = ROW.exec(line) ?? [];
    if (address === undefined || digits === undefined || state !== LISTEN) continue;
    if (Number.parseInt(digits, 16) === port) addresses.push(address);
  }
  return addresses;
}

/** A table that ends within a line was too long, and it is enough only if it shows other sockets. */
function isCut(table: string | undefined): boolean {
  if (table === undefined || table.endsWith("\n")) return false;
  return !table.split("\n").some((line) => {
    const state = ROW.exec(line)?.[3];
    return state !== undefined && state !== LISTEN;
  });
}
