/**
 * Makes the apt repository `dist/repository/` of the packages in `dist/packages/`, signed with the
 * key that is the argument: a name that gpg knows.
 */

import { join } from "node:path";
import { makeRepository } from "./debian/repository.ts";
import { PACKAGES } from "./package.ts";
import { PROJECT } from "./project.ts";

const [key] = Deno.args;
if (key === undefined) {
  console.error("usage: ./denow task repository KEY   (gpg --list-secret-keys shows your keys)");
  Deno.exit(2);
}
const names = [...Deno.readDirSync(PACKAGES)].map(({ name }) => name);
const packages = names.filter((name) => name.endsWith(".deb")).sort()
  .map((name) => join(PACKAGES, name));
const folder = join(PROJECT, "dist/repository");
await makeRepository({ packages, folder, key });
console.log(`dist/repository: ${packages.length} packages, signed by ${key}`);
