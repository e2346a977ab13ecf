/** `hub enrol` and `hub revoke`: who belongs to the cluster. */

import type { Subcommand } from "../../io/command_line.ts";
import type { Main } from "../../io/program.ts";
import { enrol, HUB_RESTART, MOSQUITTO_RELOAD, revoke } from "../enrol.ts";
import { databaseFile, openStateFolder } from "../state_folder.ts";
import { Store } from "../store/store.ts";

export const enrolNode: Subcommand<Main> = {
  usage: "enrol <ID>",
  description: "Makes or renews a node's credential, and prints the config.ini for its Pi.",
  options: [{ flags: "--name <NAME>", description: "what people call it" }],
  main({ config, arguments: [id = ""], options: { name } }) {
    console.log(enrol({ config, id, name: typeof name === "string" ? name : undefined }));
    return Promise.resolve();
  },
};

export const revokeNode: Subcommand<Main> = {
  usage: "revoke <ID>",
  description: "Ends a node's credential, and forgets the node.",
  main({ config, arguments: [id = ""], log }) {
    openStateFolder(config);
    const hadCredential = revoke({ config, id });
    using store = new Store(databaseFile(config));
    const wasKnown = store.nodes.remove(id);
    store.names.remove(id);
    if (hadCredential) {
      const todo = config.hub.broker === "none" ? { todo: MOSQUITTO_RELOAD } : {};
      log.info("revoked", { node: id, ...todo });
    } else if (wasKnown) {
      // A running hub hears of credentials alone, and a node of `[cluster] nodes` need have none.
      const named = config.cluster.nodes.includes(id) ? "take it out of [cluster] nodes, " : "";
      log.info("forgotten", { node: id, todo: `${named}${HUB_RESTART}` });
    } else log.error("there is no such credential and no such node", { node: id });
    return Promise.resolve(hadCredential || wasKnown ? 0 : 1);
  },
};
