// What the journeys share: a browser whose pages are watched, and the servers that they visit.
import assert from "node:assert/strict";
import { mkdirSync, readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { chromium } from "playwright-core";
import ts from "typescript";

export const local = Boolean(process.env.RG_LOCAL); // one scenario for one person; else a team's server
export const origin = new URL(process.env.RG_ORIGIN ?? process.env.RG_LOCAL ?? process.env.RG_INVITE).origin;
export const sizes = { desk: { width: 1366, height: 768 }, tablet: { width: 820, height: 1180 } };

const here = (path) => new URL(path, import.meta.url);

// words are the texts of the pages, so that journeys look for what people read there.
const source = ts.transpileModule(readFileSync(here("../src/text.ts"), "utf8"), { compilerOptions: { module: ts.ModuleKind.ESNext, target: ts.ScriptTarget.ES2022 } });
export const { text: words } = await import(`data:text/javascript;base64,${Buffer.from(source.outputText).toString("base64")}`);
export const app = words.app;

const axe = readFileSync(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");

// starting with: some of a text that is made of values.
export const like = (make, ...values) => new RegExp(make(...values.map((v) => v ?? "\u0000")).replace(/[.*+?^${}()|[\]\\]/g, "\\$&").replaceAll("\u0000", ".*"));

// journey is a test with a browser; at its end no page may have complained or asked another host.
export function journey(name, run, where = true) {
  test(name, { skip: !where }, async (t) => {
    const browser = await chromium.launch({ executablePath: process.env.RG_CHROMIUM, args: ["--no-sandbox"] });
    const desk = new Desk(browser, t);
    try {
      await Promise.race([run(desk), late(150_000)]);
      assert.deepEqual(desk.wrong, [], "complaints of the pages");
    } catch (e) {
      await desk.picture(name);
      throw e;
    } finally {
      await browser.close();
    }
  });
}

const late = (ms) => new Promise((_, reject) => setTimeout(() => reject(new Error(`not done after ${ms / 1000} seconds`)), ms).unref());

// A Desk opens pages for people, each with a context of their own.
class Desk {
  wrong = [];
  last = null;
  forgives = /^$/; // complaints that a journey brings about

  constructor(browser, t) {
    this.browser = browser;
    this.t = t;
  }

  say(message) {
    this.t.diagnostic(message);
  }

  async context(options = {}) {
    const context = await this.browser.newContext({ viewport: sizes.desk, acceptDownloads: true, ...options });
    context.setDefaultTimeout(30_000);
    await context.addInitScript(() => addEventListener("securitypolicyviolation", (e) => console.error(`policy: ${e.violatedDirective} ${e.blockedURI}`)));
    context.on("page", (page) => this.watch(page));
    return context;
  }

  watch(page) {
    this.last = page;
    const complain = (what) => this.wrong.push(`${new URL(page.url()).pathname}: ${what}`);
    page.on("pageerror", (e) => complain(e.stack ?? e.message));
    page.on("console", (m) => m.type() === "error" && !this.forgives.test(m.text()) && complain(m.text()));
    page.on("request", (r) => {
      const url = new URL(r.url());
      if (/^(https?|wss?):$/.test(url.protocol) && url.origin !== origin) complain(`asks ${url.origin}`);
    });
  }

  // planner is somebody who may do all: the one person of a local server, or the coordinator of a team's.
  async planner(options) {
    const context = await this.context(options);
    if (!local) await enterFirst(context);
    return context;
  }

  // liaison is somebody new, invited by a planner to speak for a contributor.
  liaison(planner, contributor) {
    return this.invited(planner, { role: "liaison", contributor }, `Liaison of ${contributor}`);
  }

  // invited is somebody new of a role.
  async invited(planner, grant, name) {
    const { value } = await post(planner, "/api/invites", grant);
    const email = `${name.replace(/\W+/g, "-")}-${value.slice(0, 8)}@example.org`.toLowerCase(), password = "a long password";
    const apart = await this.context();
    await post(apart, "/api/session/accept", { token: value, name, email, password });
    await apart.close();
    return { email, password };
  }

  async picture(name) {
    if (!this.last || this.last.isClosed()) return;
    const path = join(tmpdir(), `journey-${name.replace(/\W+/g, "-")}.png`);
    await this.last.screenshot({ path }).catch(() => {});
    this.say(`at ${this.last.url()}, see ${path}; ${this.wrong.join("; ")}`);
  }
}

const first = { email: "coordinator@example.org", password: "a long password" };

async function enterFirst(context) {
  const signed = await context.request.post(`${origin}/api/session`, { data: first });
  if (!signed.ok()) await post(context, "/api/session/accept", { token: process.env.RG_INVITE.split("/").pop(), name: "First Coordinator", ...first });
}

export async function get(context, path) {
  const r = await context.request.get(origin + path);
  assert.ok(r.ok(), `${path}: ${r.status()} ${await r.text()}`);
  return r.json();
}

export async function post(context, path, data, headers = {}) {
  const r = await context.request.post(origin + path, { data, headers });
  assert.ok(r.ok(), `${path}: ${r.status()} ${await r.text()}`);
  return r.status() === 204 ? null : r.json();
}

// scenario is the ID of the local server's scenario, or of one that a team's planner imports; its plan comes by itself.
export async function scenario(planner, change = (yaml) => yaml) {
  if (local) return (await get(planner, "/api/scenarios")).items[0].id;
  const yaml = change(readFileSync(here("../../examples/tiny.yaml"), "utf8"));
  const { id } = await post(planner, "/api/import/yaml", Buffer.from(yaml), { "Content-Type": "application/octet-stream" });
  await post(planner, `/api/scenarios/${id}/jobs`, { kind: "plan", options: { seconds: 2, name: "first plan" } });
  return id;
}

// signIn goes through the form.
export async function signIn(page, { email, password }) {
  await page.goto(origin);
  await page.getByLabel("Email").fill(email);
  await page.getByLabel("Password").fill(password);
  await page.getByRole("button", { name: "Sign in" }).click();
  await ready(page);
}

// open shows a page of a scenario, and waits until it has read what it needs.
export async function open(page, id, name, query = "") {
  await page.goto(`${origin}/scenarios/${id}/${name}${query}`);
  await ready(page);
}

export const ready = (page) => page.waitForFunction(() => document.documentElement.dataset.ready);

// planned waits for the plan that the page shows.
export async function planned(page) {
  await page.locator(".verdict .good").first().waitFor();
}

// newest is what the page of the newest plan shows; units of one name have their IDs in it, as on the page.
export async function newest(context, id) {
  const { items } = await get(context, `/api/scenarios/${id}/plans`), doc = await get(context, `/api/plans/${items[0].id}/document`);
  const names = doc.units.map((u) => u.name);
  for (const u of doc.units) if (names.indexOf(u.name) !== names.lastIndexOf(u.name)) u.name = `${u.name} (${u.id})`;
  return doc;
}

export async function turnTo(page, name) {
  await page.getByRole("navigation", { name: app.menu }).getByRole("link", { name: app.pages[name] }).click();
  await page.getByRole("heading", { level: 1, name: app.pages[name], exact: true }).waitFor();
}

// find chooses something through the search, from the keyboard.
export async function find(page, name, kind) {
  await page.evaluate(() => document.activeElement?.blur());
  await page.keyboard.press("/");
  await page.keyboard.type(name);
  const options = page.getByRole("listbox", { name: app.search.label }).getByRole("option");
  await options.first().waitFor();
  const list = await options.allInnerTexts();
  const at = list.findIndex((x) => x.split("\n")[0] === name && x.includes(kind));
  assert.ok(at >= 0, `${kind} ${name} is not found: ${list.join("; ")}`);
  for (let i = 0; i < at; i++) await page.keyboard.press("ArrowDown");
  await page.keyboard.press("Enter");
}

export const inspector = (page) => page.getByRole("complementary", { name: app.inspector.label });
export const bar = (page) => page.getByRole("complementary", { name: app.trial.label });

// tried waits for the trial that an act starts, and returns what the page says of it.
export async function tried(page, act) {
  const began = page.waitForResponse((r) => r.url().endsWith("/trial"));
  await act();
  await began;
  await bar(page).getByRole("button", { name: words.live.again }).waitFor();
  return (await bar(page).locator(".effect").innerText()).replaceAll("\n", ", ");
}

export const refused = like(words.live.failed, null);

// followed is tried, of a trial that must not fail.
export async function followed(page, act) {
  const said = await tried(page, act);
  assert.doesNotMatch(said, refused, said);
  assert.notEqual(said, "", "the bar says nothing of the effect");
  return said;
}

// walk goes to a column of the sheet from where its cursor is.
export async function walk(page, column) {
  const grid = page.getByRole("grid");
  await grid.focus();
  await page.keyboard.press("Control+ArrowLeft");
  const head = await grid.getByRole("columnheader").allInnerTexts();
  const at = head.indexOf(column) - 1; // the first counts the rows
  assert.ok(at >= 0, `no column ${column} in ${head}`);
  for (let i = 0; i < at; i++) await page.keyboard.press("ArrowRight");
  await page.locator(".sheet .about strong", { hasText: new RegExp(`^${column}$`) }).waitFor();
}

// notice types a unit's notice into the table.
export async function notice(page, unit, text) {
  await page.getByLabel(app.tables.filter).fill(unit);
  await walk(page, "notice");
  await page.keyboard.press("Control+ArrowUp");
  await page.keyboard.type(text);
  await page.keyboard.press("Enter");
  await page.locator(".cell.changed", { hasText: new RegExp(`^${text}$`) }).waitFor();
}

// accessible refuses what axe calls serious or critical.
export async function accessible(page, name) {
  await page.evaluate(axe);
  const { violations } = await page.evaluate(() => globalThis.axe.run(document, { resultTypes: ["violations"] }));
  const grave = violations.filter((v) => v.impact === "serious" || v.impact === "critical");
  return grave.map((v) => `${name}: ${v.impact} ${v.id}: ${v.nodes.slice(0, 3).map((n) => `${n.target} ${n.failureSummary?.split("\n")[1]?.trim() ?? ""}`).join(" | ")}${v.nodes.length > 3 ? ` and ${v.nodes.length - 3} more` : ""}`);
}

const pictures = here("../../docs/guide/images/app/").pathname;

// seen looks at a page in both colours, and photographs it for the guide if asked to.
export async function seen(page, name, faults) {
  for (const colorScheme of ["light", "dark"]) {
    await page.emulateMedia({ colorScheme, reducedMotion: "reduce" });
    await page.locator(`html[data-theme=${colorScheme}]`).waitFor();
    faults.push(...(await accessible(page, `${name}, ${colorScheme}`)));
    if (process.env.RG_PICTURES === "1") await photograph(page, `${name}-${colorScheme}`);
  }
}

async function photograph(page, name) {
  mkdirSync(pictures, { recursive: true });
  for (const size of Object.values(sizes)) {
    await page.setViewportSize(size);
    await page.evaluate(() => new Promise((drawn) => requestAnimationFrame(() => requestAnimationFrame(drawn))));
    await page.screenshot({ path: `${pictures}${name}-${size.width}.png` });
  }
  await page.setViewportSize(sizes.desk);
}
