/** Replaces files of this machine for one program only. */

/** Mounts pairs of files up to `--`, then runs the rest as a command. */
const SCRIPT = `while [ "$1" != -- ]; do mount --bind "$1" "$2" || exit 1; shift 2; done
shift
exec "$@"`;

/**
 * Returns a command prefix that runs a command in its own mount namespace, where each file in the
 * keys is replaced by the file in the value. Needs root.
 */
export function bindMounts(files: Readonly<Record<string, string>>): readonly string[] {
  const pairs = Object.entries(files).flatMap(([place, file]) => [file, place]);
  return ["unshare", "--mount", "sh", "-c", SCRIPT, "sh", ...pairs, "--"];
}
