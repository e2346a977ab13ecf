/**
 * Who may publish and subscribe to what. The embedded broker uses these functions. Mosquitto's ACL
 * file in `packaging/mosquitto/` contains the same rules, but lists a node's topics one by one,
 * because Mosquitto does not limit retained messages.
 */

import { NODE_ID_PATTERN } from "./wire.ts";

/** The user name of the hub itself. No node may have it. */
export const HUB_USER = "hub";
/** The longest topic or filter, in UTF-16 units. */
const TOPIC_LENGTH_MAX = 512;

/**
 * Whether `user` may publish to `topic`. A node may publish below its own `root/v1/nodes/ID` and to
 * the topic of presses, the hub anywhere below `root/v1`, all others nowhere. A last will is a
 * publication too.
 */
export function mayPublish(user: string, topic: string, root: string): boolean {
  if (!isSpeakable(topic) || hasWildcard(topic)) return false;
  const space = `${root}/v1`;
  if (user === HUB_USER) return isWithin(topic, space);
  if (!NODE_ID_PATTERN.test(user)) return false;
  return topic === `${space}/alarm` || isWithin(topic, `${space}/nodes/${user}`);
}

/**
 * Whether `user` may subscribe to `filter`: the hub and every node to all topics below `root/v1`.
 */
export function maySubscribe(user: string, filter: string, root: string): boolean {
  if (user !== HUB_USER && !NODE_ID_PATTERN.test(user)) return false;
  return isSpeakable(filter) && isFilter(filter) && isWithin(filter, `${root}/v1`);
}

function isSpeakable(topic: string): boolean {
  // MQTT-4.7.3-1 and 4.7.3-2: at least one character, and no U+0000.
  return topic.length > 0 && topic.length <= TOPIC_LENGTH_MAX && !topic.includes("\0");
}

function hasWildcard(topic: string): boolean {
  return topic.includes("+") || topic.includes("#");
}

/** MQTT-4.7.1-2 and 4.7.1-3: a wildcard fills its level, and `#` is the last one. */
function isFilter(filter: string): boolean {
  const levels = filter.split("/");
  return levels.every((level, index) =>
    level === "+" || (level === "#" && index === levels.length - 1) || !hasWildcard(level)
  );
}

/**
 * Compares level by level, because `pi-1` is not a part of `pi-10`. The first levels must not
 * contain a wildcard, which would include topics of others. The parent itself belongs to it, as in
 * `parent/#`.
 */
function isWithin(topic: string, parent: string): boolean {
  return topic === parent || topic.startsWith(`${parent}/`);
}
