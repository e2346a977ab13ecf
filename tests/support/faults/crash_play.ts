/** Sets up a story of crashes, and plays it. */

import { sendingTo } from "../alerting/told.ts";
import { TwilioDouble } from "../delivery/twilio_double.ts";
import { QuickNodes } from "../nodes/quick_nodes.ts";
import { startHub } from "../program/programs.ts";
import { quick } from "../time/patience.ts";
import { type CrashOutcome, type CrashSettings, CrashStory } from "./crash_story.ts";

/** Much quicker than a real cluster, but slower than this process stalls on a busy machine. */
const QUICK = {
  cluster: { suspect_after: quick(700), dead_after: quick(1500) },
  alerts: { hold: "300ms", group: "300ms", per_hour: 1000, flap: 0 },
};

/** Plays a story to its end, and judges it. Throws, with its whole course, when people were misled. */
export async function playCrashStory(settings: CrashSettings): Promise<CrashOutcome> {
  const { brokerPort, topicRoot, compiled } = settings;
  await using phone = new TwilioDouble();
  await using nodes = await QuickNodes.connect(brokerPort, topicRoot);
  const config = sendingTo(phone, {
    ...QUICK,
    hub: { broker: "none" },
    mqtt: { url: `mqtt://127.0.0.1:${brokerPort}`, topic_root: topicRoot },
  });
  await using hub = await startHub(config, { compiled });
  const story = new CrashStory(settings, { phone, nodes, hub });
  try {
    return await story.play();
  } catch (error) {
    throw new Error(story.told(error));
  }
}
