/** The names of our Debian packages. */

/** The packages of a Pi. The common one is needed by agent and tracker; the agent in shell is alone. */
export const PARTS = ["common", "agent", "tracker", "agent-sh"] as const;
export type Part = typeof PARTS[number];

export interface PackageName {
  readonly file: string;
  readonly part: Part;
  readonly version: string;
  /** As `dpkg --print-architecture` says it. */
  readonly architecture: string;
}

/** Without characters that mean something to a shell, a URL or grep. */
const NAME =
  /^rpi-cluster-alert-(common|agent|tracker|agent-sh)_(\d[\w.+~-]{0,63})_([a-z0-9]{2,15})\.deb$/;

/** Reads the name of a file; `undefined` for another package. */
export function packageNameOf(file: string): PackageName | undefined {
  const [, name, version, architecture] = NAME.exec(file) ?? [];
  const part = PARTS.find((one) => one === name);
  if (part === undefined || version === undefined || architecture === undefined) return undefined;
  return { file, part, version, architecture };
}
