/** A real Mosquitto with passwords and the project's own rules. */

import { join } from "node:path";
import { Credentials } from "../../../hub/credentials/credentials.ts";
import { Mosquitto } from "./mosquitto.ts";

export interface GuardedMosquitto extends AsyncDisposable {
  readonly port: number;
  /** By user name. */
  readonly passwords: Readonly<Record<string, string>>;
}

/** Starts one with a credential for each user. `setting` is one more line of mosquitto.conf. */
export async function startGuarded(
  users: readonly string[],
  setting = "",
): Promise<GuardedMosquitto> {
  const acl = Deno.readTextFileSync("packaging/mosquitto/rpi-cluster-alert.acl");
  const passwords: Record<string, string> = {};
  const broker = await Mosquitto.start({
    config({ port, folder }) {
      Deno.writeTextFileSync(join(folder, "acl"), acl);
      const credentials = new Credentials(join(folder, "passwd"));
      for (const user of users) passwords[user] = credentials.enrol(user);
      return `user root\nlistener ${port} 127.0.0.1\nallow_anonymous false\n${setting}\n` +
        `password_file ${folder}/passwd\nacl_file ${folder}/acl\n`;
    },
  });
  return {
    port: broker.port,
    passwords,
    [Symbol.asyncDispose]: () => broker[Symbol.asyncDispose](),
  };
}
