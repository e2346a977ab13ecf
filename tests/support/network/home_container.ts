/** A container in a home: a namespace behind a bridge of its host, which translates addresses. */

import { hostOf, inNamespace, ip, plugOutside, removeNamespace, run } from "./namespaces.ts";

/** Where a container's engine has its bridge, and the container on it. */
const BRIDGE = "br-0a1b2c3d";
const BRIDGE_ADDRESS = "172.30.0.1";
const CONTAINER_ADDRESS = "172.30.0.2";

/** Made by `HomeMachine.addContainer`. */
export class HomeContainer implements AsyncDisposable {
  readonly through: readonly string[];
  readonly outerAddress: string;
  readonly #name: string;
  readonly #outside: string;
  #exists = false;

  constructor(name: string, outside: string, bindMounts: readonly string[]) {
    this.#name = name;
    this.#outside = outside;
    this.outerAddress = hostOf(outside, 2);
    this.through = [...inNamespace(name), ...bindMounts];
  }

  /** `host` is the name of the machine's namespace. */
  async plugInto(host: string): Promise<void> {
    const onHost = (...args: readonly string[]) => ip("-n", host, ...args);
    const here = (...args: readonly string[]) => ip("-n", this.#name, ...args);
    await ip("netns", "add", this.#name);
    this.#exists = true;
    await onHost("link", "add", BRIDGE, "type", "bridge");
    await onHost("addr", "add", `${BRIDGE_ADDRESS}/24`, "dev", BRIDGE);
    await onHost("link", "set", BRIDGE, "up");
    const peer = ["peer", "name", "eth0", "netns", this.#name];
    await onHost("link", "add", "vethc", "type", "veth", ...peer);
    await onHost("link", "set", "vethc", "master", BRIDGE, "up");
    await here("link", "set", "lo", "up");
    await here("addr", "add", `${CONTAINER_ADDRESS}/24`, "dev", "eth0");
    await here("link", "set", "eth0", "up");
    await here("route", "add", "default", "via", BRIDGE_ADDRESS);
    await run([...inNamespace(host), "sh", "-c", "echo 1 > /proc/sys/net/ipv4/ip_forward"]);
    const rules = [
      "table ip container {",
      "chain out { type nat hook postrouting priority 100;",
      'oifname "eth0" masquerade',
      "}",
      "chain in { type nat hook prerouting priority -100;",
      `iifname "eth0" meta l4proto tcp dnat to ${CONTAINER_ADDRESS}`,
      "}",
      "}",
    ];
    await run([...inNamespace(host), "nft", rules.join("\n")]);
    await plugOutside(this.#name, this.#outside);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    if (this.#exists) await removeNamespace(this.#name);
    this.#exists = false;
  }
}
