// The decision maker: opens a link, without an account, and sees how soon and where.
import assert from "node:assert/strict";
import { app, journey, local, open, planned, scenario, turnTo, words } from "./browser.mjs";

journey("the decision maker", async (desk) => {
  const planner = await desk.planner(), page = await planner.newPage();
  await open(page, await scenario(planner), "overview");
  await planned(page);
  await turnTo(page, "history");
  await page.getByRole("button", { name: app.history.share }).first().click();
  const toast = page.locator(".toast", { hasText: "/share/" });
  const [link] = /http\S+\/share\/\w+/.exec(await toast.innerText());

  const reader = await desk.context(), brief = await reader.newPage();
  const answer = await brief.goto(link);
  assert.equal(answer.status(), 200);
  await brief.getByText(new RegExp(`^${words.ioc}`)).first().waitFor();
  await brief.getByText(new RegExp(`^${words.foc}`)).first().waitFor();
  await brief.locator("canvas").first().waitFor();
  assert.deepEqual(await reader.cookies(), []);
}, !local);
