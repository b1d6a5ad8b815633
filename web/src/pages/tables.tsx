// The scenario as tables: edited in place, pasted into, checked as they are typed, with the history of each record.
import { useSignal } from "@preact/signals";
import { useEffect, useMemo } from "preact/hooks";
import { api, type CellProblem, type GridColumn, type Schemas } from "../app/client";
import { edits } from "../app/edits";
import { attempt, choose, contributor, mayEdit, nameOf, person, post, scenarioID, unit, work } from "../app/site";
import { text } from "../text";
import { Problems, Sheet } from "./sheet";
import { bare, Downloads, Loading, When } from "./pieces";

const kinds: Record<string, "unit" | "post" | "contributor"> = { units: "unit", posts: "post", contributors: "contributor" };

// wordsOf is what a cell of a column may hold, by the tables as they stand.
export const wordsOf = (rows: (table: string) => string[][]) => (c: GridColumn): string[] => {
  if (c.words.length > 0) return c.words;
  if (!c.refers) return [];
  const r = rows(c.refers), id = Math.max(0, (r[0] ?? []).indexOf("id"));
  return r.slice(1).map((x) => x[id] ?? "");
};

export function TablesPage() {
  const name = useSignal(unit.value ? "units" : post.value ? "posts" : contributor.value ? "contributors" : "units");
  const filter = useSignal(person.value?.role === "liaison" ? person.value.contributor : "");
  const go = useSignal<{ row: number; column: number } | null>(null);
  const past = useSignal<{ of: string; list: Schemas["Past"][] } | null>(null);
  useEffect(() => void edits.load(), [edits.read.value]);
  const t = text.app.tables;
  const read = edits.read.value;
  const words = useMemo(() => wordsOf(edits.rowsOf), []);
  if (!read) return <Loading />;
  const table = name.value, rows = edits.rowsOf(table);
  const before = read.tables.find((x) => x.name === table)?.rows;
  const problems = [...edits.problems.value, ...clashes()];
  const own = person.value?.role === "liaison";
  const may = mayEdit.value && (!own || table === "units" || table === "contributors" || table.startsWith("units."));
  const kind = kinds[table];
  const chosen = kind === "unit" ? bare(unit.value) : kind === "post" ? post.value : kind === "contributor" ? contributor.value : "";
  const lead = (p: (typeof problems)[number]) => {
    if (p.table) name.value = p.table;
    filter.value = "";
    setTimeout(() => (go.value = { row: Math.max(1, p.row - 1), column: Math.max(0, p.column - 1) }), 0);
  };
  const readHistory = async () => {
    const list = await attempt(() => api.history(scenarioID.value, table, chosen));
    if (list) past.value = { of: chosen, list };
  };
  const upload = async (file: File | undefined) => {
    if (!file) return;
    const book = await attempt(() => api.workbook(file));
    if (!book) return;
    const changed: Record<string, string[][]> = {};
    for (const x of book.tables) {
      const now = edits.rowsOf(x.name);
      const next = aligned(x.rows, now[0] ?? []);
      if (own && x.name !== "units" && x.name !== "contributors" && !x.name.startsWith("units.")) continue;
      if (JSON.stringify(next) !== JSON.stringify(now)) changed[x.name] = next;
    }
    if (Object.keys(changed).length > 0) edits.change(changed);
  };
  return (
    <section class="page tables">
      <div class="tabs" role="tablist" aria-label={t.title}>
        {read.tables.map((x) => {
          const bad = problems.filter((p) => p.table === x.name && !p.warning).length;
          return (
            <button type="button" role="tab" aria-selected={x.name === table} class={edits.edited.value.has(x.name) ? "changed" : ""} onClick={() => ((name.value = x.name), (go.value = null))}>
              {x.name}<span class="quiet"> {(edits.rowsOf(x.name).length - 1)}</span>{bad > 0 && <b class="badge bad">{bad}</b>}
            </button>
          );
        })}
      </div>
      <div class="tools">
        <label>{t.filter} <input type="search" value={filter.value} onInput={(e) => (filter.value = e.currentTarget.value)} /></label>
        {kind && chosen && <button type="button" onClick={readHistory}>{t.history(chosen)}</button>}
        <span class="spacer" />
        {mayEdit.value && <label class="button">{t.upload}<input type="file" accept=".xlsx" class="unseen" onChange={(e) => void upload(e.currentTarget.files?.[0])} /></label>}
        <a class="button" href={`/api/scenarios/${encodeURIComponent(scenarioID.value)}/export/xlsx`}>{t.download("XLSX")}</a>
        <Downloads of="scenarios" id={scenarioID.value} />
      </div>
      {!may && <p class="quiet">{own ? t.others : t.readOnly}</p>}
      {work.value && <p class="quiet">{t.local(work.value.file, work.value.kept)}</p>}
      <Sheet
        key={table} name={table} rows={rows} before={before} columns={edits.columnsOf(table)} problems={problems.filter((p) => p.table === table)} words={words} filter={filter.value} go={go.value} chosen={chosen || undefined}
        edit={may ? (cells) => edits.setCells(table, cells) : undefined} remove={may ? (list) => edits.removeRows(table, list) : undefined}
        add={may ? () => {
          edits.addRow(table, own && table === "units" ? { contributor: person.value!.contributor } : {});
          go.value = { row: edits.rowsOf(table).length - 1, column: 0 };
        } : undefined}
        choose={kind ? (id) => id && bare(unit.value) !== id && choose(kind, id) : undefined}
      />
      {problems.length > 0 && (
        <section aria-live="polite">
          <h2>{t.problems(edits.wrong.value.length, problems.length - edits.wrong.value.length)}</h2>
          <Problems list={problems} most={100} head={(name) => edits.rowsOf(name)[0]} lead={lead} />
        </section>
      )}
      {past.value && (
        <section>
          <h2>{t.historyOf(past.value.of)}</h2>
          <ol class="past">
            {past.value.list.map((p, i) => (
              <li><strong>{t.version(p.version)}</strong> <When at={p.at} /> {nameOf(p.by)} <Difference was={past.value!.list[i + 1]?.body} is={p.body} /></li>
            ))}
          </ol>
          <button type="button" onClick={() => (past.value = null)}>{text.app.close}</button>
        </section>
      )}
    </section>
  );
}

// clashes are the cells that others changed too, with what they made of them.
function clashes(): CellProblem[] {
  return edits.conflicts.value.flatMap((c) => {
    const rows = edits.rowsOf(c.table), head = rows[0] ?? [], key = head.indexOf(c.table === "scenario" ? "key" : "id");
    const row = rows.findIndex((r, i) => i > 0 && (c.column !== "" ? r[key] === c.id : JSON.stringify(r) === JSON.stringify(c.mine)));
    if (row < 0) return [];
    const theirs = c.column === "" ? "" : c.theirs![0];
    return [{ table: c.table, row: row + 1, column: Math.max(0, head.indexOf(c.column)) + 1, message: text.app.edits.clashAt(theirs), maybe: theirs, warning: true }];
  });
}

// aligned puts rows of a file under the columns that the page shows.
function aligned(rows: string[][], head: string[]): string[][] {
  const from = rows[0] ?? [];
  const index = head.map((h) => from.indexOf(h));
  return [head, ...rows.slice(1).filter((r) => r.some((c) => c !== "")).map((r) => index.map((i) => (i < 0 ? "" : r[i] ?? "")))];
}

// Difference names the fields in which two forms of a record differ.
export function Difference({ was, is }: { was: unknown; is: unknown }) {
  const a = (was ?? {}) as Record<string, unknown>, b = (is ?? {}) as Record<string, unknown>, t = text.app.tables;
  if (!is) return <em>{t.removed}</em>;
  if (!was) return <em>{t.added}</em>;
  const keys = [...new Set([...Object.keys(a), ...Object.keys(b)])].filter((k) => JSON.stringify(a[k]) !== JSON.stringify(b[k]));
  const show = (x: unknown) => (x === undefined ? "–" : typeof x === "string" ? x : JSON.stringify(x));
  return <span>{keys.map((k) => <span class="difference"><b>{k}</b> <del>{show(a[k])}</del> <ins>{show(b[k])}</ins></span>)}</span>;
}
