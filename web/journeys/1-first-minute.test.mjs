// The first minute: what the plan says, and what follows when D-day moves.
import assert from "node:assert/strict";
import { app, bar, followed, journey, local, open, origin, planned, ready, scenario, words } from "./browser.mjs";

journey("the first minute", async (desk) => {
  const planner = await desk.planner(), page = await planner.newPage();
  if (local) {
    await page.goto(origin); // leads to the one scenario
    await ready(page);
  } else {
    await open(page, await scenario(planner), "overview");
  }
  await planned(page);
  assert.match(page.url(), /\/overview/);

  const figures = page.locator(".figures");
  await figures.getByText(`${words.ioc} · `).first().waitFor();
  await figures.getByText(`${words.foc} · `).first().waitFor();
  for (const title of [words.areas.title, words.flow.title, app.overview.gaps, app.overview.soon]) await page.getByRole("heading", { name: title }).first().waitFor();
  const section = (title) => page.locator("section", { has: page.getByRole("heading", { name: title }) }).first();
  assert.ok((await section(app.overview.gaps).getByRole("listitem").count()) > 0, "nobody to ask");
  assert.ok((await section(app.overview.soon).getByRole("listitem").count()) > 0, "nothing to decide");
  assert.ok((await section(words.flow.title).getByRole("listitem").count()) > 0, "no backfill");
  await page.locator(".map canvas").first().waitFor();

  const slider = page.locator(".d-day input[type=range]").first();
  await slider.focus();
  const from = Number(await slider.inputValue());
  let began;
  const said = await followed(page, async () => {
    for (let i = 0; i < 7; i++) await page.keyboard.press("ArrowRight");
    began = performance.now();
  });
  desk.say(`D-day a week later: the effect shows after ${Math.round(performance.now() - began)} ms: ${said}`);
  assert.equal(Number(await slider.inputValue()), from + 7);
  assert.match(page.url(), /[?&]d-day=/);

  await bar(page).getByRole("button", { name: app.trial.drop }).click();
  await bar(page).waitFor({ state: "detached" });
  assert.doesNotMatch(page.url(), /[?&]d-day=/);
  assert.equal(Number(await slider.inputValue()), from);
});
