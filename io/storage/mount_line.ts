/** Reads the state of a mount from the kernel, and the owner's setting from /etc/fstab. */

export interface Mount {
  readonly point: string;
  readonly type: string;
  /** The device, or another source. */
  readonly source: string;
  /**
   * The options of the file system itself, not of this mount: a sandbox may mount a writable file
   * system read-only.
   */
  readonly options: readonly string[];
}

/**
 * Parses the mount point and the part of a /proc/self/mountinfo line after the mount's own options.
 */
export function mountFrom(text: string): Mount | undefined {
  const [, point, type, source, options] = /^(\/\S*) (?:.* )?- (\S+) (\S+) (\S+)$/.exec(text) ?? [];
  if (!point || !type || !source || !options) return undefined;
  return { point, type, source, options: options.split(",") };
}

/**
 * Returns whether the kernel has disabled writing after an error. Newer kernels report this beside
 * an unchanged `rw`.
 */
export function isShutOff({ options }: Mount): boolean {
  return options.includes("emergency_ro") || options.includes("shutdown");
}

export function isReadOnly(mount: Mount): boolean {
  return mount.options.includes("ro") || isShutOff(mount);
}

/**
 * A network file system, or one that a program provides, says nothing about this machine's own
 * disk.
 */
export function isRemote({ type }: Mount): boolean {
  return /^(nfs4?|cifs|smb3|9p|ceph|virtiofs|afs|fuse(\..*)?)$/.test(type);
}

/** Returns whether /etc/fstab mounts `point` writable; `undefined` when it has no entry. */
export function wantsWriting(fstab: string, point: string): boolean | undefined {
  for (const line of fstab.split("\n")) {
    const [device, where, , options] = line.trim().split(/\s+/);
    if (device === undefined || device.startsWith("#") || where !== point) continue;
    return !(options ?? "").split(",").includes("ro");
  }
  return undefined;
}
