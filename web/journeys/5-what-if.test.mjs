// What if: somebody does not come, D-day moves, the flanks cost less; what closes a gap, and why a unit is where it is.
import { app, bar, find, followed, inspector, journey, newest, open, planned, scenario, turnTo, words } from "./browser.mjs";

journey("what if", async (desk) => {
  const planner = await desk.planner(), id = await scenario(planner), page = await planner.newPage();
  await open(page, id, "contributors");
  await planned(page);
  const doc = await newest(planner, id);
  await loses(page, doc);
  await asksWhy(page, doc, id);
  await asks(page);
});

const drop = async (page) => {
  await bar(page).getByRole("button", { name: app.trial.drop }).click();
  await bar(page).waitFor({ state: "detached" });
};

// loses leaves out one contributor after the other, those who go most first, until one is replaced by others.
async function loses(page, doc) {
  const stays = new Map(doc.contributors.map((c, i) => [c.name, doc.tours.filter((t) => doc.units[t.unit].contributor === i).length]));
  for (const name of [...stays.keys()].sort((a, b) => stays.get(b) - stays.get(a)).slice(0, 4)) {
    await turnTo(page, "contributors");
    const row = page.getByRole("table", { name: app.contributors.pledges }).getByRole("row").filter({ has: page.getByRole("button", { name, exact: true }) });
    await followed(page, () => row.getByRole("button", { name: app.contributors.without }).click());
    await bar(page).getByText(words.live.without(name)).waitFor();
    await bar(page).getByRole("link", { name: app.pages.compare }).click();
    await page.getByRole("table", { name: app.compare.numbers }).waitFor();
    const posts = await page.getByRole("table", { name: app.compare.posts }).locator("tbody tr").evaluateAll((list) => list.map((r) => [...r.cells].map((c) => c.innerText)));
    await turnTo(page, "contributors");
    await row.getByRole("button", { name: app.contributors.back }).click(); // who is left out is there to be brought back
    await bar(page).waitFor({ state: "detached" });
    const [gone, come] = [4, 5];
    if (posts.some((p) => p[gone] !== "" && p[come] !== "")) return;
  }
  throw new Error("nobody is replaced");
}

// asksWhy asks what would close the worst gap, then why a unit is where it is.
async function asksWhy(page, doc, id) {
  const gap = doc.gaps[0], place = doc.posts[gap.post];
  const day = new Date(Date.parse(`${doc.start}T00:00:00Z`) + gap.on * 86_400_000).toISOString().slice(0, 10);
  await open(page, id, "coverage", `?day=${day}`);
  await find(page, place.name, app.search.post);
  await page.getByRole("button", { name: app.coverage.close }).first().click();
  await page.locator(".alternatives").getByText(/./).first().waitFor();

  const unit = doc.units[doc.tours.find((t) => t.legs[0].lift).unit];
  await find(page, unit.name, app.search.unit);
  await inspector(page).getByRole("button", { name: app.inspector.why }).click();
  await inspector(page).locator(".alternatives h3").waitFor();
}

// asks the server for the reaction curve and the trade-off, and tries a point of it.
async function asks(page) {
  await turnTo(page, "questions");
  const section = (kind) => page.locator("section", { has: page.getByRole("heading", { name: app.questions.titles[kind] }) });
  for (const kind of ["d-day", "tradeoff"]) await section(kind).getByRole("button", { name: /^Ask/ }).click();
  await section("d-day").locator("svg.curve circle").first().waitFor({ timeout: 100_000 });
  const button = section("tradeoff").getByRole("button", { name: app.questions.point(1), exact: true });
  await button.waitFor({ timeout: 100_000 });
  const points = section("tradeoff").locator("circle.pick"); // none where one plan is the best in both
  await followed(page, async () => ((await points.count()) > 0 ? points.last() : button).click());
  await page.getByText(app.questions.priced).waitFor();
  await drop(page);
}
