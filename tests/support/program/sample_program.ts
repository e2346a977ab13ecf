/** A program made of the parts that agent, tracker and hub share, for tests of these parts. */

import { VERSION } from "../../../core/version.ts";
import { type Main, runProgram } from "../../../io/program/program.ts";
import { UsageError } from "../../../io/program/user_error.ts";

/** `node.name` selects its behaviour. */
const main: Main = async ({ config, log, stop }) => {
  // A listener alone does not keep a process alive; a connection would.
  const alive = setInterval(() => {}, 1000);
  const asked = new Promise((resolve) => stop.addEventListener("abort", resolve));
  log.info("started", { name: config.node.name, password: config.mqtt.password });
  switch (config.node.name) {
    case "throws":
      throw new Error(`cannot go on with ${config.mqtt.password}`);
    case "forgets":
      Promise.reject(new Error(`nobody awaits ${config.mqtt.password}`));
      break;
    case "returns":
      clearInterval(alive);
      return;
    case "hangs":
      await new Promise(() => {});
      break;
    case "waits":
      await new Promise((_, reject) =>
        stop.addEventListener("abort", () => {
          clearInterval(alive);
          reject(stop.reason);
        })
      );
  }
  await asked;
  log.info("farewell");
  clearInterval(alive);
};

await runProgram({
  name: "sample",
  description: "Shows what the programs share.",
  version: VERSION,
  main,
  commands: [
    {
      usage: "enrol <ID>",
      description: "Repeats what it was given.",
      options: [{ flags: "--name <NAME>", description: "what people read" }],
      main: ({ arguments: [id], options, config }) => {
        console.log(JSON.stringify({ id, options, node: config.node.id }));
        return Promise.resolve();
      },
    },
    {
      usage: "refuse",
      description: "Says what is wrong.",
      main: ({ config }) =>
        Promise.reject(new UsageError(`There is no room for ${config.mqtt.password}`)),
    },
    {
      usage: "clock",
      description: "Says what clocks showed at the beginning of 1970.",
      main: () => {
        console.log(new Date(0).toLocaleTimeString("en-GB"));
        return Promise.resolve();
      },
    },
    {
      usage: "fail",
      description: "Fails.",
      main: () => Promise.resolve(1),
    },
  ],
});
