/** The kernel's small files, as outputs below /sys need them. */

/** Reads and writes small files whole. Each throws an Error that names the file and the reason. */
export interface KernelFiles {
  read(path: string): string;
  write(path: string, text: string): void;
}

/** What the files tell that may be missing: `undefined` where the file cannot be read. */
export function readIfThere(files: KernelFiles, path: string): string | undefined {
  try {
    return files.read(path);
  } catch {
    return undefined;
  }
}
