import assert from "node:assert/strict";
import { parseIp } from "../../../core/network/address.ts";
import {
  brokerPath,
  defaultGateways,
  isOnThisMachine,
  pathTo,
} from "../../../core/network/path.ts";
import { decodeInterfaces, decodeNeighbours, decodeRoutes } from "../../../core/network/view.ts";
import { viewOf } from "../../support/network/network_view.ts";

const view = viewOf(
  [
    { name: "eth0", addresses: ["192.168.1.5/24", "fd00::5/64", "fe80::5/64"] },
    { name: "wg0", addresses: ["10.8.0.1/24"], isTunnel: true },
    { name: "docker0", addresses: ["172.17.0.1/16"] },
  ],
  [
    { to: "192.168.1.0/24", device: "eth0" },
    { to: "10.8.0.0/24", device: "wg0" },
    { to: "10.0.0.0/8", device: "eth0", gateway: "192.168.1.254" },
    { to: "fd00::/64", device: "eth0" },
    { to: "default", device: "wlan0", gateway: "192.168.7.1", metric: 600 },
    { to: "default", device: "eth0", gateway: "192.168.1.1", metric: 100 },
    { to: "default", device: "eth0", gateway: "fe80::1", metric: 1024 },
  ],
);

function path(text: string) {
  const address = parseIp(text);
  assert.ok(address, `${text} is no address`);
  const { reach, device } = pathTo(view, address);
  return `${reach} ${device ?? "-"}`;
}

Deno.test("an address is this machine's own, on a link, or behind a gateway", () => {
  assert.equal(path("127.0.0.1"), "local -");
  assert.equal(path("::1"), "local -");
  assert.equal(path("192.168.1.5"), "local eth0");
  assert.equal(path("::ffff:192.168.1.5"), "local eth0");
  assert.equal(path("192.168.1.77"), "on_link eth0");
  assert.equal(path("fd00::77"), "on_link eth0");
  assert.equal(path("10.8.0.2"), "on_link wg0");
  assert.equal(path("10.9.0.2"), "routed eth0");
  assert.equal(path("203.0.113.1"), "routed eth0");
  assert.equal(path("2001:db8::1"), "routed eth0");
  assert.equal(path("fe80::1%wlan0"), "on_link wlan0");
});

Deno.test("without routes the subnets show what is near", () => {
  const bare = { ...view, routes: [] };
  const [near, far] = [parseIp("192.168.1.77"), parseIp("203.0.113.1")];
  assert.ok(near && far);
  assert.deepEqual(pathTo(bare, near), { reach: "on_link", device: "eth0" });
  assert.deepEqual(pathTo(bare, far), { reach: "unknown", device: undefined });
});

Deno.test("the default gateways come in the kernel's order", () => {
  assert.deepEqual(defaultGateways(view), ["192.168.1.1", "192.168.7.1", "fe80::1%eth0"]);
});

Deno.test("a connection between two ends of one machine never crosses the network", () => {
  const of = (remote: string, local: string) => brokerPath(view, { remote, local });
  assert.deepEqual(of("127.0.0.1", "127.0.0.1"), { reach: "local" });
  assert.deepEqual(of("192.168.1.5", "192.168.1.5"), { reach: "local" });
  // The cable is unplugged, and a network manager has removed the address.
  assert.deepEqual(of("192.168.99.5", "192.168.99.5"), { reach: "local" });
  assert.deepEqual(of("192.168.1.9", "192.168.1.5"), { reach: "on_link", device: "eth0" });
  assert.deepEqual(of("203.0.113.9", "192.168.1.5"), { reach: "routed", device: "eth0" });
  assert.deepEqual(of("somewhere", "192.168.1.5"), { reach: "unknown" });
});

Deno.test("a node is on this machine by an address that no other machine has", () => {
  const isOn = (...addresses: string[]) => isOnThisMachine(view, { node: "x", addresses });
  assert.equal(isOn("192.168.1.5"), true);
  assert.equal(isOn("10.8.0.1", "192.168.1.5"), true);
  assert.equal(isOn("192.168.1.6"), false);
  // Every host with containers has this address, and every machine the other two.
  assert.equal(isOn("192.168.1.6", "172.17.0.1"), false);
  assert.equal(isOn("127.0.0.1", "::1"), false);
  assert.equal(isOn("127.0.0.1 ", "0x7f.1", "", "x".repeat(1000)), false);
});

Deno.test("input that is not from ip is refused", () => {
  for (const json of ["{}", '"text"', "[1]", "usage: ip", '[{"dst":1}]']) {
    assert.throws(() => decodeInterfaces(json), json);
    assert.throws(() => decodeRoutes(json, 4), json);
    assert.throws(() => decodeNeighbours(json), json);
  }
  assert.deepEqual(decodeInterfaces(""), []);
});

Deno.test("routes may have several hops, or lead nowhere", () => {
  const routes = decodeRoutes(
    JSON.stringify([
      { dst: "default", nexthops: [{ gateway: "10.0.0.1", dev: "a" }, { dev: "b" }] },
      { type: "blackhole", dst: "10.1.0.0/16" },
      { type: "local", dst: "10.0.0.5", dev: "a" },
      { dst: "10.2.0.0/16", via: { family: "inet6", host: "fe80::1" }, dev: "c" },
    ]),
    4,
  );
  assert.deepEqual(routes.map(({ device, gateway }) => [device, gateway]), [
    ["a", "10.0.0.1"],
    ["b", undefined],
    ["c", "fe80::1"],
  ]);
});
