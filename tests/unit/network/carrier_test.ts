import assert from "node:assert/strict";
import { CarrierMemory, leadsToNodes } from "../../../core/network/carrier.ts";
import type { NetworkView } from "../../../core/network/view.ts";
import { type InterfaceText, type RouteText, viewOf } from "../../support/network/network_view.ts";

const LAN = "192.168.1.0/24";
const eth0: InterfaceText = { name: "eth0", addresses: ["192.168.1.5/24"] };
const wlan0: InterfaceText = { name: "wlan0", addresses: ["10.0.0.5/24"] };
const docker0: InterfaceText = { name: "docker0", addresses: ["172.17.0.1/16"], kind: "bridge" };
const toLan: RouteText = { to: LAN, device: "eth0" };
const pi = { node: "pi", addresses: ["192.168.1.7"] };

/** Processes each view in turn. Returns whether the last one leads to the nodes. */
function lead(views: readonly NetworkView[], nodes = [pi]): boolean | undefined {
  const memory = new CarrierMemory();
  let up: boolean | undefined;
  for (const view of views) {
    memory.note(view);
    up = leadsToNodes(view, memory, nodes);
  }
  return up;
}

/** The kernel's view of an interface with an unplugged cable. */
function withoutCarrier(one: InterfaceText): InterfaceText {
  return { ...one, state: "DOWN" };
}

Deno.test("an interface with carrier leads to the nodes in its subnet", () => {
  assert.equal(lead([viewOf([eth0], [toLan])]), true);
});

Deno.test("an interface without carrier does not lead to the nodes, whatever its address", () => {
  assert.equal(lead([viewOf([withoutCarrier(eth0)], [toLan])]), false);
});

Deno.test("Wi-Fi that is not associated does not lead to the nodes", () => {
  const dormant = { ...wlan0, state: "DORMANT" } as const;
  const to = { node: "pi", addresses: ["10.0.0.7"] };
  assert.equal(lead([viewOf([dormant], [{ to: "10.0.0.0/24", device: "wlan0" }])], [to]), false);
});

Deno.test("an interface is remembered when it loses address and routes with its carrier", () => {
  const out = viewOf([{ name: "eth0", state: "DOWN" }]);
  assert.equal(lead([viewOf([eth0], [toLan]), out]), false);
  assert.equal(lead([viewOf([eth0], [toLan]), out, viewOf([eth0], [toLan])]), true);
});

Deno.test("an unplugged adapter does not lead to the nodes, although another interface is up", () => {
  const both = viewOf([eth0, wlan0], [toLan, { to: "10.0.0.0/24", device: "wlan0" }]);
  assert.equal(lead([both, viewOf([wlan0], [{ to: "10.0.0.0/24", device: "wlan0" }])]), false);
});

Deno.test("a default route elsewhere does not lead to nodes whose own subnet is gone", () => {
  const internet: RouteText = { to: "default", device: "wlan0", gateway: "10.0.0.1" };
  const before = viewOf([eth0, wlan0], [toLan, internet]);
  const after = viewOf([{ name: "eth0", state: "DOWN" }, wlan0], [internet]);
  assert.equal(lead([before, after]), false);
});

Deno.test("a second interface in the same network takes over", () => {
  const alsoLan = { name: "wlan0", addresses: ["192.168.1.6/24"] };
  const routes = [{ ...toLan, metric: 100 }, { to: LAN, device: "wlan0", metric: 600 }];
  const before = viewOf([eth0, alsoLan], routes);
  const after = viewOf([{ name: "eth0", state: "DOWN" }, alsoLan], routes.slice(1));
  assert.equal(lead([before, after]), true);
  // The kernel uses the dead route until the network manager removes it.
  assert.equal(lead([before, viewOf([withoutCarrier(eth0), alsoLan], routes)]), false);
});

Deno.test("the interface of the default gateway leads to nodes behind it", () => {
  const route: RouteText = { to: "default", device: "eth0", gateway: "192.168.1.1" };
  const far = { node: "far", addresses: ["203.0.113.9"] };
  assert.equal(lead([viewOf([eth0], [toLan, route])], [far]), true);
  assert.equal(lead([viewOf([withoutCarrier(eth0)], [toLan, route])], [far]), false);
});

Deno.test("one path to one node is enough", () => {
  const other = { node: "other", addresses: ["10.0.0.7"] };
  const routes = [toLan, { to: "10.0.0.0/24", device: "wlan0" }];
  assert.equal(lead([viewOf([withoutCarrier(eth0), wlan0], routes)], [pi, other]), true);
});

Deno.test("without addresses of nodes each interface counts that has, or had, an address", () => {
  const nodes = [{ node: "pi", addresses: [] }];
  assert.equal(lead([viewOf([eth0])], nodes), true);
  assert.equal(lead([viewOf([eth0]), viewOf([{ name: "eth0", state: "DOWN" }])], nodes), false);
  // An interface that was never used tells nothing about the network.
  assert.equal(lead([viewOf([{ name: "wlan0", state: "DOWN" }, eth0])], nodes), true);
});

Deno.test("neither loopback nor a container's bridge leads to the nodes", () => {
  const veth = { name: "veth1a2b3c", master: "docker0", addresses: ["169.254.1.1/16"] };
  const nodes = [{ node: "pi", addresses: [] }];
  assert.equal(lead([viewOf([withoutCarrier(eth0), docker0, veth])], nodes), false);
});

Deno.test("a container's bridge leads to a node that runs in a container", () => {
  const inside = { node: "inside", addresses: ["172.17.0.9"] };
  const routes = [{ to: "172.17.0.0/16", device: "docker0" }];
  assert.equal(lead([viewOf([withoutCarrier(eth0), docker0], routes)], [inside]), true);
});

Deno.test("an address among containers does not lead past the cable to its node", () => {
  const flannel = { name: "flannel.1", addresses: ["10.42.0.0/32"], state: "UNKNOWN" } as const;
  const routes = [toLan, { to: "10.42.1.0/24", device: "flannel.1", gateway: "10.42.1.0" }];
  const node = { node: "pi", addresses: ["192.168.1.7", "10.42.1.0"] };
  assert.equal(lead([viewOf([withoutCarrier(eth0), flannel], routes)], [node]), false);
});

Deno.test("a tunnel leads to the nodes only with an interface that carries it", () => {
  const wg0 = {
    name: "wg0",
    addresses: ["10.8.0.1/24"],
    state: "UNKNOWN",
    isTunnel: true,
  } as const;
  const routes = [{ to: "10.8.0.0/24", device: "wg0" }, toLan];
  const node = { node: "far", addresses: ["10.8.0.2"] };
  assert.equal(lead([viewOf([eth0, wg0], routes)], [node]), true);
  assert.equal(lead([viewOf([withoutCarrier(eth0), wg0], routes)], [node]), false);
  // A modem is such a tunnel, and the only interface.
  assert.equal(lead([viewOf([wg0], routes)], [node]), true);
});

Deno.test("a bridge to the outside has no carrier from its guests alone", () => {
  const br0 = { name: "br0", addresses: ["192.168.1.5/24"], kind: "bridge" };
  const guest = { name: "vnet0", master: "br0" };
  const routes = [{ to: LAN, device: "br0" }];
  const port = { name: "eth0", master: "br0" };
  assert.equal(lead([viewOf([br0, port, guest], routes)]), true);
  assert.equal(lead([viewOf([br0, withoutCarrier(port), guest], routes)]), false);
});

Deno.test("the carrier tells nothing if all nodes are on this machine", () => {
  const own = { node: "own", addresses: ["192.168.1.5"] };
  assert.equal(lead([viewOf([withoutCarrier(eth0)], [toLan])], [own]), undefined);
  // A node that was never heard may be anywhere.
  const unheard = { node: "unheard", addresses: [] };
  assert.equal(lead([viewOf([withoutCarrier(eth0)], [toLan])], [own, unheard]), false);
});

Deno.test("addresses that cannot belong to another machine are ignored", () => {
  const hostile = { node: "x", addresses: ["127.0.0.1", "224.0.0.1", "0.0.0.0", "::1", "words"] };
  assert.equal(lead([viewOf([withoutCarrier(eth0)], [toLan])], [hostile]), false);
  assert.equal(lead([viewOf([eth0], [toLan])], [hostile]), true);
});

Deno.test("a machine with only a loopback interface cannot tell", () => {
  assert.equal(lead([viewOf([])], []), undefined);
});

Deno.test("of thousands of nodes few are looked at", () => {
  let looks = 0;
  const nodes = Array.from({ length: 20_000 }, (_, index) => ({
    node: `pi-${index}`,
    get addresses() {
      looks++;
      return [`192.168.1.${7 + index % 200}`];
    },
  }));
  assert.equal(lead([viewOf([eth0], [toLan])], nodes), true);
  assert.equal(lead([viewOf([withoutCarrier(eth0)], [toLan])], nodes), false);
  assert.ok(looks < 20, `${looks} looks`);
});
