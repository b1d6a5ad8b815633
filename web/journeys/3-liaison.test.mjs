// The liaison officer: signs in, sees what may be seen, pastes, takes over a workbook, answers an ask, sees what is wanted.
import assert from "node:assert/strict";
import { app, bar, get, journey, local, newest, open, origin, planned, post, ready, scenario, signIn, turnTo, walk, words } from "./browser.mjs";

journey("the liaison officer", async (desk) => {
  const planner = await desk.planner();
  const id = await scenario(planner, (yaml) => yaml.replace("name: France, share: 0.4", "name: France, share: 0.4, release: nothing"));
  const watch = await planner.newPage();
  await open(watch, id, "overview");
  await planned(watch);

  const liaison = await desk.context(), page = await liaison.newPage();
  await signIn(page, await desk.liaison(planner, "GBR"));
  await page.getByRole("link", { name: "tiny" }).first().waitFor();
  await open(page, id, "overview");
  await planned(page);
  await seesWhatMayBeSeen(liaison, page, id);
  await pastes(planner, page, id);
  await takesOver(planner, page, id);
  await answers(planner, page, id);
}, !local);

// seesWhatMayBeSeen looks for a unit that is not released: not on a page, not in what the page reads, not in what it finds.
async function seesWhatMayBeSeen(liaison, page, id) {
  assert.doesNotMatch(JSON.stringify(await newest(liaison, id)), /fra-1|FRA battlegroup/);
  assert.doesNotMatch(JSON.stringify(await get(liaison, `/api/scenarios/${id}/tables`)), /fra-1|FRA battlegroup/);
  const menu = page.getByRole("navigation", { name: app.menu });
  for (const name of ["questions", "jobs"]) assert.equal(await menu.getByRole("link", { name: app.pages[name] }).count(), 0, `${name} is for planners`);
  assert.equal(await page.getByLabel(words.live.dDay("Reassurance force")).count(), 0, "D-day is for planners");
  await page.keyboard.press("/");
  await page.keyboard.type("fra-1");
  assert.equal(await page.getByRole("listbox", { name: app.search.label }).getByRole("option").count(), 0);
  await page.keyboard.press("Escape");
}

// pastes puts a block of cells into the liaison's own units, and saves them.
async function pastes(planner, page, id) {
  await turnTo(page, "tables");
  await page.getByRole("tab", { name: /^units \d/ }).click();
  await page.getByLabel(app.tables.filter).fill("gbr-");
  await walk(page, "persons");
  await page.keyboard.press("Control+ArrowUp");
  await page.getByRole("grid").evaluate((grid, block) => {
    const clipboardData = new DataTransfer();
    clipboardData.setData("text/plain", block);
    grid.dispatchEvent(new ClipboardEvent("paste", { clipboardData, bubbles: true, cancelable: true }));
  }, "910\t6100\n920\t6200\n");
  await save(page, 2, "strength as of today");
  const units = await rowsOf(planner, id);
  assert.deepEqual([units["gbr-1"].persons, units["gbr-1"].tonnes, units["gbr-2"].persons, units["gbr-2"].tonnes], ["910", "6100", "920", "6200"]);
}

// save keeps the edits of some records, with a reason.
async function save(page, records, why) {
  await bar(page).getByText(app.trial.edits(records, 0)).waitFor();
  await bar(page).getByRole("button", { name: app.trial.save }).click();
  await page.keyboard.type(why);
  await page.keyboard.press("Enter");
  await bar(page).waitFor({ state: "detached" });
}

// rowsOf are the cells of the units by ID and column.
async function rowsOf(context, id) {
  const { tables } = await get(context, `/api/scenarios/${id}/tables`), [head, ...rows] = tables.find((t) => t.name === "units").rows;
  return Object.fromEntries(rows.map((r) => [r[head.indexOf("id")], Object.fromEntries(head.map((h, i) => [h, r[i]]))]));
}

// takesOver uploads a workbook in which a unit's notice is as it was before an edit.
async function takesOver(planner, page, id) {
  const before = (await rowsOf(planner, id))["gbr-2"].notice;
  const [download] = await Promise.all([page.waitForEvent("download"), page.getByRole("link", { name: app.tables.download("XLSX") }).click()]);
  const book = await download.path();
  await page.getByLabel(app.tables.filter).fill("gbr-2");
  await walk(page, "notice");
  await page.keyboard.type("21");
  await page.keyboard.press("Enter");
  await save(page, 1, "quicker");
  assert.equal((await rowsOf(planner, id))["gbr-2"].notice, "21");
  await page.locator("input[type=file]").setInputFiles({ name: "own.xlsx", mimeType: "application/octet-stream", buffer: await import("node:fs").then((fs) => fs.readFileSync(book)) });
  await save(page, 1, "by the workbook");
  assert.equal((await rowsOf(planner, id))["gbr-2"].notice, before);
}

// answers offers a unit to an ask of the planner's, and sees what the plan wants.
async function answers(planner, page, id) {
  await turnTo(page, "asks");
  await page.getByText(app.asks.none).waitFor();
  await post(planner, `/api/scenarios/${id}/asks`, { contributor: "GBR", due: "2099-01-01", for: { capability: "battlegroup", quantity: 1, post: "lviv", from: "2025-06-01", note: "a second one" } });
  const ask = page.locator(".asks li", { hasText: "a second one" }); // comes by itself
  await ask.getByLabel(app.asks.unit).selectOption("gbr-2");
  await ask.getByLabel(app.asks.note).fill("from June");
  await ask.getByRole("button", { name: app.asks.verbs.offered }).click();
  await ask.getByText(app.asks.states.offered, { exact: true }).waitFor();
  await ask.getByText("from June").waitFor();
  assert.equal((await rowsOf(planner, id))["gbr-2"].pledge, "offered");
  const wanted = page.getByRole("table", { name: /^What the plan wants of/ });
  assert.ok((await wanted.getByRole("row").count()) > 1, "the plan wants nothing of it");
}
