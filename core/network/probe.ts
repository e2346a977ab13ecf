/** What an observer asks its own network for before it believes a silence, and what the answers say. */

/**
 * Where a target stands as seen from this machine: on the machine itself, inside the subnet of one of
 * its interfaces, or beyond a gateway.
 */
export type Reach = "local" | "on_link" | "routed" | "unknown";

/**
 * What came back from a target.
 *
 * - `answered`, `refused`: a TCP connection was accepted or refused. Both prove the path.
 * - `neighbour`: no TCP answer, but the link layer (ARP, NDP) confirmed the host after the probe began.
 * - `unreachable`: the kernel reported no route to the host, or the neighbour entry has no address.
 * - `no_answer`: a time-out, which says nothing by itself.
 */
export type Answer = "answered" | "refused" | "neighbour" | "unreachable" | "no_answer";

/** Hosts are names or IP literals without brackets. */
export type ProbeTarget =
  | { readonly kind: "gateway"; readonly host: string }
  | { readonly kind: "landmark"; readonly host: string }
  | { readonly kind: "provider"; readonly host: string }
  | { readonly kind: "node"; readonly node: string };

/** What one target answered. */
export interface ProbeResult {
  readonly target: ProbeTarget;
  readonly reach: Reach;
  /** The interface that leads there; `undefined` where the kernel names none. */
  readonly device: string | undefined;
  readonly answer: Answer;
  /** How long the answer took, in milliseconds; of one that took a second the first packet was lost. */
  readonly tookMs: number;
}

/** A node and the addresses that its birth announced, as it wrote them. */
export interface ProbeNode {
  readonly node: string;
  readonly addresses: readonly string[];
}

/** Output of a machine: ask the landmarks and these nodes. Without nodes only the landmarks are asked. */
export interface SendProbe {
  readonly kind: "send_probe";
  readonly seq: number;
  readonly nodes: readonly ProbeNode[];
}

/** Input of a machine: the answers to the probe with the same number, which began at `startedMs`. */
export interface Probed {
  readonly kind: "probed";
  readonly seq: number;
  /** Milliseconds on the observer's monotonic clock. */
  readonly startedMs: number;
  readonly results: readonly ProbeResult[];
}

/**
 * Input of a machine: whether an interface with carrier leads to the nodes. `undefined`: this machine
 * cannot tell, for it has no `ip` program.
 */
export interface NetworkLinkInput {
  readonly kind: "network_link";
  readonly up: boolean | undefined;
}

/** Through which kind of path the observer's echo travels to its broker and back. */
export interface BrokerPath {
  readonly reach: Reach;
  /** The interface that leads to the broker. */
  readonly device?: string;
}
