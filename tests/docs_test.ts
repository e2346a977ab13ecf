/** Keeps the documents true where a program can tell. */

import assert from "node:assert/strict";
import { decodeConfig } from "../core/config/config.ts";
import { configurationTable } from "../core/config/keys.ts";
import { VERSION } from "../core/version.ts";
import config from "../deno.json" with { type: "json" };
import { parseConfigText } from "../io/config/config_text.ts";

Deno.test("the README's table of configuration is that of the code", async () => {
  const readme = await Deno.readTextFile("README.md");
  const [, table = ""] = /<!-- configuration -->([\s\S]*)<!-- \/configuration -->/.exec(readme) ??
    [];
  assert.deepEqual(rows(table), rows(configurationTable()));
});

Deno.test("the documents' examples of configuration are accepted as they are", async () => {
  for (const document of ["README.md", "docs/public-hub.md"]) {
    const text = await Deno.readTextFile(document);
    const examples = [...text.matchAll(/```ini\n([\s\S]*?)```/g)].map(([, example = ""]) =>
      example
    );
    assert.ok(examples.length > 0, `no example was found in ${document}`);
    for (const example of examples) {
      const inPlace = example.replace(
        /^(\w+)_file = .*$/gm,
        (line, key) => key === "ca" ? line : `${key} = the secret in that file`,
      );
      const result = decodeConfig(parseConfigText(inPlace, document), { hostname: "hub" });
      assert.ok(result.ok, `${example}${JSON.stringify(result, undefined, 1)}`);
    }
  }
});

Deno.test("the README says why each package is there", async () => {
  const readme = await Deno.readTextFile("README.md");
  const packages = Object.keys(config.imports).filter((name) => !name.endsWith("/"));
  assert.deepEqual(packages.filter((name) => !readme.includes(`npmjs.com/package/${name})`)), []);
});

Deno.test("the version is one everywhere", async () => {
  assert.equal(VERSION, config.version);
  assert.match(await Deno.readTextFile("CHANGELOG.md"), new RegExp(`^## ${VERSION}\\b`, "m"));
});

Deno.test("every link of the documents to a file leads to one", async () => {
  const missing: string[] = [];
  const documents = ["README.md", "ARCHITECTURE.md", "CHANGELOG.md", "docs/protocol.md"];
  for (
    const document of [...documents, "docs/detection.md", "docs/security.md", "docs/public-hub.md"]
  ) {
    const text = await Deno.readTextFile(document);
    const folder = document.includes("/") ? `${document.split("/")[0]}/` : "";
    for (const [, target = ""] of text.matchAll(/\]\((?!https?:|#)([^)#]+)/g)) {
      const isThere = await Deno.stat(folder + target).then(() => true, () => false);
      if (!isThere) missing.push(`${document}: ${target}`);
    }
  }
  assert.deepEqual(missing, []);
});

/** The cells of a table's rows, without the formatter's padding. */
function rows(markdown: string): readonly (readonly string[])[] {
  return markdown.trim().split("\n").filter((line) => !/^[|\s:-]+$/.test(line))
    .map((line) => line.split("|").map((cell) => cell.trim()));
}
