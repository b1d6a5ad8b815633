// Every page, in both colours: it draws itself, is accessible, complains of nothing and asks no other host. With RG_PICTURES=1
// it is photographed for the guide.
import assert from "node:assert/strict";
import { accessible, app, bar, find, followed, get, inspector, journey, local, newest, open, origin, planned, post, scenario, seen, words } from "./browser.mjs";

const goal = 1000, limit = 15_000; // milliseconds to interact: wanted, and on the slowest machine

// what a page shows once it has read all
const parts = {
  overview: ".map canvas", map: ".map canvas", gantt: "#gantt canvas", coverage: "#coverage canvas", tables: "[role=grid] .cell", contributors: "table", questions: "section", compare: ".page > *",
  timetable: "table", asks: ".page > *", jobs: ".page > *", history: "ol.past li", conditions: ".page > *", today: ".page > *",
};

journey("every page of a scenario", async (desk) => {
  const planner = await desk.planner(), id = await scenario(planner), page = await planner.newPage(), faults = [];
  await open(page, id, "overview");
  await planned(page);
  for (const [name, part] of Object.entries(parts)) {
    await open(page, id, name);
    await planned(page);
    await page.locator(`main ${part}`).first().waitFor();
    if (name === "overview") {
      const took = Number(await page.evaluate(() => document.documentElement.dataset.ready));
      desk.say(`interactive after ${took} ms; the goal is ${goal} ms`);
      assert.ok(took < limit);
    }
    await seen(page, name, faults);
  }
  const doc = await newest(planner, id), unit = doc.units[doc.tours[0].unit];
  await open(page, id, "gantt");
  await find(page, unit.name, app.search.unit);
  await inspector(page).getByRole("button", { name: app.inspector.why }).click();
  await inspector(page).locator(".alternatives").waitFor();
  await seen(page, "gantt-chosen", faults);
  await open(page, id, "contributors");
  await followed(page, () => page.getByRole("button", { name: app.contributors.without }).first().click());
  await bar(page).getByRole("link", { name: app.pages.compare }).click();
  await page.getByRole("table", { name: app.compare.numbers }).waitFor();
  await seen(page, "compare-trial", faults);
  assert.deepEqual(faults, []);
}, local);

journey("every page of a team", async (desk) => {
  const stranger = await desk.context(), faults = [], door = await stranger.newPage();
  await door.goto(origin);
  await door.getByRole("button", { name: "Sign in" }).waitFor();
  for (const colorScheme of ["light", "dark"]) {
    await door.emulateMedia({ colorScheme });
    faults.push(...(await accessible(door, `sign in, ${colorScheme}`)));
  }
  const planner = await desk.planner(), page = await planner.newPage();
  await page.goto(origin);
  await page.locator(".scenarios li").first().waitFor();
  await seen(page, "home", faults);
  await page.goto(`${origin}/import`);
  await page.locator("input[type=file]").waitFor();
  await seen(page, "import", faults);
  await page.locator("input[type=file]").setInputFiles(process.env.RG_BROKEN);
  await page.locator(".sheet .mistake").waitFor();
  await seen(page, "import-mend", faults);
  await page.goto(`${origin}/people`);
  await page.getByRole("table", { name: app.people.log }).waitFor();
  await seen(page, "people", faults);
  await sharedPage(desk, planner, faults);
  assert.deepEqual(faults, []);
}, !local);

// sharedPage is what whoever has a link sees.
async function sharedPage(desk, planner, faults) {
  const id = await scenario(planner), page = await planner.newPage();
  await open(page, id, "overview");
  await planned(page);
  const { items } = await get(planner, `/api/scenarios/${id}/plans`), { value } = await post(planner, `/api/plans/${items[0].id}/share`, {});
  const reader = await desk.context(), brief = await reader.newPage();
  await brief.goto(`${origin}/share/${value}`);
  await brief.getByText(new RegExp(`^${words.ioc}`)).first().waitFor();
  for (const colorScheme of ["light", "dark"]) {
    await brief.emulateMedia({ colorScheme });
    faults.push(...(await accessible(brief, `share, ${colorScheme}`)));
  }
}
