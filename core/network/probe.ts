/**
 * The probes of an observer's own network, which it sends before it believes a silence, and their
 * answers.
 */

/**
 * Where a target is, seen from this machine: on the machine itself, in the subnet of one of its
 * interfaces, or behind a gateway.
 */
export type Reach = "local" | "on_link" | "routed" | "unknown";

/**
 * The answer of a target.
 *
 * - `answered`, `refused`: a TCP connection was accepted or refused. Both prove the path.
 * - `neighbour`: no TCP answer, but the link layer (ARP, NDP) confirmed the host after the probe
 * began.
 * - `unreachable`: the kernel reported no route to the host, or the neighbour entry has no address.
 * - `no_answer`: a time-out, which proves nothing by itself.
 */
export type Answer = "answered" | "refused" | "neighbour" | "unreachable" | "no_answer";

/** Hosts are names or IP literals without brackets. */
export type ProbeTarget =
  | { readonly kind: "gateway"; readonly host: string }
  | { readonly kind: "landmark"; readonly host: string }
  | { readonly kind: "provider"; readonly host: string }
  | { readonly kind: "node"; readonly node: string };

/** The result for one target. */
export interface ProbeResult {
  readonly target: ProbeTarget;
  readonly reach: Reach;
  /** The interface that leads to the target; `undefined` if the kernel names none. */
  readonly device: string | undefined;
  readonly answer: Answer;
  /** The duration in milliseconds. After a second or more, the first packet was lost. */
  readonly tookMs: number;
}

/** A node and the addresses of its birth, unchanged. */
export interface ProbeNode {
  readonly node: string;
  readonly addresses: readonly string[];
}

/**
 * Output of a machine: probe the landmarks and these nodes. Without nodes only the landmarks are
 * probed.
 */
export interface SendProbe {
  readonly kind: "send_probe";
  readonly seq: number;
  readonly nodes: readonly ProbeNode[];
}

/**
 * Input of a machine: the answers to the probe with the same number, which began at `startedMs`.
 */
export interface Probed {
  readonly kind: "probed";
  readonly seq: number;
  /** Milliseconds on the observer's monotonic clock. */
  readonly startedMs: number;
  readonly results: readonly ProbeResult[];
}

/**
 * Input of a machine: whether an interface with carrier leads to the nodes. `undefined`: this
 * machine cannot tell, because it has no `ip` program.
 */
export interface NetworkLinkInput {
  readonly kind: "network_link";
  readonly up: boolean | undefined;
}

/** The kind of path between the observer and its broker. */
export interface BrokerPath {
  readonly reach: Reach;
  /** The interface that leads to the broker. */
  readonly device?: string;
}
