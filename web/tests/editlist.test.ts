import { describe, expect, test } from "vitest";
import { EditList } from "../src/app/editlist";
import { Browser, Page, Server } from "./server";

// opened is a page with its tables read.
async function opened(server = new Server(), browser = new Browser(), owner?: string) {
  const page = new Page(server, browser, owner), list = new EditList(page.host);
  expect(await list.load()).toBe(true);
  return { page, list, server, browser };
}

type Opened = Awaited<ReturnType<typeof opened>>;

const column = (list: EditList, name: string) => list.rowsOf("units")[0].indexOf(name);
const rowOf = (list: EditList, unit: string) => list.rowsOf("units").findIndex((r) => r[0] === unit);

function type(list: EditList, unit: string, name: string, text: string) {
  list.setCells("units", [{ row: rowOf(list, unit), column: column(list, name), text }]);
}

const shown = (list: EditList, unit: string, name: string) => list.rowsOf("units")[rowOf(list, unit)][column(list, name)];
const keys = (list: EditList) => [...new Set(list.list.value.map((e) => e.key))];

// edited is opened with some notices typed and checked.
async function edited(notices: Record<string, string>, o?: Opened) {
  const x = o ?? (await opened());
  for (const [unit, text] of Object.entries(notices)) type(x.list, unit, "notice", text);
  await x.page.tick();
  expect(x.list.checked.value).toBe("yes");
  return x;
}

describe("the server away", () => {
  test("what is edited while it is away stays, is checked when it is back, and is saved with the rest", async () => {
    const { page, list, server, browser } = await edited({ "gbr-1": "31" });
    server.down = true;
    type(list, "pol-1", "notice", "20");
    await page.tick();
    type(list, "fra-1", "notice", "25");
    await page.tick();
    expect(list.closed.value).toBe("away");
    expect(keys(list)).toEqual(["gbr-1", "pol-1", "fra-1"]);
    expect(await list.save("too early")).toBe(0);
    server.down = false;
    expect(await list.save("the last check failed")).toBe(0);
    expect(server.saved).toEqual([]);

    list.heard(server.version);
    expect(list.closed.value).toBe("checking");
    expect(await list.save("the check is under way")).toBe(0);
    await page.tick();
    expect(list.closed.value).toBe("");
    expect(await list.save("now")).toBe(3);
    expect(["gbr-1", "pol-1", "fra-1"].map((u) => server.cell(u, "notice"))).toEqual(["31", "20", "25"]);
    expect(list.dirty.value).toBe(false);
    expect(browser.drafts.size).toBe(0);
    expect(page.kinds()).toEqual(["closed", "closed", "closed", "saved"]);
  });

  test("it is asked again by itself, less and less often, through a proxy that answers for it too", async () => {
    const { page, list, server } = await edited({ "gbr-1": "31" });
    server.broken = 502;
    type(list, "pol-1", "notice", "20");
    await page.tick();
    const first = page.waiting[0].ms;
    await page.tick();
    expect(page.waiting[0].ms).toBe(2 * first);
    expect(list.closed.value).toBe("away");
    server.broken = 0;
    await page.tick();
    expect(list.closed.value).toBe("");
    expect(list.savable.value.map((c) => c.key)).toEqual(["gbr-1", "pol-1"]);
  });

  test("a check that is refused closes the save, and says why", async () => {
    const { page, list, server } = await edited({ "gbr-1": "31" });
    server.broken = 409;
    type(list, "pol-1", "notice", "20");
    await page.tick();
    expect(list.closed.value).toBe("refused");
    expect(list.reason.value).toBe("the server answers 409");
    server.broken = 0;
    list.heard(server.version);
    await page.tick();
    expect(list.closed.value).toBe("");
  });

  test("a session that ends keeps all, and goes on after one has signed in", async () => {
    const { page, list, server } = await edited({ "gbr-1": "31" });
    server.signedOut = true;
    expect(await list.save("x")).toBe(0);
    type(list, "pol-1", "notice", "20");
    await page.tick();
    expect(page.kinds()).toContain("out");
    expect(list.closed.value).toBe("out");
    expect(keys(list)).toEqual(["gbr-1", "pol-1"]);
    server.signedOut = false;
    list.heard(server.version);
    await page.tick();
    expect(await list.save("y")).toBe(2);
  });
});

describe("order", () => {
  test("an answer to an earlier check says nothing of later edits", async () => {
    const { page, list, server } = await opened();
    let answer = () => {};
    const check = page.host.check;
    page.host.check = async (v, t) => {
      await new Promise<void>((done) => (answer = done));
      return check(v, t);
    };
    type(list, "gbr-1", "notice", "31");
    await page.tick();
    const first = answer;
    type(list, "pol-1", "notice", "20");
    first();
    await page.settle();
    expect(list.closed.value).toBe("checking");
    expect(list.changes.value).toEqual([]);
    await page.tick();
    answer();
    await page.settle();
    expect(list.changes.value.map((c) => c.key)).toEqual(["gbr-1", "pol-1"]);
    expect(server.checks).toBe(2);
  });

  test("what is edited while a save is under way is not saved with it, and stays", async () => {
    const { page, list, server } = await edited({ "gbr-1": "31" });
    const saving = list.save("one");
    type(list, "gbr-1", "notice", "32");
    type(list, "pol-1", "notice", "20");
    expect(await list.save("two at once")).toBe(0);
    expect(await saving).toBe(1);
    expect(server.cell("gbr-1", "notice")).toBe("31");
    expect(list.list.value.map((e) => [e.key, e.cells[0].was, e.cells[0].is])).toEqual([["gbr-1", "31", "32"], ["pol-1", "10", "20"]]);
    expect(list.conflicts.value).toEqual([]);
    await page.tick();
    expect(await list.save("two")).toBe(2);
    expect(server.cell("gbr-1", "notice")).toBe("32");
  });

  test("that the page hears of its own save while that is under way changes nothing", async () => {
    const { list, server, page } = await edited({ "gbr-1": "31.0" });
    const save = page.host.save;
    page.host.save = async (note, changes) => {
      const out = await save(note, changes);
      list.heard(out.version);
      await page.settle();
      return out;
    };
    expect(await list.save("x")).toBe(1);
    expect(list.dirty.value).toBe(false);
    expect(list.conflicts.value).toEqual([]);
    expect(list.canUndo.value).toBe(false); // what is saved is taken back by saving again
    expect(page.kinds()).toEqual(["saved"]);
    expect(server.cell("gbr-1", "notice")).toBe("31");
  });

  test("mistakes close the save until they are mended", async () => {
    const { page, list } = await edited({ "gbr-1": "31", "pol-1": "soon" });
    expect(list.closed.value).toBe("wrong");
    expect(list.wrong.value).toHaveLength(1);
    list.undo();
    await page.tick();
    expect(list.closed.value).toBe("");
  });

  test("undo and redo go through the edits, and discard is undone too", async () => {
    const { list } = await edited({ "gbr-1": "31", "pol-1": "20" });
    list.undo();
    expect(keys(list)).toEqual(["gbr-1"]);
    list.redo();
    expect(keys(list)).toEqual(["gbr-1", "pol-1"]);
    list.discard();
    expect(list.dirty.value).toBe(false);
    list.undo();
    expect([shown(list, "gbr-1", "notice"), shown(list, "pol-1", "notice")]).toEqual(["31", "20"]);
    list.takeBack({ kind: "units", key: "gbr-1" });
    expect(keys(list)).toEqual(["pol-1"]);
  });

  test("undo goes on after others have saved, without undoing theirs", async () => {
    const { page, list, server } = await edited({ "gbr-1": "31", "pol-1": "20" });
    server.others("fra-1", "notice", "9");
    list.heard(server.version);
    await page.settle();
    list.undo();
    expect(keys(list)).toEqual(["gbr-1"]);
    expect(shown(list, "fra-1", "notice")).toBe("9");
  });
});

describe("a save that does not come off", () => {
  test("refused, it leaves all as it was", async () => {
    const { page, list, server } = await edited({ "gbr-1": "31", "pol-1": "20" });
    server.broken = 422;
    expect(await list.save("x")).toBe(0);
    server.broken = 0;
    expect(page.told[0]).toMatchObject({ kind: "refused", why: { status: 422 } });
    expect(keys(list)).toEqual(["gbr-1", "pol-1"]);
    list.heard(server.version);
    await page.tick();
    expect(await list.save("again")).toBe(2);
  });

  test("its answer lost: what had arrived leaves the list once that is known, and is not saved twice", async () => {
    const { page, list, server, browser } = await edited({ "gbr-1": "31.0", "pol-1": "20" });
    server.deaf = true;
    expect(await list.save("x")).toBe(0);
    server.deaf = false;
    expect(list.closed.value).toBe("unknown");
    expect(keys(list)).toEqual(["gbr-1", "pol-1"]);
    expect(await list.save("again")).toBe(0);
    list.heard(server.version);
    await page.settle();
    expect(list.dirty.value).toBe(false);
    expect(list.conflicts.value).toEqual([]);
    expect(browser.drafts.size).toBe(0);
    expect(page.told.at(-1)).toEqual({ kind: "landed", records: 2 });
    expect(server.saved).toHaveLength(1);
  });

  test("its answer lost and nothing arrived: it can be saved once that is known", async () => {
    const { page, list, server } = await edited({ "gbr-1": "31" });
    server.down = true;
    expect(await list.save("x")).toBe(0);
    server.down = false;
    expect(list.closed.value).toBe("unknown");
    await page.tick(); // asks by itself
    await page.tick();
    expect(list.closed.value).toBe("");
    expect(await list.save("x")).toBe(1);
    expect(server.cell("gbr-1", "notice")).toBe("31");
  });

  test("its answer lost, and others changed the same since: a conflict", async () => {
    const { page, list, server } = await edited({ "gbr-1": "31", "pol-1": "20" });
    server.deaf = true;
    await list.save("x");
    server.deaf = false;
    server.others("gbr-1", "notice", "40");
    list.heard(server.version);
    await page.settle();
    expect(keys(list)).toEqual(["gbr-1"]);
    expect(list.conflicts.value).toMatchObject([{ key: "gbr-1", column: "notice", theirs: ["40"] }]);
  });

  test("acknowledged, and nothing read after it: the list waits for that, and nothing is saved twice", async () => {
    const { page, list, server } = await edited({ "gbr-1": "31" });
    const tables = page.host.tables;
    page.host.tables = async () => Promise.reject(new TypeError("Failed to fetch"));
    expect(await list.save("x")).toBe(1);
    expect(list.closed.value).toBe("unknown");
    expect(await list.save("again")).toBe(0);
    page.host.tables = tables;
    await page.tick();
    expect(list.dirty.value).toBe(false);
    expect(server.saved).toHaveLength(1);
  });
});

describe("others edit too", () => {
  test("of two records one was changed by others: the other is saved, the one waits for a decision", async () => {
    const { page, list, server } = await edited({ "gbr-1": "31", "pol-1": "20" });
    server.others("gbr-1", "notice", "40"); // and the page has not heard of it
    expect(await list.save("both")).toBe(0);
    expect(server.saved).toEqual([]);
    expect(page.told.at(-1)).toEqual({ kind: "clash", records: 1 });
    expect(keys(list)).toEqual(["gbr-1", "pol-1"]);
    await page.tick();
    expect(list.closed.value).toBe("");
    expect(await list.save("the one that can be")).toBe(1);
    expect([server.cell("gbr-1", "notice"), server.cell("pol-1", "notice")]).toEqual(["40", "20"]);
    expect(keys(list)).toEqual(["gbr-1"]);
    await page.tick();
    expect(list.closed.value).toBe("conflict");
    expect(await list.save("without a decision")).toBe(0);
    list.decide(list.conflicts.value[0], "mine");
    await page.tick();
    expect(await list.save("mine")).toBe(1);
    expect(server.cell("gbr-1", "notice")).toBe("31");
  });

  test("theirs is taken, and the edit leaves the list", async () => {
    const { page, list, server } = await edited({ "gbr-1": "31" });
    server.others("gbr-1", "notice", "40");
    list.heard(server.version);
    await page.settle();
    list.decide(list.conflicts.value[0], "theirs");
    expect([list.dirty.value, list.conflicts.value.length, shown(list, "gbr-1", "notice")]).toEqual([false, 0, "40"]);
    list.undo();
    expect(list.conflicts.value).toHaveLength(1);
    expect(shown(list, "gbr-1", "notice")).toBe("31");
  });

  test("a conflict outlives that others save something else", async () => {
    const { page, list, server } = await edited({ "gbr-1": "31" });
    server.others("gbr-1", "notice", "40");
    list.heard(server.version);
    await page.settle();
    server.others("pol-1", "notice", "2");
    list.heard(server.version);
    await page.tick();
    expect(list.conflicts.value).toMatchObject([{ key: "gbr-1", theirs: ["40"] }]);
    expect(list.closed.value).toBe("conflict");
    server.others("gbr-1", "notice", "41");
    list.heard(server.version);
    await page.settle();
    expect(list.conflicts.value).toMatchObject([{ key: "gbr-1", theirs: ["41"] }]);
  });

  test("other cells of one record go together", async () => {
    const { page, list, server } = await edited({ "gbr-1": "31" });
    server.others("gbr-1", "home", "catterick");
    expect(await list.save("refused, since it was read before")).toBe(0);
    expect(page.kinds()).toEqual(["renewed"]);
    await page.tick();
    expect(await list.save("on top of theirs")).toBe(1);
    expect([server.cell("gbr-1", "notice"), server.cell("gbr-1", "home")]).toEqual(["31", "catterick"]);
  });

  test("without edits the newest is shown", async () => {
    const { page, list, server } = await opened();
    server.others("gbr-1", "notice", "40");
    list.heard(server.version);
    await page.settle();
    expect(shown(list, "gbr-1", "notice")).toBe("40");
  });
});

describe("the page loaded again", () => {
  // again opens the page of the same person anew.
  async function again(x: Opened, owner?: string) {
    x.page.window.close();
    const o = await opened(x.server, x.browser, owner);
    await o.list.restore();
    await o.page.tick();
    return o;
  }

  test("what was not saved is there again, and can be saved", async () => {
    const x = await edited({ "gbr-1": "31" });
    x.server.down = true;
    type(x.list, "pol-1", "notice", "20"); // never checked
    await x.page.settle();
    x.server.down = false;
    const { page, list, server, browser } = await again(x);
    expect(page.told).toMatchObject([{ kind: "restored", records: 2 }]);
    expect(list.restored.value).toBeGreaterThan(0);
    expect(await list.save("after all")).toBe(2);
    expect(server.cell("pol-1", "notice")).toBe("20");
    expect(browser.drafts.size).toBe(0);
    expect((await again({ page, list, server, browser })).page.told).toEqual([]);
  });

  test("a version that has moved on gives a conflict where both changed the same, and nothing is overwritten", async () => {
    const x = await edited({ "gbr-1": "31", "pol-1": "20" });
    x.server.others("gbr-1", "notice", "40");
    x.server.others("fra-1", "notice", "1");
    const { page, list, server } = await again(x);
    expect(page.kinds()).toEqual(["restored", "clash"]);
    expect(list.conflicts.value).toMatchObject([{ key: "gbr-1", mine: ["31"], theirs: ["40"] }]);
    expect(await list.save("x")).toBe(1);
    expect(["gbr-1", "pol-1", "fra-1"].map((u) => server.cell(u, "notice"))).toEqual(["40", "20", "1"]);
    const later = await again({ page, list, server, browser: x.browser });
    expect(later.list.conflicts.value).toMatchObject([{ key: "gbr-1", theirs: ["40"] }]); // still to be decided
    expect(shown(later.list, "gbr-1", "notice")).toBe("31");
  });

  test("in the midst of a save that arrived: nothing is left of it", async () => {
    const x = await edited({ "gbr-1": "31.0", "pol-1": "20" });
    x.server.deaf = true;
    await x.list.save("x");
    x.server.deaf = false;
    const { page, list, browser } = await again(x);
    expect(page.kinds()).toEqual(["known"]);
    expect(list.dirty.value).toBe(false);
    expect(browser.drafts.size).toBe(0);
  });

  test("discarded edits do not come back", async () => {
    const x = await edited({ "gbr-1": "31" });
    x.list.discard();
    await x.page.settle();
    expect((await again(x)).list.dirty.value).toBe(false);
  });

  test("the server away while it is loaded: they come back with it", async () => {
    const x = await edited({ "gbr-1": "31" });
    x.page.window.close();
    const page = new Page(x.server, x.browser), list = new EditList(page.host);
    x.server.down = true;
    await list.restore();
    expect(list.dirty.value).toBe(false);
    expect(x.browser.drafts.size).toBe(1);
    x.server.down = false;
    list.heard(x.server.version);
    await page.tick();
    expect(shown(list, "gbr-1", "notice")).toBe("31");
  });

  test("they are of one person", async () => {
    const x = await edited({ "gbr-1": "31" });
    const { list, browser } = await again(x, "bert scenario");
    expect(list.dirty.value).toBe(false);
    expect(browser.drafts.size).toBe(1);
  });

  test("two windows keep theirs apart, and what both left comes back together", async () => {
    const x = await edited({ "gbr-1": "31", "fra-1": "5" }), y = await edited({ "pol-1": "20", "fra-1": "6" }, await opened(x.server, x.browser));
    const z = await opened(x.server, x.browser);
    await z.list.restore();
    expect(z.list.dirty.value).toBe(false); // both are open
    x.page.window.close();
    y.page.window.close();
    await z.list.restore();
    expect(keys(z.list).sort()).toEqual(["fra-1", "gbr-1", "pol-1"]);
    expect(z.list.conflicts.value).toHaveLength(1);
    expect(z.browser.drafts.size).toBe(1);
  });

  test("what is edited before the old edits are back stays", async () => {
    const x = await edited({ "gbr-1": "31" });
    x.page.window.close();
    const o = await opened(x.server, x.browser);
    type(o.list, "pol-1", "notice", "20");
    await o.list.restore();
    expect(keys(o.list).sort()).toEqual(["gbr-1", "pol-1"]);
  });

  test("where the browser keeps nothing, that is known", async () => {
    const browser = new Browser();
    browser.keeps = false;
    const { list, page } = await opened(new Server(), browser);
    expect(list.kept.value).toBe(true);
    type(list, "gbr-1", "notice", "31");
    await page.settle();
    expect(list.kept.value).toBe(false);
    list.discard();
    await page.settle();
    expect(list.kept.value).toBe(true);
  });
});

test("rows without an id are saved apart from what is in conflict elsewhere", async () => {
  const { page, list, server } = await edited({ "gbr-1": "31" });
  list.addRow("pins", { unit: "fra-1", post: "lviv" });
  server.others("gbr-1", "notice", "40");
  list.heard(server.version);
  await page.settle();
  await page.tick();
  expect(await list.save("the pin")).toBe(1);
  expect(server.now.pins.at(-1)).toEqual(["fra-1", "lviv", ""]);
  expect(keys(list)).toEqual(["gbr-1"]);
});
