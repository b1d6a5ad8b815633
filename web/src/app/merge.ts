// Tables of a scenario apart and together again: what edits change, record by record, and what becomes of them where others changed
// the same scenario meanwhile. A cell that only one side changed takes that side's value; one that both changed is a conflict, in
// which mine stands until somebody decides.

export type Rows = string[][]; // the first is the head: the names of the columns
export type Tables = ReadonlyMap<string, Rows>;

type Row = string[];

// Conflict is where both sides changed the same: a cell, or with no column a row, null where a side has none.
export interface Conflict {
  table: string;
  kind: string; // of the record, as the server names it
  key: string;
  id: string; // of the row in its table; empty where rows have none
  column: string;
  mine: Row | null;
  theirs: Row | null;
}

// Edit is a row that is not as it was.
export interface Edit {
  table: string;
  kind: string;
  key: string;
  id: string;
  was: Row | null;
  is: Row | null;
  cells: { column: string; was: string; is: string }[]; // those that differ; of a new row those that are filled, of a removed one none
}

interface Shape {
  kind: string;
  at: number; // the column whose cell says to what a row belongs; below 0 for none
  single: boolean; // one row to an id
  key: (id: string) => string; // of the record that a row with that id is a part of
}

// shapeOf says how the rows of a table are told apart: by their key or id; by the record that they belong to; or not at all.
function shapeOf(table: string, head: Row): Shape {
  if (table === "scenario") return { kind: "settings", at: head.indexOf("key"), single: true, key: () => "settings" };
  const dot = table.indexOf(".");
  if (dot > 0) return { kind: table.slice(0, dot), at: head.indexOf("of"), single: false, key: (id) => id };
  const at = head.indexOf("id");
  return { kind: table, at, single: at >= 0, key: (id) => id };
}

const padded = (r: Row, head: Row): Row => (r.length === head.length ? r : head.map((_, i) => r[i] ?? ""));
const same = (a: Row | null, b: Row | null): boolean => a === b || (a !== null && b !== null && a.length === b.length && a.every((c, i) => c === b[i]));
const sameRows = (a: Rows, b: Rows): boolean => a === b || (a.length === b.length && a.every((r, i) => same(r, b[i])));
const blank = (r: Row): boolean => r.every((c) => c === "");

// under puts rows under the columns of another head, by their names.
function under(rows: Rows, head: Row): Rows {
  const from = rows[0] ?? [];
  const body = rows.slice(1);
  if (same(from, head)) return body.map((r) => padded(r, head));
  const index = head.map((h) => from.indexOf(h));
  return body.map((r) => index.map((i) => (i < 0 ? "" : r[i] ?? "")));
}

// grouped sorts rows by what they belong to, in the order in which that first comes.
function grouped(rows: Rows, shape: Shape): Map<string, Rows> {
  const groups = new Map<string, Rows>();
  for (const r of rows) {
    const id = shape.at < 0 ? "" : r[shape.at] ?? "";
    const had = groups.get(id);
    if (had) had.push(r);
    else groups.set(id, [r]);
  }
  return groups;
}

const mostCells = 4_000_000; // of the table that finds what two lists share; longer ones are compared place by place

// aligned pairs the rows of two lists: those that are alike, and between them what was changed, removed (null) or added (null).
function aligned(a: Rows, b: Rows): [Row | null, Row | null][] {
  let start = 0, end = 0;
  while (start < a.length && start < b.length && same(a[start], b[start])) start++;
  while (end < a.length - start && end < b.length - start && same(a[a.length - 1 - end], b[b.length - 1 - end])) end++;
  const x = a.slice(start, a.length - end), y = b.slice(start, b.length - end), pairs: [Row | null, Row | null][] = a.slice(0, start).map((r) => [r, r]);
  const between = (p: Rows, q: Rows) => {
    for (let i = 0; i < Math.max(p.length, q.length); i++) pairs.push([p[i] ?? null, q[i] ?? null]);
  };
  let p = 0, q = 0;
  for (const [i, j] of shared(x, y)) {
    between(x.slice(p, i), y.slice(q, j));
    pairs.push([x[i], y[j]]);
    p = i + 1;
    q = j + 1;
  }
  between(x.slice(p), y.slice(q));
  return [...pairs, ...a.slice(a.length - end).map((r): [Row, Row] => [r, r])];
}

// shared is the longest common subsequence, as pairs of places.
function shared(x: Rows, y: Rows): [number, number][] {
  if (x.length * y.length > mostCells) return [];
  const long = Array.from({ length: x.length + 1 }, () => new Uint32Array(y.length + 1)), found: [number, number][] = [];
  for (let i = x.length - 1; i >= 0; i--) for (let j = y.length - 1; j >= 0; j--) long[i][j] = same(x[i], y[j]) ? long[i + 1][j + 1] + 1 : Math.max(long[i + 1][j], long[i][j + 1]);
  for (let i = 0, j = 0; i < x.length && j < y.length; ) {
    if (same(x[i], y[j])) found.push([i++, j++]);
    else if (long[i + 1][j] >= long[i][j + 1]) i++;
    else j++;
  }
  return found;
}

// mergedTable puts what I changed of a table upon what it has become, and says where both changed the same.
export function mergedTable(table: string, base: Rows, mine: Rows, theirs: Rows): { rows: Rows; conflicts: Conflict[] } {
  const head = theirs[0] ?? mine[0] ?? [], shape = shapeOf(table, head);
  const [was, is, now] = [base, mine, theirs].map((rows) => grouped(under(rows, head), shape));
  const rows: Rows = [head], conflicts: Conflict[] = [];
  for (const id of new Set([...now.keys(), ...is.keys()])) {
    const b = was.get(id) ?? [], m = is.get(id) ?? [], t = now.get(id) ?? [];
    const clash = (column: string, my: Row | null, their: Row | null) => conflicts.push({ table, kind: shape.kind, key: shape.key(id), id, column, mine: my, theirs: their });
    if (sameRows(m, b) || sameRows(m, t)) rows.push(...t);
    else if (sameRows(t, b)) rows.push(...m);
    else if (shape.single && id !== "" && Math.max(b.length, m.length, t.length) === 1) rows.push(...mergedRow(head, b[0] ?? null, m[0] ?? null, t[0] ?? null, clash));
    else rows.push(...mergedList(b, m, t, clash));
  }
  return { rows, conflicts };
}

type Clash = (column: string, mine: Row | null, theirs: Row | null) => void;

// mergedRow merges one row cell by cell; removed by one and changed by the other, it is in conflict as a whole.
function mergedRow(head: Row, b: Row | null, m: Row | null, t: Row | null, clash: Clash): Rows {
  if (m === null || t === null) {
    clash("", m, t);
    return m === null ? [] : [m];
  }
  return [head.map((column, i) => {
    const was = b?.[i] ?? "";
    if (m[i] === was || m[i] === t[i]) return t[i];
    if (t[i] !== was) clash(column, [m[i]], [t[i]]);
    return m[i];
  })];
}

// mergedList merges rows without an id: each that I changed, removed or added, in what the list has become.
function mergedList(b: Rows, m: Rows, t: Rows, clash: Clash): Rows {
  const out: (Row | null)[] = [], place = new Map<Row, number>(); // where a row of the base has gone
  const added: Rows = [];
  for (const [was, now] of aligned(b, t)) {
    if (was !== null) place.set(was, out.length);
    else if (now !== null) added.push(now);
    out.push(now);
  }
  for (const [was, is] of aligned(b, m)) {
    if (was === null) {
      const twin = added.findIndex((r) => same(r, is));
      if (twin >= 0) added.splice(twin, 1); // both added it
      else out.push(is);
      continue;
    }
    if (same(was, is)) continue;
    const at = place.get(was)!, now = out[at];
    if (same(now, is)) continue;
    if (!same(now, was)) clash("", is, now);
    out[at] = is;
  }
  return out.filter((r): r is Row => r !== null);
}

// merged merges the tables that I changed.
export function merged(base: Tables, mine: Tables, theirs: Tables): { tables: Tables; conflicts: Conflict[] } {
  const tables = new Map<string, Rows>(), conflicts: Conflict[] = [];
  for (const [name, rows] of mine) {
    const m = mergedTable(name, base.get(name) ?? [], rows, theirs.get(name) ?? []);
    tables.set(name, m.rows);
    conflicts.push(...m.conflicts);
  }
  return { tables, conflicts };
}

// differing leaves out tables that are as in the base.
export function differing(base: Tables, mine: Tables): Tables {
  return new Map([...mine].filter(([name, rows]) => {
    const was = base.get(name) ?? [];
    return rows !== was && !(same(was[0] ?? [], rows[0] ?? []) && sameRows(under(was, rows[0] ?? []), under(rows, rows[0] ?? [])));
  }));
}

// listed are the rows that are not as they were, in the order of the tables. Rows without a filled cell do not count.
export function listed(base: Tables, mine: Tables): Edit[] {
  const list: Edit[] = [];
  for (const [table, rows] of mine) {
    const head = rows[0] ?? [], shape = shapeOf(table, head);
    const was = grouped(under(base.get(table) ?? [], head), shape), is = grouped(under(rows, head).filter((r) => !blank(r)), shape);
    for (const id of new Set([...was.keys(), ...is.keys()])) {
      for (const [a, b] of aligned(was.get(id) ?? [], is.get(id) ?? [])) {
        if (same(a, b)) continue;
        const cells = b === null ? [] : head.map((column, i) => ({ column, was: a?.[i] ?? "", is: b[i] })).filter((c) => c.was !== c.is);
        list.push({ table, kind: shape.kind, key: shape.key(id), id, was: a, is: b, cells });
      }
    }
  }
  return list;
}

// recordOf names a record among others.
export const recordOf = (x: { kind: string; key: string }): string => `${x.kind}/${x.key}`;

// unsettled says whether a conflict is still to be decided: nobody has taken theirs, or changed mine to something else.
export function unsettled(c: Conflict, tables: Tables): boolean {
  const at = find(c, tables);
  if (!at) return false;
  if (c.column !== "") return at.row !== null && at.row[at.column] !== c.theirs![0];
  return c.mine === null ? at.row === null : at.row !== null;
}

// find is the row that a conflict is about, and of one about a cell its column: by its id, else by what it holds.
function find(c: Conflict, tables: Tables): { rows: Rows; index: number; row: Row | null; column: number } | null {
  const rows = tables.get(c.table);
  if (!rows) return null;
  const head = rows[0] ?? [], shape = shapeOf(c.table, head), column = head.indexOf(c.column);
  if (c.column !== "" && column < 0) return null;
  const wanted = c.mine ?? c.theirs;
  const index = rows.findIndex((r, i) => i > 0 && (shape.single && c.id !== "" ? r[shape.at] === c.id : same(padded(r, head), wanted)));
  return { rows, index, row: index < 0 ? null : padded(rows[index], head), column };
}

// taken is a table with what others made of that in which they and I clash.
export function taken(c: Conflict, tables: Tables): Rows {
  const at = find(c, tables)!;
  if (c.column !== "") return at.rows.map((r, i) => (i === at.index ? padded(r, at.rows[0]).map((x, k) => (k === at.column ? c.theirs![0] : x)) : r));
  if (c.theirs === null) return at.rows.filter((_, i) => i !== at.index);
  if (at.index < 0) return [...at.rows, c.theirs];
  return at.rows.map((r, i) => (i === at.index ? c.theirs! : r));
}

// put gives some records the rows that they have in other tables. Those without an id go by all of their kind.
export function put(into: Tables, from: Tables, records: { kind: string; key: string }[]): Tables {
  const wanted = new Set(records.map(recordOf)), kinds = new Set(records.map((r) => r.kind));
  const out = new Map(into);
  for (const [table, rows] of from) {
    const head = into.get(table)?.[0] ?? rows[0] ?? [], shape = shapeOf(table, head);
    if (!kinds.has(shape.kind)) continue;
    if (shape.at < 0 || shape.kind === "settings") {
      out.set(table, [head, ...under(rows, head)]);
      continue;
    }
    const has = (r: Row) => wanted.has(recordOf({ kind: shape.kind, key: shape.key(r[shape.at] ?? "") }));
    const source = grouped(under(rows, head).filter(has), shape), placed: Rows = [head];
    for (const r of under(into.get(table) ?? [], head)) {
      if (!has(r)) {
        placed.push(r);
        continue;
      }
      placed.push(...(source.get(r[shape.at]) ?? []));
      source.delete(r[shape.at]);
    }
    for (const rest of source.values()) placed.push(...rest);
    out.set(table, placed);
  }
  return out;
}
