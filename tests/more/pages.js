// Reads the pages of a running server in Chromium, on a telephone and on a desk, in light and dark, and prints as JSON what was found.
// What must hold is said in test_pages.py.
import { createRequire } from "node:module";
import { readFileSync } from "node:fs";
import { chromium } from "playwright-core";

const { SIMPUL_API: api, SIMPUL_KEY: key } = process.env;
const axe = readFileSync(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");
const RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"];
const PAGES = ["/", "/?lang=id", "/docs/guide", "/docs/model", "/docs/errors", "/docs/errors?lang=id", "/docs", "/docs/nowhere"];
// Nothing but the server under test; the rest stops what Chromium does by itself.
const OPTIONS = [
  "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking", "--disable-component-update",
  "--disable-sync",
];

const browser = await chromium.launch({ executablePath: "/usr/bin/chromium", args: OPTIONS });
const found = { looks: [], guide: null, reference: null };
for (const [colorScheme, width, isExamined] of [["light", 390, true], ["dark", 390, false], ["light", 1280, false], ["dark", 1280, true]]) {
  const context = await browser.newContext({ viewport: { width, height: 900 }, colorScheme, locale: "en-GB" });
  for (const path of PAGES) found.looks.push({ path, colorScheme, width, ...(await look(context, path, isExamined)) });
  await context.close();
}
const desk = await browser.newContext({ viewport: { width: 1280, height: 900 } });
await desk.grantPermissions(["clipboard-read", "clipboard-write"]);
found.guide = await useGuide(await desk.newPage());
found.reference = await useReference(await desk.newPage());
await browser.close();
console.log(JSON.stringify(found));

async function look(context, path, isExamined) {
  const page = await context.newPage();
  const said = [], asked = new Set();
  page.on("console", (message) => message.type() === "error" && said.push(message.text()));
  page.on("pageerror", (error) => said.push(String(error)));
  page.on("request", (request) => asked.add(new URL(request.url()).origin));
  await page.goto(api + path);
  if (path === "/docs") await page.waitForSelector(".opblock-tag");
  const wide = await page.evaluate(() => document.documentElement.scrollWidth - innerWidth);
  const ground = await page.evaluate(() => getComputedStyle(document.body).backgroundColor);
  await page.keyboard.press("Tab");
  const focused = await page.evaluate(() => {
    const { outlineStyle, outlineWidth } = getComputedStyle(document.activeElement);
    const { left, top } = document.activeElement.getBoundingClientRect();
    return { href: document.activeElement.getAttribute("href"), outline: `${outlineStyle} ${outlineWidth}`, isSeen: left >= 0 && top >= 0 };
  });
  // Slow; colours are what differs between light and dark, and the telephone hides nothing.
  const faults = isExamined ? await violations(page) : null;
  const cookies = await context.cookies();
  await page.close();
  return { said, asked: [...asked], wide, ground, focused, faults, cookies: cookies.length };
}

// The code is evaluated by the debugger, which the page's policy does not stop.
async function violations(page) {
  await page.evaluate(axe);
  const { violations } = await page.evaluate((rules) => globalThis.axe.run(document, { runOnly: rules }), RULES);
  return violations.map((each) => ({ id: each.id, first: each.nodes[0].html.slice(0, 200), count: each.nodes.length }));
}

async function useGuide(page) {
  await page.goto(`${api}/docs/guide`);
  await page.fill("#page-search", "if-none-match");
  const hits = await page.locator("#found a").count();
  await page.keyboard.press("Enter");
  const hash = new URL(page.url()).hash;
  const block = page.locator("pre").first();
  await block.locator(".copy").click();
  const copied = await page.evaluate(() => navigator.clipboard.readText());
  const code = await block.locator("code").textContent();
  await page.fill("#page-search", "zzzzqqqq");
  const nothing = await page.locator("#found").textContent();
  await page.emulateMedia({ media: "print" });
  const onPaper = await page.evaluate(() => [".top", ".contents", ".copy"].filter((each) => document.querySelector(each).offsetParent));
  return { hits, hash, isCopied: copied === code && code.length > 0, nothing, onPaper };
}

async function useReference(page) {
  await page.goto(`${api}/docs`);
  await page.click(".btn.authorize");
  const schemes = await page.locator(".modal-ux h4 code").allTextContents();
  await page.waitForFunction(() => document.activeElement === document.querySelector(".modal-ux input"));
  await page.keyboard.type(key);
  await page.keyboard.press("Enter");
  await page.locator(".modal-ux .btn-done").first().click();
  const tags = await page.locator(".opblock-tag").evaluateAll((all) => all.filter((each) => !each.querySelector("small")?.textContent.trim()).length);
  await page.click("#operations-tag-delivery button");
  await page.locator("#operations-delivery-list_posts .opblock-summary-control").click();
  const answered = page.waitForResponse((answer) => answer.url().includes("/v1/posts"));
  await page.click("#operations-delivery-list_posts button.execute");
  const answer = await answered;
  await page.waitForSelector("#operations-delivery-list_posts .live-responses-table");
  await page.setViewportSize({ width: 390, height: 900 });
  const wide = await page.evaluate(() => document.documentElement.scrollWidth - innerWidth);
  const faults = await violations(page);
  return { schemes, undescribed: tags, wide, status: answer.status(), url: answer.url(), sent: Object.keys(await answer.request().allHeaders()), faults };
}
