/** Keeps the documents true where a program can tell. */

import assert from "node:assert/strict";
import { INDICATIONS } from "../core/alarm/indicator.ts";
import { decodeConfig } from "../core/config/config.ts";
import { CONFIG_KEYS, configurationTable } from "../core/config/keys.ts";
import { headerPinOf, lineShown } from "../core/doctor/header_pins.ts";
import { VERSION } from "../core/version.ts";
import config from "../deno.json" with { type: "json" };
import { RECEIVERS } from "../hub/notify/receivers.ts";
import { parseConfigText } from "../io/config/config_text.ts";
import { DOCUMENTED_MESSAGES } from "./support/alerting/documented_messages.ts";
import { docBlocks } from "./support/program/doc_block.ts";
import { type Document, parseDocument, readDocuments } from "./support/program/documents.ts";
import { ROOMS } from "./support/program/house_rules.ts";
import { listFiles } from "./support/program/source_files.ts";

const PICTURES = "docs/pictures/";
/** A file of ours as documents name it: a test, or whatever stands in one of our folders. */
const FILE_NAMED = /`([\w./-]+_test\.ts|(?:[\w.-]+\/)+[\w-]+\.(?:tsx?|md|json|ini|conf|service))`/g;

/** A test with a part of its name: `tests/docs_test.ts`: _a part of its name_. */
const TEST_QUOTED = /`(tests\/[\w/]+_test\.ts)`: _([^_\n]+)_/g;
/** A shell block, which may be indented as a part of a list. */
const SHELL_BLOCK = /^( *)```sh\n([\s\S]*?)^\1```$/gm;
/** A relative path with a folder. */
const PATH_IN_COMMAND = /(?:^|[\s=])((?:[\w.*-]+\/)+[\w.*-]*)/gm;

/** Keys that name a file, and have no twin with its content. */
const NO_SECRETS: ReadonlySet<string> = new Set(["ca", "certificate", "key"]);

const documents = await readDocuments();
const files = new Set(await listFiles());

Deno.test("the table of configuration is that of the code, and stands in one document", () => {
  const tables = documents.flatMap((
    { text },
  ) => [...text.matchAll(/<!-- configuration -->([\s\S]*?)<!-- \/configuration -->/g)]).map((
    [, table = ""],
  ) => rows(table));
  assert.deepEqual(tables, [rows(configurationTable())]);
});

Deno.test("the documents' examples of configuration are accepted as they are", () => {
  const examples = documents.flatMap(({ path }) =>
    docBlocks(path, "ini").map((example) => ({ path, example }))
  );
  for (const path of ["install", "wiring", "channels", "configuration", "public-hub"]) {
    assert.ok(examples.some((one) => one.path === `docs/${path}.md`), `no example in ${path}`);
  }
  for (const { path, example } of examples) {
    const inPlace = example.replace(
      /^(\w+)_file = .*$/gm,
      (line, key) => NO_SECRETS.has(key) ? line : `${key} = the secret in that file`,
    );
    const result = decodeConfig(parseConfigText(inPlace, path), { hostname: "hub" }, RECEIVERS);
    assert.ok(result.ok, `${path}: ${example}${JSON.stringify(result, undefined, 1)}`);
  }
});

Deno.test("the documents say why each package is there", () => {
  const packages = Object.keys(config.imports).filter((name) => !name.endsWith("/"));
  const all = documents.map(({ text }) => text).join("\n");
  assert.deepEqual(packages.filter((name) => !all.includes(`npmjs.com/package/${name})`)), []);
});

Deno.test("the version is one everywhere", async () => {
  assert.equal(VERSION, config.version);
  assert.match(await Deno.readTextFile("CHANGELOG.md"), new RegExp(`^## ${VERSION}\\b`, "m"));
});

Deno.test("every link of the documents leads to a file, and to a heading of it", async () => {
  assert.deepEqual(await brokenLinks(documents), []);
});

Deno.test("every document is reached from the README", () => {
  const reached = new Set(["README.md"]);
  for (const path of reached) {
    const { links = [] } = documents.find((document) => document.path === path) ?? {};
    for (const { file } of links) if (file.endsWith(".md")) reached.add(file);
  }
  assert.deepEqual(documents.filter(({ path }) => !reached.has(path)).map(({ path }) => path), []);
});

Deno.test("the architecture names every room, in the order of the rooms", () => {
  const text = documents.find(({ path }) => path === "ARCHITECTURE.md")?.text ?? "";
  const [, section = ""] = /^## The rooms\n([\s\S]*?)^## /m.exec(text) ?? [];
  const named = [...section.matchAll(/^\| `([\w/]+)` +\|/gm)].map(([, room]) => room);
  assert.deepEqual(named, Object.values(ROOMS).flat());
});

Deno.test("every picture is small, and shown in a document", async () => {
  const shown = new Set(documents.flatMap(({ links }) => links.map(({ file }) => file)));
  const pictures = [...files].filter((path) => path.startsWith(PICTURES));
  assert.ok(pictures.length > 0, "no picture was found");
  assert.deepEqual(pictures.filter((path) => !shown.has(path)), []);
  for (const path of pictures) assert.ok((await Deno.stat(path)).size < 250_000, path);
});

Deno.test("the picture of the wiring has each line at its pin, and the defaults of the configuration", async () => {
  const drawing = await Deno.readTextFile(`${PICTURES}wiring.svg`);
  const pins = new Map(
    [...drawing.matchAll(/<g id="pin-(\d+)">([\s\S]*?)<\/g>/g)]
      .map(([, pin, text = ""]) => [Number(pin), text]),
  );
  assert.equal(pins.size, 40);
  for (let line = 0; line < 28; line++) {
    const pin = pins.get(headerPinOf(line) ?? 0) ?? "";
    assert.ok(pin.includes(`<title>${lineShown(line)}</title>`), `GPIO ${line}: ${pin}`);
    assert.match(pin, new RegExp(`>GPIO ${line}( \\(default: \\w+\\))?</text>`));
  }
  for (const key of ["led", "buzzer"]) {
    const line = CONFIG_KEYS.find((one) => one.section === "rpi" && one.key === key)?.default;
    const pin = pins.get(headerPinOf(Number(line)) ?? 0) ?? "";
    assert.match(pin, new RegExp(`class="pin default ${key}"[\\s\\S]*\\(default: ${key}\\)`, "i"));
  }
  const wiring = documents.find(({ path }) => path === "docs/wiring.md")?.text ?? "";
  for (const [, key = "", line = ""] of drawing.matchAll(/>(\w+) = (\d+)<\/text>/g)) {
    const pin = headerPinOf(Number(line));
    assert.match(pins.get(pin ?? 0) ?? "", new RegExp(`class="pin used ${key}"`));
    assert.ok(wiring.includes(`\`${key} = ${line}\`, ${lineShown(Number(line))}`), key);
  }
});

Deno.test("the table of LED, buzzer and lamp is that of the code", () => {
  const shown = tableOf("docs/messages.md", "LED, buzzer and lamp");
  assert.deepEqual(
    shown.map(([, led, buzzer, lamp]) => [led, buzzer, lamp]),
    Object.values(INDICATIONS).map((
      { led, buzzer, lamp },
    ) => [led.words, buzzer.words, lamp.words]),
  );
});

Deno.test("the table of messages has the texts of the code", () => {
  const shown = tableOf("docs/messages.md", "SMS and other messages");
  assert.deepEqual(shown.map(([, message]) => message), DOCUMENTED_MESSAGES);
});

Deno.test("the worked examples change lines that are there, or were changed by them", async () => {
  const changes = docBlocks("docs/contributing.md", "diff").map((block) => block.split("\n"));
  assert.ok(changes.length > 0, "no example was found");
  for (const [name = "", ...lines] of changes) {
    const text = await Deno.readTextFile(name.replace(/^--- /, ""));
    const side = (other: string) =>
      lines.filter((line) => line !== "" && !line.startsWith(other))
        .map((line) => line.slice(1)).join("\n");
    const isThere = [side("+"), side("-")].some((lines) => text.includes(lines));
    assert.ok(isThere, `${name} has no longer:\n${side("+")}`);
  }
});

Deno.test("every file of ours that a document names is there", () => {
  const folders = new Set([...files].map((path) => path.split("/")[0]));
  const isOurs = (name: string) => name.endsWith("_test.ts") || folders.has(name.split("/")[0]);
  const missing = documents.flatMap(({ path, text }) =>
    [...text.matchAll(FILE_NAMED)].flatMap(([, name = ""]) =>
      files.has(name) || !isOurs(name) ? [] : [`${path}: ${name}`]
    )
  );
  assert.deepEqual(missing, []);
});

Deno.test("a test that a document quotes is in the file that it names", async () => {
  const wrong: string[] = [];
  for (const { path, text } of documents) {
    for (const [, file = "", quoted = ""] of text.matchAll(TEST_QUOTED)) {
      const source = files.has(file) ? await Deno.readTextFile(file) : "";
      if (!source.includes(quoted)) wrong.push(`${path}: ${file}: ${quoted}`);
    }
  }
  assert.deepEqual(wrong, []);
});

Deno.test("commands in documents name files and tasks that are there", () => {
  const mistakes = documents.flatMap(({ path, text }) =>
    commandMistakes(text).map((mistake) => `${path}: ${mistake}`)
  );
  assert.deepEqual(mistakes, []);
});

Deno.test("documents, samples and texts of the programs name commands as they are installed", async () => {
  const ours = [...files].filter((path) =>
    /^(?:agent|core|hub|io|tracker|vitals|web)\b.*\.tsx?$|^packaging\//.test(path)
  );
  const texts = await Promise.all(ours.map(async (path) => {
    const text = await Deno.readTextFile(path);
    const isCode = /\.tsx?$/.test(path);
    return { path, text: isCode ? text.replace(/\/\*[^]*?\*\/|^\s*\/\/.*$/gm, "") : text };
  }));
  const commands = texts.flatMap(({ path, text }) =>
    [...text.matchAll(/^ +usage: "([\w-]+)/gm)].map(([, name]) => `${path.split("/")[0]} ${name}`)
  );
  assert.ok(commands.includes("hub enrol") && commands.includes("tracker test"), `${commands}`);
  const short = new RegExp(`(?<![-/\\w.])(?:${commands.join("|")})\\b`, "g");
  const faults = [...documents, ...texts].flatMap(({ path, text }) =>
    [...text.matchAll(short)].map(([found]) => `${path}: ${found}`)
  );
  assert.deepEqual(faults, []);
});

Deno.test("a wrong file or task in a command is found, in any list", () => {
  const text = [
    "1. Type:",
    "",
    "   ```sh",
    "   ./denow test -A tests/none_test.ts tests/docs_test.ts   # not tests/other_test.ts",
    "   ./denow task none && ./denow task ok",
    "   scp dist/hub systemd/*.socket systemd/*.service packaging/none /etc/systemd/none pi@hub.local:",
    "   ```",
  ].join("\n");
  const mistakes = ["tests/none_test.ts", "systemd/*.socket", "packaging/none", "task none"];
  assert.deepEqual(commandMistakes(text), mistakes);
});

Deno.test("a broken link is found, whatever is wrong with it", async () => {
  const text = [
    "# A, `b` and _c_!",
    "## Twice",
    "## Twice",
    "```sh",
    "# no heading [no link](nowhere.md)",
    "```",
    "[own](#a-b-and-c) [own](#twice-1) [own](#no-heading) `[code](nowhere.md)`",
    "[other](../ARCHITECTURE.md#the-flow) [other](../ARCHITECTURE.md#no-such-heading)",
    '![picture](none.png) <img src="none.svg"> [web](https://example.org/none.md)',
  ].join("\n");
  assert.deepEqual(await brokenLinks([...documents, parseDocument("docs/bad.md", text)]), [
    "docs/bad.md: docs/bad.md#no-heading",
    "docs/bad.md: ARCHITECTURE.md#no-such-heading",
    "docs/bad.md: docs/none.png",
    "docs/bad.md: docs/none.svg",
  ]);
});

async function brokenLinks(all: readonly Document[]): Promise<readonly string[]> {
  const known = new Map(all.map((document) => [document.path, document]));
  const broken: string[] = [];
  for (const { path, links } of all) {
    for (const { file, anchor } of links) {
      const target = known.get(file);
      const isThere = target !== undefined || await Deno.stat(file).then(() => true, () => false);
      const leads = anchor === undefined || (target?.anchors.has(anchor) ?? false);
      if (!isThere || !leads) {
        broken.push(`${path}: ${file}${anchor === undefined ? "" : `#${anchor}`}`);
      }
    }
  }
  return broken;
}

/** The rows of the first table below a heading, without its head. */
function tableOf(path: string, heading: string): readonly (readonly string[])[] {
  const text = documents.find((document) => document.path === path)?.text ?? "";
  const [, below = ""] = text.split(`\n## ${heading}\n`);
  return rows(/^\|[\s\S]*?\n\n/m.exec(below)?.[0] ?? "").slice(1);
}

/** The cells of a table's rows, without the formatter's padding. */
function rows(markdown: string): readonly (readonly string[])[] {
  return markdown.trim().split("\n").filter((line) => !/^[|\s:-]+$/.test(line))
    .map((line) => line.split("|").map((cell) => cell.trim()));
}

/** Files of the project and tasks that the shell blocks of a document name, and that do not exist. */
function commandMistakes(text: string): readonly string[] {
  const commands = [...text.matchAll(SHELL_BLOCK)].map(([, , block = ""]) =>
    block.replaceAll(/(?:^|\s)#.*$/gm, "")
  ).join("\n");
  const folders = new Set([...files].flatMap((path) => path.split("/").slice(0, -1).slice(0, 1)));
  const named = [...commands.matchAll(PATH_IN_COMMAND)].flatMap(([, name = ""]) =>
    folders.has(name.split("/")[0] ?? "") && !isThere(name) ? [name] : []
  );
  const tasks = [...commands.matchAll(/\.\/denow task ([\w:-]+)/g)].flatMap(([, task = ""]) =>
    task in config.tasks ? [] : [`task ${task}`]
  );
  return [...named, ...tasks];
}

/** Whether a file, a folder, or for a name with `*` any file is in the project. */
function isThere(name: string): boolean {
  const pattern = RegExp.escape(name.replace(/\/$/, "")).replaceAll("\\*", "[^/]*");
  const found = new RegExp(`^${pattern}(?:/|$)`);
  return [...files].some((path) => found.test(path));
}
