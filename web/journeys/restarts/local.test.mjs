// A local server's work outlives it: ended or killed, the same command has the same addresses, the plans that were kept, the edits that
// were saved, and in the browser those that were not; and it says what became of the scenario's file that was edited meanwhile.
import assert from "node:assert/strict";
import { copyFileSync, mkdtempSync, readFileSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { accessible, app, bar, followed, get, journey, notice, open, planned, seen, turnTo } from "../browser.mjs";
import { Server } from "./server.mjs";

journey("a local server's work outlives it", async (desk) => {
  desk.forgives = /^Failed to load resource/; // while nobody answers
  const faults = [], folder = mkdtempSync(join(tmpdir(), "journey-")), file = join(folder, "tiny.yaml");
  copyFileSync(new URL("../../../examples/tiny.yaml", import.meta.url), file);
  const before = readFileSync(file, "utf8");
  const start = () => Server.start(desk.t, [file, "--time", "1s"]);
  let server = await start();
  assert.match(server.said, /What you save and keep is in .*tiny\.yaml\.rearguard\./);
  const context = await desk.context(), page = await context.newPage();
  const id = (await get(context, "/api/scenarios")).items[0].id;
  await open(page, id, "tables");
  await planned(page);
  await page.getByText(app.tables.local("tiny.yaml", `${file}.rearguard`)).waitFor();

  // Plans are kept with an edit each, a third edit is not saved; then the server is killed.
  await followed(page, () => notice(page, "gbr-1", "31"));
  await keep(page, "mine");
  await notice(page, "pol-1", "20");
  await keep(page, "quicker");
  await notice(page, "fra-1", "25");
  await bar(page).getByText(app.trial.edits(1)).waitFor();
  const address = page.url();
  await server.end("SIGKILL");
  assert.equal(readFileSync(file, "utf8"), before, "the scenario's file was written to");

  // The same command: the page that was open goes on, and a new one finds everything at its old address.
  server = await start();
  await bar(page).locator("button.strong:enabled").waitFor();
  const again = await context.newPage();
  await again.goto(address);
  await planned(again);
  assert.equal(await again.locator(".plan select option:checked").innerText(), "quicker");
  const units = await cells(context, id);
  assert.deepEqual([units["gbr-1"], units["pol-1"], units["fra-1"]], ["31", "20", "15"]);
  await again.close();
  await keep(page, "the third");
  assert.equal(await server.end("SIGINT"), 0);
  assert.match(server.said, /Your work is in .*tiny\.yaml\.rearguard; the same command goes on with it\./);

  // The file is edited while nobody serves it: in another record, in one that was edited on the page too, and in the same field.
  edit(file, (s) => s.replace("notice: 30d", "notice: 29d").replace("redeploy: 5d", "redeploy: 6d").replace("home: elverum", "home: bulford"));
  server = await start();
  await page.getByText("What was edited both in tiny.yaml and on the page stays as on the page: units/gbr-1 (notice).").waitFor();
  await seen(page, "file-edited", faults);
  assert.match(server.said, /tiny\.yaml was edited: 2 records taken over as version 5/);
  const now = await cells(context, id, "notice"), homes = await cells(context, id, "home");
  assert.deepEqual([now["gbr-1"], homes["nor-med"], (await cells(context, id, "redeploy"))["gbr-1"]], ["31", "bulford", "6"]);
  await page.getByRole("button", { name: app.close }).first().click();

  // And while it is served, with an edit of the page unsaved.
  await notice(page, "gbr-2", "40");
  edit(file, (s) => s.replace(/tonnes: 600\b/, "tonnes: 650"));
  await page.getByText(/tiny\.yaml was edited: 1 record taken over as version 6/).waitFor();
  assert.equal((await cells(context, id, "tonnes"))["nor-med"], "650");
  await bar(page).getByText(app.trial.edits(1)).waitFor();
  edit(file, (s) => s.replace("tonnes: 650", "tonnes: many"));
  await page.getByText(/tiny\.yaml was edited, and is not taken over\./).waitFor();
  faults.push(...(await accessible(page, "file with a mistake")));
  await turnTo(page, "history");
  await page.getByText("tiny.yaml was edited").first().waitFor();
  assert.deepEqual(faults, []);
});

const edit = (file, change) => {
  const was = readFileSync(file, "utf8"), is = change(was);
  assert.notEqual(was, is);
  writeFileSync(file, is);
};

// keep keeps the trial, with its edits, once it has a plan.
async function keep(page, name) {
  await bar(page).getByRole("button", { name: app.trial.keep }).and(page.locator(":enabled")).click({ timeout: 60_000 });
  await page.keyboard.type(name);
  await page.keyboard.press("Enter");
  await page.getByText(app.kept(name)).waitFor();
  await bar(page).waitFor({ state: "detached" });
}

// cells are a column of the units, by their IDs.
async function cells(context, id, column = "notice") {
  const { tables } = await get(context, `/api/scenarios/${id}/tables`), [head, ...rows] = tables.find((t) => t.name === "units").rows;
  return Object.fromEntries(rows.map((r) => [r[0], r[head.indexOf(column)]]));
}
