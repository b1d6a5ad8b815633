// The planner's loop: find, edit, see the effect, undo; pin, forbid and stretch stays; keep the plan and compare it.
import assert from "node:assert/strict";
import { app, bar, find, followed, get, inspector, journey, like, local, newest, open, planned, refused, scenario, tried, turnTo, walk } from "./browser.mjs";

journey("the planner's loop", async (desk) => {
  const planner = await desk.planner(), id = await scenario(planner), page = await planner.newPage();
  await open(page, id, "overview");
  await planned(page);
  const doc = await newest(planner, id);
  const sent = doc.tours.filter((t) => t.legs.length === 1 && t.legs[0].lift && !doc.units[t.unit].id.includes("#"));
  assert.ok(sent.length > 2, "too few are sent");

  await editsAndUndoes(page, doc.units[sent[0].unit]);
  const dragged = await drags(page, doc, sent);
  const stretched = await presses(page, await roomy(planner, id, doc, sent.filter((t) => t !== dragged)), app.pins.longer);
  await presses(page, sent.filter((t) => t !== dragged).map((t) => doc.units[t.unit].name).filter((name) => name !== stretched), app.pins.forbid);

  const name = `kept by a journey ${Date.now()}`;
  await bar(page).getByRole("button", { name: app.trial.keep }).click();
  await page.keyboard.type(name);
  await page.keyboard.press("Enter");
  await page.getByText(app.kept(name)).waitFor();
  await bar(page).waitFor({ state: "detached" });
  assert.match(await page.locator(".plan select option:checked").innerText(), new RegExp(name));

  await turnTo(page, "compare");
  await page.getByRole("table", { name: app.compare.numbers }).waitFor();
  const legs = page.getByRole("table", { name: app.compare.legsCaption });
  assert.ok((await legs.getByRole("row").count()) > 1, "no stay differs");
});

// editsAndUndoes changes a unit's notice in the table, and takes it back.
async function editsAndUndoes(page, unit) {
  await find(page, unit.name, app.search.unit);
  await inspector(page).getByRole("heading", { name: unit.name }).waitFor();
  await turnTo(page, "tables");
  await walk(page, "notice");
  const cell = page.locator(".cell.at"), before = await cell.innerText();
  await followed(page, async () => {
    await page.keyboard.type("45");
    await page.keyboard.press("Enter");
  });
  await bar(page).getByText(app.trial.edits(1, 0)).waitFor();
  assert.equal(await page.locator(".cell.changed").innerText(), "45");
  await page.keyboard.press("Control+z");
  await bar(page).waitFor({ state: "detached" });
  await page.keyboard.press("ArrowUp");
  await cell.filter({ hasText: new RegExp(`^${before}$`) }).waitFor();
}

// drags moves the stay of one of some tours on the Gantt chart by some days, which pins it there, and returns the tour; the search streams.
// What cannot be is said and taken back.
async function drags(page, doc, tours) {
  await turnTo(page, "gantt");
  await inspector(page).getByRole("button", { name: app.close }).click();
  for (const tour of tours) {
    if (!refused.test(await drag(page, doc, tour))) return tour;
    await bar(page).getByRole("button", { name: app.trial.undo }).click();
    await bar(page).waitFor({ state: "detached" });
  }
  throw new Error("no stay can be moved");
}

async function drag(page, doc, tour) {
  const canvas = page.locator("#gantt canvas"), unit = doc.units[tour.unit], leg = tour.legs[0];
  await canvas.scrollIntoViewIfNeeded();
  await canvas.focus();
  await page.keyboard.press("Escape"); // the walk begins at the first row
  const said = page.locator("#gantt [aria-live]");
  for (let i = 0; !(await said.textContent()).startsWith(`${unit.name}, `); i++) {
    assert.ok(i < doc.units.length + doc.contributors.length, `no row of ${unit.name}`);
    await page.keyboard.press("ArrowDown");
  }
  const box = await canvas.boundingBox(), tip = await page.locator("#gantt .tip").evaluate((el) => parseFloat(el.style.top));
  const x = (day) => box.x + 250 + (day / doc.days) * (box.width - 262), y = box.y + tip - 52 - 10; // as rowchart.tsx lays rows and days out
  const from = x((leg.effective + leg.until) / 2), to = from + Math.max(8, x(5) - x(0));
  await page.mouse.move(from, y);
  assert.equal(await canvas.evaluate((c) => c.style.cursor), "grab", "no stay under the pointer");
  const progress = bar(page).getByText(/cost .*, \d+\.\d s/).waitFor({ timeout: 20_000 }).then(() => true, () => false);
  const effect = await tried(page, async () => {
    await page.mouse.down();
    await page.mouse.move((from + to) / 2, y);
    await page.mouse.move(to, y);
    await page.mouse.up();
    await page.getByText(like(app.pins.saidPin, unit.name, doc.posts[leg.post].name, null, null)).waitFor();
  });
  if (local && !refused.test(effect)) assert.ok(await progress, "the search does not stream"); // the team's example is done at once
  return effect;
}

// roomy are the names of units whose stay may last a week longer.
async function roomy(planner, id, doc, tours) {
  const { tables } = await get(planner, `/api/scenarios/${id}/tables`), [head, ...rows] = tables.find((t) => t.name === "units").rows;
  const most = new Map(rows.map((r) => [r[head.indexOf("id")], Number(r[head.indexOf("tour.max")] || Infinity)]));
  return tours.filter((t) => t.home - t.legs[0].depart + 10 < most.get(doc.units[t.unit].id)).map((t) => doc.units[t.unit].name);
}

// presses a button of the first of some units that has it and can do it, and returns the unit's name; what cannot be is said and taken back.
async function presses(page, names, label) {
  for (const name of names) {
    await find(page, name, app.search.unit);
    await inspector(page).getByRole("heading", { name }).waitFor();
    const button = inspector(page).getByRole("button", { name: label, exact: true }).first();
    if ((await button.count()) === 0) continue;
    if (!refused.test(await tried(page, () => button.click()))) return name;
    await followed(page, () => bar(page).getByRole("button", { name: app.trial.undo }).click());
  }
  throw new Error(`${label} is possible for none of ${names}`);
}
