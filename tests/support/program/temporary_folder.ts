/** A folder that is removed with the test that created it. */

import { join } from "node:path";

/** `using folder = new TemporaryFolder();` */
export class TemporaryFolder implements Disposable {
  readonly path = Deno.makeTempDirSync({ prefix: "rpi-cluster-test-" });

  /** Returns the path of `name` in the folder. */
  file(name: string): string {
    return join(this.path, name);
  }

  /** Writes a file, returns its path. */
  write(name: string, text: string): string {
    const path = this.file(name);
    Deno.writeTextFileSync(path, text);
    return path;
  }

  [Symbol.dispose](): void {
    Deno.removeSync(this.path, { recursive: true });
  }
}
