/** Clients that hang up directly after connecting, so that the system resets the connection. */

const PROGRAM = `
import socket, struct, sys
for _ in range(int(sys.argv[2])):
    stranger = socket.create_connection(("127.0.0.1", int(sys.argv[1])))
    stranger.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    stranger.close()
`;

/** Resolves when `count` clients have hung up. */
export async function resetLoad(port: number, count: number): Promise<void> {
  const { success } = await new Deno.Command("python3", {
    args: ["-c", PROGRAM, String(port), String(count)],
  }).output();
  if (!success) throw new Error("the strangers could not connect");
}
