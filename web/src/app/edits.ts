// Edits of the scenario's tables that are not saved: cells, rows, pastes, all on one stack to undo.
import { computed, signal } from "@preact/signals";
import { api, Refusal, type CellProblem, type Change, type GridColumn, type GridTable, type Tables } from "./client";
import { attempt, edits as saves, mayEdit, meta, problem, say, scenarioID } from "./site";
import { text } from "../text";

type Rows = string[][];
type Edited = ReadonlyMap<string, Rows>;

export const read = signal<Tables | null>(null); // as they were read
export const edited = signal<Edited>(new Map());
export const changes = signal<Change[]>([]);
export const problems = signal<CellProblem[]>([]);
export const checking = signal(false);
const past: Edited[] = [], future: Edited[] = [];
export const canUndo = signal(false);
export const canRedo = signal(false);

export const dirty = computed(() => edited.value.size > 0);
export const wrong = computed(() => problems.value.filter((p) => !p.warning));

export const rowsOf = (table: string): Rows => edited.value.get(table) ?? read.value?.tables?.find((t) => t.name === table)?.rows ?? [];
export const columnsOf = (table: string): GridColumn[] => (read.value?.columns ?? []).filter((c) => c.table === table);

// load reads the tables, once until they are saved or dropped.
export async function load(): Promise<boolean> {
  if (read.value) return true;
  const t = await attempt(() => api.tables(scenarioID.value));
  if (t) read.value = t;
  return t !== undefined;
}

let seen = saves.value;
saves.subscribe((n) => {
  if (n === seen) return;
  seen = n;
  if (edited.value.size === 0 && read.value) void reload();
});

function set(next: Edited) {
  edited.value = next;
  canUndo.value = past.length > 0;
  canRedo.value = future.length > 0;
  later();
}

// change replaces rows of some tables, as one step to undo.
export function change(tables: Record<string, Rows>) {
  past.push(edited.value);
  future.length = 0;
  const next = new Map(edited.value);
  for (const [name, rows] of Object.entries(tables)) next.set(name, rows);
  set(next);
}

export function setCells(table: string, cells: { row: number; column: number; text: string }[]) {
  const rows = [...rowsOf(table)];
  const width = rows[0]?.length ?? 0;
  for (const c of cells) {
    if (c.column >= width || c.row < 1) continue;
    while (rows.length <= c.row) rows.push(Array<string>(width).fill(""));
    const row = [...rows[c.row]];
    while (row.length < width) row.push("");
    row[c.column] = c.text;
    rows[c.row] = row;
  }
  change({ [table]: rows });
}

export function removeRows(table: string, list: number[]) {
  change({ [table]: rowsOf(table).filter((_, i) => !list.includes(i)) });
}

// addRow appends a row with some of its cells, by the names of their columns.
export function addRow(table: string, cells: Record<string, string>) {
  const rows = rowsOf(table);
  const head = rows[0] ?? [];
  change({ [table]: [...rows, head.map((name) => cells[name] ?? "")] });
}

// setSetting sets a key of the table of what is given once.
export function setSettings(values: Record<string, string>) {
  const rows = rowsOf("scenario").map((r) => (r[0] in values ? [r[0], values[r[0]]] : r));
  for (const [key, value] of Object.entries(values)) if (!rows.some((r) => r[0] === key)) rows.push([key, value]);
  change({ scenario: rows });
}

export function undo() {
  const before = past.pop();
  if (!before) return;
  future.push(edited.value);
  set(before);
}

export function redo() {
  const after = future.pop();
  if (!after) return;
  past.push(edited.value);
  set(after);
}

export function discard() {
  past.length = future.length = 0;
  changes.value = [];
  problems.value = [];
  set(new Map());
  void reload();
}

// reload reads the tables anew, and shows those before until they come.
async function reload() {
  const t = await attempt(() => api.tables(scenarioID.value));
  if (t && edited.value.size === 0) read.value = t;
}

let timer = 0, turn = 0;

// later checks what was edited, a moment after the last edit.
function later() {
  clearTimeout(timer);
  const mine = ++turn;
  if (edited.value.size === 0) {
    changes.value = [];
    problems.value = [];
    checking.value = false;
    return;
  }
  checking.value = true;
  timer = window.setTimeout(async () => {
    const tables: GridTable[] = [...edited.value].map(([name, rows]) => ({ name, rows }));
    const said = await attempt(() => api.check(scenarioID.value, read.value!.version, tables));
    if (mine !== turn) return;
    checking.value = false;
    if (!said) return;
    problems.value = said.problems ?? [];
    changes.value = said.changes ?? [];
  }, 250);
}

// save keeps the edits; what is refused stays as it is, with the reason.
export async function save(note: string): Promise<boolean> {
  if (!mayEdit.value || changes.value.length === 0) return false;
  try {
    const { version } = await api.save(scenarioID.value, note, changes.value);
    if (meta.value) meta.value = { ...meta.value, version };
    const n = changes.value.length;
    discard();
    say(text.app.saved(n, version));
    return true;
  } catch (e) {
    say(e instanceof Refusal && e.status === 412 ? text.app.conflict(e.message) : problem(e), true);
    return false;
  }
}
