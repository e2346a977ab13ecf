/** Opens the hub's page in Chromium like a person, with the password. */

import type { Locator, Page } from "playwright-core";
import { buildPageWhenStale } from "../../../scripts/build_page.ts";
import type { Hub } from "../program/programs.ts";
import { Chromium, type ChromiumOptions } from "./chromium.ts";

// A hub reads the page's files once, so they must be built from the present sources before a hub
// starts.
await buildPageWhenStale();

/** Starts a Chromium for the page that a hub serves. */
export async function startChromium(options: ChromiumOptions = {}): Promise<Chromium> {
  return await Chromium.start(options);
}

/** Loads the page and logs in. Resolves when it is live. */
export async function openPage(page: Page, hub: Hub): Promise<void> {
  await page.goto(hub.url);
  await logIn(page, hub.password);
  await page.locator(".link.is-live").waitFor();
}

export async function logIn(page: Page, password: string): Promise<void> {
  await page.getByLabel("Password").fill(password);
  await page.getByRole("button", { name: "Log in" }).click();
}

/** Returns the card of a node, once it shows this state in words: `up`, `late`, `was up`, ... */
export async function card(page: Page, id: string, state: string): Promise<Locator> {
  const found = page.locator(`.card[data-node="${id}"]`);
  await found.locator(".state").getByText(state, { exact: true }).waitFor();
  return found;
}

/** Resolves when the verdict line shows this text. */
export async function verdict(page: Page, sentence: string | RegExp): Promise<void> {
  await page.getByRole("heading", { level: 1, name: sentence }).waitFor();
}
