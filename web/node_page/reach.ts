/** How a person reaches a node: its owner's links, and the ways that its agent found. */

import type { NodeView } from "../../core/api/node_view.ts";
import { type Way, WAY_NAMES, type WayName } from "../../core/protocol/ways.ts";
import { remoteLinks } from "../list/remote.ts";
import { text } from "../texts/texts.ts";

/** The pages of services on which their users find their own machines. */
const SERVICE_PAGES: Readonly<Partial<Record<WayName, string>>> = {
  connect: "https://connect.raspberrypi.com/devices",
  remoteit: "https://app.remote.it/",
};
/** Which hosts belong to which way. */
const SERVICE_HOSTS: readonly (readonly [WayName, RegExp])[] = [
  ["connect", /(?:^|\.)connect\.raspberrypi\.com$/],
  ["tailscale", /\.ts\.net$/],
  ["remoteit", /(?:^|\.)remote\.it$/],
];
const USUAL_PORTS = { ssh: 22, vnc: 5900 } as const;
/** What needs no quotes in a shell, and is no option. */
const SHELL_WORD = /^[A-Za-z0-9_.:\[\]][A-Za-z0-9_.:\[\]-]*$/;

/** One line of the panel. */
export interface ReachRow {
  readonly key: string;
  readonly words: string;
  /** `undefined`: the agent says nothing of it. */
  readonly way: (Way & { readonly name: WayName }) | undefined;
  /** A link that a browser opens. */
  readonly open: { readonly address: string; readonly isWeb: boolean } | undefined;
  /** A command for a terminal. */
  readonly command: string | undefined;
}

/** The owner's links first, then the ways for which there is no link. */
export function reachRows(
  node: Pick<NodeView, "remote" | "remote_names" | "ways" | "facts">,
): readonly ReachRow[] {
  const links = remoteLinks(node.remote, node.remote_names).map(({ address, words, isWeb }) => {
    const name = wayOf(address);
    return {
      key: address,
      words,
      way: name && named(node, name),
      open: { address, isWeb },
      command: sshCommand(address),
      name,
    };
  });
  const linked = new Set(links.map(({ name }) => name));
  const ways = WAY_NAMES.filter((name) =>
    !linked.has(name) && isWorthShowing(name, node.ways[name])
  )
    .map((name) => ({
      key: name,
      words: text(`way.${name}`),
      way: named(node, name),
      open: openOf(name, node),
      command: commandOf(name, node),
    }));
  return [...links.map(({ name: _, ...row }) => row), ...ways];
}

/** The names of the ways that work, for people. */
export function waysUp(rows: readonly ReachRow[]): readonly string[] {
  return [...new Set(rows.filter(({ way }) => way?.state === "up").map(({ words }) => words))];
}

function named(
  { ways }: Pick<NodeView, "ways">,
  name: WayName,
): (Way & { readonly name: WayName }) | undefined {
  const way = ways[name];
  return way && { ...way, name };
}

/** Most machines have no screen to share. */
function isWorthShowing(name: WayName, way: Way | undefined): boolean {
  return way !== undefined && !(name === "vnc" && way.state === "down");
}

function wayOf(address: string): WayName | undefined {
  const { protocol, hostname } = new URL(address);
  const host = hostname.toLowerCase();
  const service = SERVICE_HOSTS.find(([, pattern]) => pattern.test(host))?.[0];
  if (service !== undefined) return service;
  if (protocol === "ssh:" || protocol === "sftp:") return "ssh";
  return protocol === "vnc:" ? "vnc" : undefined;
}

/** `ssh -p 2222 pi@john-snow.local` for `ssh://pi@john-snow.local:2222`. */
function sshCommand(address: string): string | undefined {
  const { protocol, username, hostname, port } = new URL(address);
  if (protocol !== "ssh:") return undefined;
  return terminalCommand("ssh", {
    user: username,
    host: hostname.replace(/^\[(.*)\]$/, "$1"),
    port: Number(port || USUAL_PORTS.ssh),
  });
}

function commandOf(name: WayName, node: Pick<NodeView, "ways" | "facts">): string | undefined {
  const way = node.ways[name];
  if (name === "ssh") {
    return terminalCommand("ssh", { user: "", host: hostOf(node), port: way?.port });
  }
  if (name !== "tailscale" || way?.host === undefined) return undefined;
  return terminalCommand("tailscale ssh", { user: "", host: way.host, port: undefined });
}

function openOf(
  name: WayName,
  node: Pick<NodeView, "ways" | "facts">,
): ReachRow["open"] {
  const page = SERVICE_PAGES[name];
  if (page !== undefined) return { address: page, isWeb: true };
  const host = hostOf(node);
  if (name !== "vnc" || host === undefined || !SHELL_WORD.test(host)) return undefined;
  const shown = host.includes(":") ? `[${host}]` : host;
  return { address: `vnc://${shown}:${node.ways.vnc?.port ?? USUAL_PORTS.vnc}`, isWeb: false };
}

/** The machine's name in its local network, else its first address. */
function hostOf({ facts: { hostname, addresses } }: Pick<NodeView, "facts">): string | undefined {
  if (typeof hostname === "string" && /^[a-z0-9-]{1,63}$/i.test(hostname)) {
    return `${hostname.toLowerCase()}.local`;
  }
  return Array.isArray(addresses) ? addresses[0] : undefined;
}

/** Whoever knows the broker's password of a node chooses its facts, so nothing of them is trusted. */
function terminalCommand(
  program: string,
  { user, host, port }: {
    readonly user: string;
    readonly host: string | undefined;
    readonly port: number | undefined;
  },
): string | undefined {
  if (host === undefined || !SHELL_WORD.test(host)) return undefined;
  if (user !== "" && !SHELL_WORD.test(user)) return undefined;
  const isUsual = port === undefined || port === USUAL_PORTS.ssh;
  return [
    program,
    ...(isUsual ? [] : ["-p", String(port)]),
    user === "" ? host : `${user}@${host}`,
  ].join(" ");
}
