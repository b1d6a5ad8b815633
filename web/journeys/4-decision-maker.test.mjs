// The decision maker: an approver approves the plan; who opens a link, without an account, sees how soon and where, and that it is approved.
import assert from "node:assert/strict";
import { app, journey, local, open, planned, scenario, signIn, turnTo, words } from "./browser.mjs";

journey("the decision maker", async (desk) => {
  const planner = await desk.planner(), page = await planner.newPage();
  const id = await scenario(planner);
  await open(page, id, "overview");
  await planned(page);
  await turnTo(page, "history");
  await page.getByRole("button", { name: app.history.share }).first().click();
  const toast = page.locator(".toast", { hasText: "/share/" });
  const [link] = /http\S+\/share\/\w+/.exec(await toast.innerText());

  const approved = new RegExp(`${words.approved("General Approver", "")}\\d{4}-\\d\\d-\\d\\d$`);
  const office = await (await desk.context()).newPage();
  await signIn(office, await desk.invited(planner, { role: "approver" }, "General Approver"));
  await open(office, id, "history");
  assert.equal(await office.getByRole("button", { name: app.history.share }).count(), 0, "an approver is offered what is for planners");
  await office.getByRole("button", { name: app.history.approve }).first().click();
  await office.getByRole("button", { name: app.history.takeBack }).first().waitFor();
  await page.locator(".verdict").getByText(approved).first().waitFor(); // the planner hears of it
  assert.equal(await page.getByRole("button", { name: app.history.takeBack }).count(), 1, "the coordinator may take it back");

  const reader = await desk.context(), brief = await reader.newPage();
  const answer = await brief.goto(link);
  assert.equal(answer.status(), 200);
  await brief.getByText(new RegExp(`^${words.ioc}`)).first().waitFor();
  await brief.getByText(new RegExp(`^${words.foc}`)).first().waitFor();
  await brief.getByText(approved).first().waitFor();
  await brief.locator("canvas").first().waitFor();
  assert.deepEqual(await reader.cookies(), []);
}, !local);
