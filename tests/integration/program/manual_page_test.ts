/** The manual pages name every command and option, and are what a reader of man(7) expects. */

import assert from "node:assert/strict";
import { AGENT_COMMANDS } from "../../../agent/commands/command_line.ts";
import { HUB } from "../../../hub/command_line.ts";
import { type ManualOptions, manualPage } from "../../../io/program/manual_page.ts";
import { TRACKER_COMMANDS } from "../../../tracker/commands/command_line.ts";

const OPTIONS: ManualOptions = {
  files: { "/etc/sample.ini": "Its configuration." },
  seeAlso: ["other"],
  homepage: "https://example.org/sample",
};

/** The page as a reader sees it. */
function read(page: string): string {
  return page.replaceAll("\\-", "-").replaceAll("\\&", "").replaceAll("\\e", "\\");
}

for (const line of [AGENT_COMMANDS, TRACKER_COMMANDS, HUB]) {
  Deno.test(`the page of the ${line.name} has each command and option with its description`, () => {
    const page = read(manualPage(line, OPTIONS));
    assert.match(page, new RegExp(`^\\.SH NAME\n${line.command} - \\w`, "m"));
    for (const { usage, description, options = [] } of line.commands ?? []) {
      const [name = ""] = usage.split(" ");
      assert.match(page, new RegExp(`^\\.B ${name}\\b`, "m"));
      assert.ok(page.includes(description), description);
      for (const { flags, description } of options) {
        assert.ok(page.includes(`.B ${flags}\n${description}`), flags);
      }
    }
    for (const common of ["--config <FILE>", "--log-level <LEVEL>", "--version"]) {
      assert.ok(page.includes(common), common);
    }
    assert.match(page, /^0 asked to stop, 1 failure, 2 usage, 78 bad configuration\.$/m);
    assert.match(page, /^\.B \/etc\/sample\.ini\nIts configuration\.$/m);
  });
}

Deno.test("no text becomes a request or an escape of its own", () => {
  const line = { name: "sample", version: "1", main: 0 };
  const description = ".so is no request, \\n no escape.";
  const page = manualPage({ ...line, description }, OPTIONS);
  assert.match(page, /^\\&\.so is no request, \\en no escape\.$/m);
  assert.match(page, /^\.SH NAME\nsample \\- \.so is/m);
});
