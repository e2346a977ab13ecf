/** A real Chromium with one tab, for tests of the page. */

import { join } from "node:path";
import { type BrowserContext, chromium, type Page } from "playwright-core";
import { TemporaryFolder } from "../program/temporary_folder.ts";
import { patience } from "../time/patience.ts";
import { signalRenderers } from "./renderers.ts";

/** The path on Debian. */
const EXECUTABLE = "/usr/bin/chromium";
/** The time limit for anything to appear on the page. */
const WITHIN_MS = 90_000;
/** How much of the document is printed after a failed test. */
const DUMP_MAX = 20_000;
const SCREENSHOTS = new URL("../../../build/screenshots/", import.meta.url).pathname;

export const PHONE = { width: 390, height: 844 };
export const DESKTOP = { width: 1440, height: 900 };

export interface ChromiumOptions {
  readonly locale?: string;
}

/** `await using chromium = await Chromium.start(); await chromium.story(async (page) => ...);` */
export class Chromium implements AsyncDisposable {
  /** The console output and the uncaught errors of the page. */
  readonly console: string[] = [];
  readonly errors: string[] = [];
  readonly #folder: TemporaryFolder;
  readonly #context: BrowserContext;
  readonly #page: Page;

  private constructor(folder: TemporaryFolder, context: BrowserContext, page: Page) {
    this.#folder = folder;
    this.#context = context;
    this.#page = page;
    page.on("console", (message) => this.console.push(`${message.type()}: ${message.text()}`));
    page.on("pageerror", (error) => this.errors.push(error.stack ?? error.message));
    page.on("dialog", (dialog) => {
      this.errors.push(`a dialog: ${dialog.message()}`);
      void dialog.dismiss();
    });
  }

  /** `locale` is the language of the browser. */
  static async start({ locale = "en-GB" }: ChromiumOptions = {}): Promise<Chromium> {
    const folder = new TemporaryFolder();
    try {
      const context = await chromium.launchPersistentContext(folder.file("profile"), {
        executablePath: EXECUTABLE,
        headless: true,
        chromiumSandbox: false,
        args: [
          "--disable-gpu",
          "--disable-quic",
          "--no-first-run",
          "--disable-background-networking",
          "--disable-component-update",
          "--disable-sync",
        ],
        viewport: DESKTOP,
        colorScheme: "light",
        timezoneId: "Europe/Berlin",
        locale,
        timeout: patience(60_000),
      });
      context.setDefaultTimeout(patience(WITHIN_MS));
      return new Chromium(folder, context, context.pages()[0] ?? await context.newPage());
    } catch (error) {
      folder[Symbol.dispose]();
      throw error;
    }
  }

  /**
   * Runs a test on the tab. When it fails, prints the document and the console before it throws.
   */
  async story(tell: (page: Page) => Promise<void>): Promise<void> {
    try {
      await tell(this.#page);
    } catch (error) {
      const dom = await this.#page.content().catch((reason) => `no document: ${reason}`);
      console.error(`---- document of ${this.#page.url()}\n${dom.slice(0, DUMP_MAX)}`);
      console.error(`---- console\n${[...this.console, ...this.errors].join("\n")}`);
      throw error;
    }
    if (this.errors.length > 0) throw new Error(`the page threw: ${this.errors.join("\n")}`);
  }

  /** Writes a screenshot of the whole page, or of its window, to `build/screenshots/`. */
  async picture(name: string, { wholePage = true } = {}): Promise<void> {
    await Deno.mkdir(SCREENSHOTS, { recursive: true });
    await this.#page.screenshot({
      path: join(SCREENSHOTS, `${name}.png`),
      fullPage: wholePage,
      animations: "disabled",
    });
  }

  /** Freezes the tab like a closed laptop: its scripts receive no event. */
  sleep(): void {
    signalRenderers(this.#folder.path, "SIGSTOP");
  }

  wake(): void {
    signalRenderers(this.#folder.path, "SIGCONT");
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#context.close();
    this.#folder[Symbol.dispose]();
  }
}
