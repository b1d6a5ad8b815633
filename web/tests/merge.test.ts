import { describe, expect, test } from "vitest";
import { listed, merged, mergedTable, put, taken, unsettled, type Rows } from "../src/app/merge";

const head = ["id", "notice", "home"];
const base: Rows = [head, ["a", "1", "x"], ["b", "2", "y"], ["c", "3", "z"]];
const copy = (rows: Rows, ...set: [number, number, string][]): Rows => {
  const out = rows.map((r) => [...r]);
  for (const [row, column, text] of set) out[row][column] = text;
  return out;
};

describe("rows with an id", () => {
  test("cells that one side changed take that side's value", () => {
    const { rows, conflicts } = mergedTable("units", base, copy(base, [1, 1, "10"]), copy(base, [1, 2, "w"], [2, 1, "20"]));
    expect(rows).toEqual([head, ["a", "10", "w"], ["b", "20", "y"], ["c", "3", "z"]]);
    expect(conflicts).toEqual([]);
  });

  test("a cell that both changed is a conflict in which mine stands", () => {
    const { rows, conflicts } = mergedTable("units", base, copy(base, [1, 1, "10"], [2, 1, "5"]), copy(base, [1, 1, "11"]));
    expect(rows[1]).toEqual(["a", "10", "x"]);
    expect(rows[2]).toEqual(["b", "5", "y"]);
    expect(conflicts).toEqual([{ table: "units", kind: "units", key: "a", id: "a", column: "notice", mine: ["10"], theirs: ["11"] }]);
  });

  test("both changed it to the same: no conflict, and nothing is left of mine", () => {
    const same = copy(base, [3, 1, "9"]);
    const { rows, conflicts } = mergedTable("units", base, same, copy(same));
    expect(conflicts).toEqual([]);
    expect(listed(new Map([["units", same]]), new Map([["units", rows]]))).toEqual([]);
  });

  test("others' rows keep their order, and mine follow", () => {
    const mine = [...base, ["m", "7", ""]], theirs = [head, base[3], ["n", "8", ""], base[1], base[2]];
    expect(mergedTable("units", base, mine, theirs).rows.map((r) => r[0])).toEqual(["id", "c", "n", "a", "b", "m"]);
  });

  test("removed here and changed there: a conflict of the row, either way", () => {
    const without = base.filter((r) => r[0] !== "b"), changed = copy(base, [2, 1, "20"]);
    const mine = mergedTable("units", base, without, changed);
    expect(mine.rows.map((r) => r[0])).toEqual(["id", "a", "c"]);
    expect(mine.conflicts).toMatchObject([{ key: "b", column: "", mine: null, theirs: ["b", "20", "y"] }]);
    const theirs = mergedTable("units", base, changed, without);
    expect(theirs.rows.map((r) => r.slice(0, 2))).toEqual([["id", "notice"], ["a", "1"], ["c", "3"], ["b", "20"]]);
    expect(theirs.conflicts).toMatchObject([{ key: "b", column: "", mine: ["b", "20", "y"], theirs: null }]);
    expect(mergedTable("units", base, without, without).conflicts).toEqual([]);
  });

  test("both added one id: the cells that differ are in conflict", () => {
    const { conflicts } = mergedTable("units", base, [...base, ["n", "7", ""]], [...base, ["n", "8", "q"]]);
    expect(conflicts.map((c) => [c.column, c.mine, c.theirs])).toEqual([["notice", ["7"], ["8"]]]);
  });

  test("columns go by their names", () => {
    const theirs: Rows = [["id", "home", "new", "notice"], ["a", "x", "!", "1"], ["b", "y", "", "2"], ["c", "z", "", "3"]];
    expect(mergedTable("units", base, copy(base, [2, 1, "20"]), theirs).rows).toEqual([theirs[0], theirs[1], ["b", "y", "", "20"], theirs[3]]);
  });

  test("rows that have no id yet are kept, however many", () => {
    const mine = [...base, ["", "7", ""], ["", "8", ""]];
    expect(mergedTable("units", base, mine, copy(base, [1, 1, "10"])).rows.slice(4)).toEqual([["", "7", ""], ["", "8", ""]]);
  });
});

describe("rows without an id", () => {
  const pins: Rows = [["unit", "post", "note"], ["a", "p", "1"], ["b", "p", "2"], ["c", "q", "3"]];
  test("both add, both remove, both change others", () => {
    const mine = [...copy(pins, [1, 2, "mine"]), ["m", "p", ""]], theirs = [pins[0], pins[1], ["b", "p", "theirs"], ["t", "p", ""]];
    const { rows, conflicts } = mergedTable("pins", pins, mine, theirs);
    expect(rows).toEqual([pins[0], ["a", "p", "mine"], ["b", "p", "theirs"], ["t", "p", ""], ["m", "p", ""]]);
    expect(conflicts).toEqual([]);
  });
  test("one row changed by both: mine stands, theirs can be taken", () => {
    const { rows, conflicts } = mergedTable("pins", pins, copy(pins, [2, 2, "mine"]), copy(pins, [2, 2, "theirs"]));
    expect(rows[2]).toEqual(["b", "p", "mine"]);
    expect(conflicts).toHaveLength(1);
    const tables = new Map([["pins", rows]]);
    expect(unsettled(conflicts[0], tables)).toBe(true);
    expect(taken(conflicts[0], tables)[2]).toEqual(["b", "p", "theirs"]);
  });
  test("one row added by both is there once, and the same row twice stays twice", () => {
    const row = ["n", "p", ""];
    expect(mergedTable("pins", pins, [...pins, row, ["m", "p", ""]], [...pins, row]).rows).toEqual([...pins, row, ["m", "p", ""]]);
    expect(mergedTable("pins", pins, [...pins, row, row], pins).rows).toHaveLength(6);
  });
  test("removed here, changed there", () => {
    const { rows, conflicts } = mergedTable("pins", pins, pins.filter((_, i) => i !== 2), copy(pins, [2, 2, "theirs"]));
    expect(rows).toHaveLength(3);
    expect(conflicts).toMatchObject([{ mine: null, theirs: ["b", "p", "theirs"] }]);
    expect(taken(conflicts[0], new Map([["pins", rows]]))).toContainEqual(["b", "p", "theirs"]);
  });
});

test("parts of one record are merged apart from those of another", () => {
  const caveats: Rows = [["of", "area"], ["a", "1"], ["b", "2"]];
  const { rows, conflicts } = mergedTable("units.caveats", caveats, [...caveats, ["a", "3"]], caveats.filter((r) => r[0] !== "b"));
  expect(rows).toEqual([["of", "area"], ["a", "1"], ["a", "3"]]);
  expect(conflicts).toEqual([]);
});

test("settings are told apart by their key", () => {
  const settings: Rows = [["key", "value"], ["name", "n"], ["policy", "p"]];
  const { conflicts } = mergedTable("scenario", settings, copy(settings, [1, 1, "mine"], [2, 1, "x"]), copy(settings, [1, 1, "theirs"]));
  expect(conflicts).toEqual([{ table: "scenario", kind: "settings", key: "settings", id: "name", column: "value", mine: ["mine"], theirs: ["theirs"] }]);
});

test("whatever both do, what nobody touched stays, and mine on top of nothing new is mine", () => {
  let seed = 7;
  const random = (n: number) => (seed = (seed * 48271) % 2147483647) % n;
  const edited = (rows: Rows): Rows => {
    let out = rows.map((r) => [...r]);
    for (let i = random(4); i > 0; i--) {
      const what = random(3), row = 1 + random(Math.max(1, out.length - 1));
      if (what === 0 && out[row]) out[row][1 + random(2)] = String(random(5));
      else if (what === 1) out = out.filter((_, k) => k !== row || k === 0);
      else out.push([`n${random(3)}`, String(random(3)), ""]);
    }
    return out;
  };
  for (let round = 0; round < 2000; round++) {
    const table = round % 2 === 0 ? "units" : "pins", b = table === "pins" ? base.map((r, i) => (i === 0 ? ["unit", "post", "note"] : r)) : base;
    const once = (rows: Rows) => (table === "pins" ? rows : rows.filter((r, i) => rows.findIndex((x) => x[0] === r[0]) === i)); // what is saved holds
    const mine = edited(b), theirs = once(edited(b));
    const alone = mergedTable(table, b, mine, b);
    expect(alone.conflicts).toEqual([]);
    expect([...alone.rows].sort()).toEqual([...mine].sort());
    expect(mergedTable(table, b, b, theirs)).toEqual({ rows: theirs, conflicts: [] });
    const both = mergedTable(table, b, mine, theirs);
    for (const r of b.slice(1)) {
      const in3 = [mine, theirs].every((rows) => rows.some((x) => JSON.stringify(x) === JSON.stringify(r)));
      if (in3) expect(both.rows).toContainEqual(r);
    }
    // Decided for theirs throughout, nothing is left in conflict.
    let tables = new Map([[table, both.rows]]);
    for (const c of both.conflicts) if (unsettled(c, tables)) tables = new Map([[table, taken(c, tables)]]);
    for (const c of both.conflicts) expect(unsettled(c, tables), JSON.stringify([b, mine, theirs, c])).toBe(false);
  }
});

test("put gives records the rows of other tables, new and removed ones too", () => {
  const from = new Map<string, Rows>([["units", [head, ["a", "9", "x"], ["n", "7", ""]]], ["units.caveats", [["of", "area"], ["a", "1"], ["a", "2"]]]]);
  const into = new Map<string, Rows>([["units", base], ["units.caveats", [["of", "area"], ["b", "5"], ["a", "0"]]]]);
  const out = put(into, from, [{ kind: "units", key: "a" }, { kind: "units", key: "n" }, { kind: "units", key: "c" }]);
  expect(out.get("units")).toEqual([head, ["a", "9", "x"], ["b", "2", "y"], ["n", "7", ""]]);
  expect(out.get("units.caveats")).toEqual([["of", "area"], ["b", "5"], ["a", "1"], ["a", "2"]]);
});

test("the list names the cells", () => {
  const mine = new Map([["units", [...copy(base, [1, 1, "10"]).filter((r) => r[0] !== "c"), ["n", "4", ""], ["", "", ""]]]]);
  expect(listed(new Map([["units", base]]), mine).map((e) => [e.key, e.cells, e.is === null])).toEqual([
    ["a", [{ column: "notice", was: "1", is: "10" }], false],
    ["c", [], true],
    ["n", [{ column: "id", was: "", is: "n" }, { column: "notice", was: "", is: "4" }], false],
  ]);
  expect(merged(new Map([["units", base]]), mine, new Map([["units", base]])).conflicts).toEqual([]);
});
