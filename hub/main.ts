/** The hub: hears the cluster, remembers it, shows it to browsers, tells people. */

import { runProgram } from "../io/program.ts";
import { VERSION } from "../core/version.ts";
import { notificationOf } from "./channels.ts";
import { enrol, HUB_RESTART, MOSQUITTO_RELOAD, revoke } from "./enrol.ts";
import { runHub } from "./hub.ts";
import { databaseFile, openStateFolder } from "./state_folder.ts";
import { Store } from "./store/store.ts";

await runProgram({
  name: "hub",
  description: "Hears the cluster, shows it in the browser, tells people when a Pi dies.",
  version: VERSION,
  main: ({ config, stop }) => runHub(config, stop),
  commands: [
    {
      usage: "enrol <ID>",
      description: "Makes or renews a node's credential, and prints the config.ini for its Pi.",
      options: [{ flags: "--name <NAME>", description: "what people call it" }],
      main({ config, arguments: [id = ""], options: { name } }) {
        console.log(enrol({ config, id, name: typeof name === "string" ? name : undefined }));
        return Promise.resolve();
      },
    },
    {
      usage: "revoke <ID>",
      description: "Ends a node's credential, and forgets the node.",
      main({ config, arguments: [id = ""], log }) {
        openStateFolder(config);
        const hadCredential = revoke({ config, id });
        using store = new Store(databaseFile(config));
        const wasKnown = store.nodes.remove(id);
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
    },
    {
      usage: "test-alert",
      description: "Sends one test message through every channel, and tells the outcome.",
      async main({ config, stop }) {
        const print = (line: string) => console.log(line);
        const { channels, audience: { recipients } } = notificationOf(config, print);
        if (channels.length === 0) {
          console.error("No channel is configured: set [sms] provider");
          return 1;
        }
        const text = "RPi Cluster Alert: this is a test message. Nothing is wrong.";
        let failures = 0;
        for (const channel of channels) {
          for (const recipient of recipients) {
            const delivery = await channel.send({ recipient, text }, stop);
            const detail = delivery.kind === "accepted" ? delivery.reference : delivery.why;
            console.log(`${channel.name} to ${recipient}: ${delivery.kind} ${detail}`.trimEnd());
            if (delivery.kind !== "accepted") failures++;
          }
        }
        return failures === 0 ? 0 : 1;
      },
    },
  ],
});
