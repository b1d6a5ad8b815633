// No edit is lost: the server ends while one edits, the page is loaded again, somebody else saves the same record, the session ends.
import assert from "node:assert/strict";
import { mkdtempSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { accessible, app, bar, get, journey, notice, open, origin, planned, scenario, seen, tried } from "../browser.mjs";
import { Server } from "./server.mjs";

const e = app.edits;

journey("no edit is lost", async (desk) => {
  desk.forgives = /^Failed to load resource/; // while nobody answers, and of what is refused
  const faults = [];
  const data = mkdtempSync(join(tmpdir(), "journey-"));
  const start = () => Server.start(desk.t, ["--data", data, "--workers", "1"]);
  let server = await start();
  process.env.RG_INVITE = /http\S+invite\/\w+/.exec(server.said)[0];
  const planner = await desk.planner(), id = await scenario(planner), page = await planner.newPage();
  await open(page, id, "overview");
  await planned(page);
  await open(page, id, "tables");
  const notices = async () => {
    const { tables } = await get(planner, `/api/scenarios/${id}/tables`), [head, ...rows] = tables.find((t) => t.name === "units").rows;
    return Object.fromEntries(rows.map((r) => [r[0], r[head.indexOf("notice")]]));
  };
  const standing = (text) => bar(page).locator(".standing").getByText(text);
  const keep = bar(page).locator("button.strong");

  // Edited while the server is away: nothing can be kept, and nothing is lost.
  await tried(page, () => notice(page, "gbr-1", "31"));
  await server.end("SIGKILL");
  await notice(page, "pol-1", "20");
  await notice(page, "fra-1", "25");
  await standing(e.away(3)).waitFor();
  assert.equal(await keep.isDisabled(), true, "what the server has not checked can be kept");
  assert.equal(await keep.getAttribute("title"), e.closed.away);
  await seen(page, "unsaved-away", faults);
  server = await start();
  await standing(e.away(3)).waitFor({ state: "detached" });
  await bar(page).getByRole("button", { name: app.trial.keep }).and(page.locator(":enabled")).click({ timeout: 60_000 });
  await page.keyboard.type("three at once");
  await page.keyboard.press("Enter");
  await page.getByText(app.saved(3, 2)).waitFor();
  await bar(page).waitFor({ state: "detached" });
  const saved = await notices();
  assert.deepEqual([saved["gbr-1"], saved["pol-1"], saved["fra-1"]], ["31", "20", "25"]);

  // Loaded again while edits are unsaved, and meanwhile somebody else has saved the same cell: restored, and to be decided.
  await notice(page, "gbr-1", "33");
  await notice(page, "pol-1", "22");
  await bar(page).getByText(app.trial.edits(2)).waitFor();
  await page.goto("about:blank");
  await set(planner, id, "gbr-1", { notice: 40 });
  await open(page, id, "tables");
  await page.getByText(e.clash(1)).waitFor();
  await bar(page).getByText(app.trial.edits(2)).waitFor();
  await standing(/Restored: 2 edits/).waitFor();
  await standing(e.torn(1)).waitFor();
  await bar(page).getByText(app.trial.edits(2)).click();
  await page.locator(".clash").getByText("40").waitFor();
  await seen(page, "unsaved", faults);
  await page.keyboard.press("Escape");
  await save(page, "the one that others did not touch", app.trial.edits(1));
  assert.deepEqual([(await notices())["gbr-1"], (await notices())["pol-1"]], ["40", "22"]);
  await bar(page).getByText(app.trial.edits(1)).click();
  await page.getByRole("button", { name: e.takeTheirs }).click();
  await bar(page).waitFor({ state: "detached" });

  // The session ends in the midst of it.
  await notice(page, "fra-1", "26");
  await planner.clearCookies();
  await notice(page, "gbr-1", "41");
  await page.getByText(app.signedOut(2)).waitFor();
  faults.push(...(await accessible(page, "signed out")));
  await page.getByRole("link", { name: app.signInAgain }).click();
  await page.getByLabel("Email").fill("coordinator@example.org");
  await page.getByLabel("Password").fill("a long password");
  await page.getByRole("button", { name: "Sign in" }).click();
  await page.waitForURL(`**/scenarios/${id}/tables**`);
  await standing(/Restored: 2 edits/).waitFor();
  faults.push(...(await accessible(page, "restored")));
  await save(page, "after all");
  assert.deepEqual([(await notices())["fra-1"], (await notices())["gbr-1"]], ["26", "41"]);
  assert.equal(await server.end(), 0);
  assert.deepEqual(faults, []);
});

// save saves what can be, and waits for what is left.
async function save(page, why, left) {
  await bar(page).locator("button.strong:enabled").click({ timeout: 60_000 });
  await page.keyboard.type(why);
  await page.keyboard.press("Enter");
  if (left) await bar(page).getByText(left).waitFor();
  else await bar(page).waitFor({ state: "detached" });
}

// set changes a unit as another program does.
async function set(context, id, unit, values) {
  const { items } = await get(context, `/api/scenarios/${id}/records/units`), r = items.find((x) => x.key === unit);
  const w = await context.request.put(`${origin}/api/scenarios/${id}/records/units/${unit}`, { data: { ...r.body, ...values }, headers: { "If-Match": `"${r.version}"` } });
  assert.ok(w.ok(), await w.text());
}
