// The analyst: imports a workbook with three mistakes, is led to each, mends them in place, plans, takes the report along.
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { pathToFileURL } from "node:url";
import { app, journey, local, origin, planned, ready, words } from "./browser.mjs";

const right = { persons: "800", place: "lviv", contributor: "GBR" };

journey("the analyst", async (desk) => {
  const planner = await desk.planner(), page = await planner.newPage();
  await page.goto(`${origin}/import`);
  await ready(page);
  await page.locator("input[type=file]").setInputFiles(process.env.RG_BROKEN);
  const mistakes = page.locator(".problems .wrong"), left = page.getByRole("status").filter({ hasText: /mend|No mistakes/ });
  await mistakes.first().waitFor();
  const mended = new Set();
  for (let n = await mistakes.count(); n > 0; n = await mistakes.count()) {
    await mends(page, mistakes.first(), mended);
    assert.ok(mended.size <= 3, `more than three mistakes: ${[...mended]}`);
  }
  assert.deepEqual([...mended].sort(), Object.keys(right).sort());
  await left.getByText(app.import.right).waitFor();

  await page.getByRole("button", { name: app.import.keep }).click();
  await page.waitForURL(/\/scenarios\/[^/]+\/overview/);
  await planned(page); // the plan appears by itself
  await takesReport(desk, page);
}, !local);

// mends goes to where a mistake leads, and puts right what is there.
async function mends(page, mistake, mended) {
  await mistake.getByRole("button").click();
  const said = page.locator(".sheet .mistake"), cell = page.locator(".cell.at.wrong");
  await said.waitFor();
  await cell.waitFor();
  const column = await page.locator(".sheet .about strong").innerText();
  assert.ok(right[column], `a mistake in ${column}`);
  mended.add(column);
  const checked = page.waitForResponse((r) => r.url().endsWith("/api/tables/check"));
  if (column === "contributor") {
    await said.getByRole("button", { name: app.sheet.maybe(right.contributor) }).click();
  } else {
    await page.keyboard.type(right[column]);
    await page.keyboard.press("Enter");
  }
  await checked;
  await cell.waitFor({ state: "detached" });
}

// takesReport downloads the report and opens the file: it draws itself and asks nobody for anything.
async function takesReport(desk, page) {
  await page.getByText("First Coordinator").click();
  const [download] = await Promise.all([page.waitForEvent("download"), page.getByRole("link", { name: app.history.report }).click()]);
  const path = await download.path();
  assert.match(readFileSync(path, "utf8"), /default-src 'none'/);
  const apart = await desk.context({ offline: true }), report = await apart.newPage();
  await report.route("**/*", (route) => route.fulfill({ path, contentType: "text/html" }), { times: 1 });
  await report.goto(pathToFileURL(path).href);
  await report.getByText(new RegExp(`^${words.ioc}`)).first().waitFor();
}
