/** A program's own view of files of this machine: others stand in their places, for it alone. */

/** Mounts pairs of files up to `--`, then becomes what follows. */
const SCRIPT = `while [ "$1" != -- ]; do mount --bind "$1" "$2" || exit 1; shift 2; done
shift
exec "$@"`;

/**
 * Runs what follows it in a mount namespace of its own, in which each file named by a key is the
 * file named by its value. Needs root.
 */
export function bindMounts(files: Readonly<Record<string, string>>): readonly string[] {
  const pairs = Object.entries(files).flatMap(([place, file]) => [file, place]);
  return ["unshare", "--mount", "sh", "-c", SCRIPT, "sh", ...pairs, "--"];
}
