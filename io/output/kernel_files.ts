/** Access to the kernel's small files below /sys, which outputs need. */

/**
 * Reads and writes small files completely. Each method throws an Error with the file and the
 * reason.
 */
export interface KernelFiles {
  read(path: string): string;
  write(path: string, text: string): void;
}

/** Returns the content of an optional file; `undefined` when it cannot be read. */
export function readIfThere(files: KernelFiles, path: string): string | undefined {
  try {
    return files.read(path);
  } catch {
    return undefined;
  }
}
