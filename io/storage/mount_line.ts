/** What the kernel says of a mount, and what the machine's owner wanted of it. */

export interface Mount {
  readonly point: string;
  readonly type: string;
  /** The device, or what stands in its place. */
  readonly source: string;
  /** Of the file system itself, not of this view of it: a sandbox sees much that it may not write. */
  readonly options: readonly string[];
}

/** From the point, and what follows the options of the view in a line of /proc/self/mountinfo. */
export function mountFrom(text: string): Mount | undefined {
  const [, point, type, source, options] = /^(\/\S*) (?:.* )?- (\S+) (\S+) (\S+)$/.exec(text) ?? [];
  if (!point || !type || !source || !options) return undefined;
  return { point, type, source, options: options.split(",") };
}

/** The kernel took writing away after an error; newer kernels say so beside an `rw` that stays. */
export function isShutOff({ options }: Mount): boolean {
  return options.includes("emergency_ro") || options.includes("shutdown");
}

export function isReadOnly(mount: Mount): boolean {
  return mount.options.includes("ro") || isShutOff(mount);
}

/** What comes over a network, or from a program, says nothing of this machine's own disk. */
export function isRemote({ type }: Mount): boolean {
  return /^(nfs4?|cifs|smb3|9p|ceph|virtiofs|afs|fuse(\..*)?)$/.test(type);
}

/** Whether /etc/fstab wants the mount at `point` to be writable; `undefined`: it does not say. */
export function wantsWriting(fstab: string, point: string): boolean | undefined {
  for (const line of fstab.split("\n")) {
    const [device, where, , options] = line.trim().split(/\s+/);
    if (device === undefined || device.startsWith("#") || where !== point) continue;
    return !(options ?? "").split(",").includes("ro");
  }
  return undefined;
}
