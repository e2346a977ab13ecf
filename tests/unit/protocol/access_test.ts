import fc from "fast-check";
import assert from "node:assert/strict";
import { mayPublish, maySubscribe } from "../../../core/protocol/access.ts";

const ROOT = "rpi-cluster";

Deno.test("a node publishes below its own id and to the alarm", () => {
  for (
    const topic of [
      "rpi-cluster/v1/nodes/pi-1/status",
      "rpi-cluster/v1/nodes/pi-1/heartbeat",
      "rpi-cluster/v1/nodes/pi-1/a/b/c",
      "rpi-cluster/v1/nodes/pi-1",
      "rpi-cluster/v1/alarm",
    ]
  ) assert.equal(mayPublish("pi-1", topic, ROOT), true, topic);
});

Deno.test("a node publishes nowhere else", () => {
  for (
    const topic of [
      "rpi-cluster/v1/nodes/pi-2/status",
      "rpi-cluster/v1/nodes/pi-10/status",
      "rpi-cluster/v1/nodes/pi/status",
      "rpi-cluster/v1/nodes",
      "rpi-cluster/v1/nodes/",
      "rpi-cluster/v1/nodes//pi-1/status",
      "rpi-cluster/v1/hub/status",
      "rpi-cluster/v1/hub/alarm",
      "rpi-cluster/v1/hub/verdicts/pi-1",
      "rpi-cluster/v1/alarm/x",
      "rpi-cluster/v1/alarm/test",
      "rpi-cluster/v1/alarms",
      "rpi-cluster/v2/nodes/pi-1/status",
      "RPI-CLUSTER/v1/nodes/pi-1/status",
      "/rpi-cluster/v1/nodes/pi-1/status",
      "x/rpi-cluster/v1/nodes/pi-1/status",
      "$SYS/broker/version",
      "",
    ]
  ) assert.equal(mayPublish("pi-1", topic, ROOT), false, topic);
});

Deno.test("an id that is a prefix of another gives no access to it, and vice versa", () => {
  assert.equal(mayPublish("pi-10", "rpi-cluster/v1/nodes/pi-1/status", ROOT), false);
  assert.equal(mayPublish("pi-1", "rpi-cluster/v1/nodes/pi-10/status", ROOT), false);
});

Deno.test("a topic to publish to has no wildcard, no U+0000 and a bounded length", () => {
  const own = "rpi-cluster/v1/nodes/pi-1";
  for (
    const topic of [`${own}/+`, `${own}/#`, `${own}/a+b`, `${own}/a\0b`, own + "/x".repeat(300)]
  ) {
    assert.equal(mayPublish("pi-1", topic, ROOT), false, topic);
    assert.equal(mayPublish("hub", topic, ROOT), false, topic);
  }
});

Deno.test("the hub publishes and subscribes to all below the root, and to nothing beside it", () => {
  assert.equal(mayPublish("hub", "rpi-cluster/v1/hub/verdicts/pi-1", ROOT), true);
  assert.equal(mayPublish("hub", "rpi-cluster/v1/nodes/pi-1/status", ROOT), true);
  assert.equal(mayPublish("hub", "rpi-cluster/v1/alarm/test", ROOT), true);
  assert.equal(mayPublish("hub", "rpi-cluster/v1/hub/alarm", ROOT), true);
  assert.equal(mayPublish("hub", "rpi-cluster/v10/alarm", ROOT), false);
  assert.equal(mayPublish("hub", "homeassistant/config", ROOT), false);
  assert.equal(maySubscribe("hub", "rpi-cluster/v1/#", ROOT), true);
  assert.equal(maySubscribe("hub", "#", ROOT), false);
});

Deno.test("a node subscribes to anything below the root", () => {
  for (
    const filter of [
      "rpi-cluster/v1/#",
      "rpi-cluster/v1/+/+/status",
      "rpi-cluster/v1/nodes/+/heartbeat",
      "rpi-cluster/v1/nodes/pi-2/#",
      "rpi-cluster/v1/alarm",
    ]
  ) assert.equal(maySubscribe("pi-1", filter, ROOT), true, filter);
});

Deno.test("a filter outside of the root, or an invalid one, is refused", () => {
  for (
    const filter of [
      "#",
      "+/#",
      "+/v1/#",
      "rpi-cluster/#",
      "rpi-cluster/+/nodes/#",
      "rpi-cluster/v1#",
      "rpi-cluster/v1+/x",
      "rpi-cluster/v1/#/x",
      "rpi-cluster/v1/nodes#",
      "rpi-cluster/v1/a+/b",
      "rpi-cluster/v1/\0",
      "$SYS/#",
      "$share/group/rpi-cluster/v1/#",
      "other/v1/#",
      "",
    ]
  ) assert.equal(maySubscribe("pi-1", filter, ROOT), false, filter);
});

Deno.test("a root of several levels is compared whole", () => {
  const root = "home/pis";
  assert.equal(mayPublish("pi-1", "home/pis/v1/nodes/pi-1/status", root), true);
  assert.equal(mayPublish("pi-1", "home/v1/nodes/pi-1/status", root), false);
  assert.equal(mayPublish("pi-1", "pis/v1/nodes/pi-1/status", root), false);
  assert.equal(maySubscribe("pi-1", "home/pis/v1/#", root), true);
  assert.equal(maySubscribe("pi-1", "home/+/v1/#", root), false);
});

Deno.test("a user name that is not a valid node id has no permissions", () => {
  for (const user of ["", "+", "#", "PI-1", "pi 1", "pi/1", "../hub", "x".repeat(64)]) {
    assert.equal(mayPublish(user, `rpi-cluster/v1/nodes/${user}/status`, ROOT), false, user);
    assert.equal(mayPublish(user, "rpi-cluster/v1/alarm", ROOT), false, user);
    assert.equal(maySubscribe(user, "rpi-cluster/v1/#", ROOT), false, user);
  }
});

Deno.test("whatever topic a node may publish to is its own or the alarm", () => {
  const level = fc.constantFrom("rpi-cluster", "v1", "nodes", "pi-1", "pi-10", "hub", "alarm", "");
  const topic = fc.array(level, { maxLength: 6 }).map((levels) => levels.join("/"));
  fc.assert(fc.property(topic, (name) => {
    const [root, version, kind, id, ...rest] = name.split("/");
    const isOwn = kind === "nodes" && id === "pi-1";
    const isAlarm = kind === "alarm" && id === undefined && rest.length === 0;
    const isAllowed = root === "rpi-cluster" && version === "v1" && (isOwn || isAlarm);
    assert.equal(mayPublish("pi-1", name, ROOT), isAllowed);
  }));
});
