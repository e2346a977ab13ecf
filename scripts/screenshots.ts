/**
 * `./denow task pictures`: takes the README's pictures of the page from a running demo in which a Pi
 * has just died. Needs Debian's `chromium` and `fonts-dejavu-core`, and two minutes.
 */

import { join } from "node:path";
import { type BrowserContextOptions, chromium, type Page } from "playwright-core";
import { PRETEND_PIS } from "./pretend_pi.ts";
import { PROJECT } from "./project.ts";

const BROWSER = "/usr/bin/chromium";
const PICTURES = join(PROJECT, "docs/pictures");
/** A Pi dies within a minute, and its message is sent some seconds later. */
const PATIENCE_MS = 180_000;

/** This machine's name in the pictures, on any machine. */
const OWN_NAME = "Winterfell";

const DESKTOP = "page-desktop.png";

/** The window size of each picture, and the reader's preferences. */
const VIEWS: Readonly<Record<string, BrowserContextOptions>> = {
  [DESKTOP]: { viewport: { width: 1200, height: 760 }, colorScheme: "light" },
  "page-phone.png": {
    viewport: { width: 390, height: 760 },
    colorScheme: "dark",
    deviceScaleFactor: 1.5,
    isMobile: true,
    hasTouch: true,
  },
};

await main();

async function main(): Promise<void> {
  const state = await Deno.makeTempDir({ prefix: "rpi-cluster-pictures-" });
  await using receiver = receiveMessages();
  const url = `http://127.0.0.1:${freePort()}/`;
  const demo = startDemo(new URL(url), state, receiver.addr.port);
  try {
    await untilTrue(() => answers(`${url}healthz`));
    const password = (await Deno.readTextFile(join(state, "password"))).trim();
    await using browser = await chromium.launch({
      executablePath: BROWSER,
      chromiumSandbox: false,
      args: ["--disable-gpu", "--font-render-hinting=none"],
    });
    const pages: [string, Page][] = [];
    for (const [name, view] of Object.entries(VIEWS)) {
      const context = await browser.newContext({ ...view, locale: "en-GB" });
      pages.push([name, await openPage(await context.newPage(), url, password)]);
    }
    await nameThisMachine(url, password);
    for (const [name, page] of pages) {
      if (name === DESKTOP) await page.getByText("Rows", { exact: true }).click();
      // An element under the pointer would look selected.
      await page.mouse.move(0, 0);
      await untilTold(page);
      await page.screenshot({ path: join(PICTURES, name), animations: "disabled" });
      console.log(join("docs/pictures", name));
    }
  } finally {
    demo.kill("SIGTERM");
    await demo.status;
    await Deno.remove(state, { recursive: true });
  }
}

/** Starts `task demo` beside other running programs, with a channel that accepts its messages. */
function startDemo(page: URL, state: string, receiver: number): Deno.ChildProcess {
  return new Deno.Command(Deno.execPath(), {
    args: ["run", "-A", join(PROJECT, "scripts/start.ts"), "--demo"],
    cwd: PROJECT,
    env: {
      RPI_CLUSTER_HUB_LISTEN: page.host,
      RPI_CLUSTER_HUB_BROKER_LISTEN: `127.0.0.1:${freePort()}`,
      RPI_CLUSTER_HUB_STATE: state,
      RPI_CLUSTER_SMS_PROVIDER: "none",
      RPI_CLUSTER_WEBHOOK_URL: `http://127.0.0.1:${receiver}/`,
    },
    stdin: "null",
    stdout: "null",
    stderr: "inherit",
  }).spawn();
}

function receiveMessages(): Deno.HttpServer<Deno.NetAddr> {
  const options = { hostname: "127.0.0.1", port: 0, onListen: () => {} };
  return Deno.serve(options, async (request) => {
    await request.text();
    return new Response();
  });
}

async function openPage(page: Page, url: string, password: string): Promise<Page> {
  page.setDefaultTimeout(PATIENCE_MS);
  await page.goto(url);
  await page.getByLabel("Password").fill(password);
  await page.getByRole("button", { name: "Log in" }).click();
  for (const { id } of PRETEND_PIS) {
    await page.locator(`[data-node="${id}"]`).getByText("up", { exact: true }).waitFor();
  }
  return page;
}

async function nameThisMachine(url: string, password: string): Promise<void> {
  const headers = { "authorization": `Bearer ${password}`, "content-type": "application/json" };
  const answer = await fetch(`${url}api/v1/nodes`, { headers });
  const { nodes } = await answer.json() as { nodes: readonly { readonly id: string }[] };
  for (const { id } of nodes) {
    if (PRETEND_PIS.some((pi) => pi.id === id)) continue;
    const body = JSON.stringify({ name: OWN_NAME });
    await (await fetch(`${url}api/v1/nodes/${id}/rename`, { method: "POST", headers, body }))
      .text();
  }
}

/** A Pi is down, and a message about it was sent. */
async function untilTold(page: Page): Promise<void> {
  const isDown = page.getByRole("heading", { level: 1, name: /is down/ });
  const message = page.getByText(/ is down\. Last heard/).first();
  do {
    await isDown.waitFor();
    await message.waitFor({ state: "attached" });
  } while (!await isDown.isVisible());
}

async function answers(url: string): Promise<boolean> {
  try {
    const response = await fetch(url);
    await response.body?.cancel();
    return response.ok;
  } catch {
    return false;
  }
}

async function untilTrue(isTrue: () => Promise<boolean>): Promise<void> {
  const giveUpAt = performance.now() + PATIENCE_MS;
  while (!await isTrue()) {
    if (performance.now() > giveUpAt) throw new Error("The demo does not answer");
    await new Promise((resolve) => setTimeout(resolve, 200));
  }
}

function freePort(): number {
  using listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  return listener.addr.port;
}
