// The list of scenarios, and the import of a file: a workbook with mistakes is mended in place.
import { useSignal } from "@preact/signals";
import { useEffect, useMemo } from "preact/hooks";
import { api, type CellProblem, type GridColumn, type GridTable, type ImportFormat, type Scenario } from "../app/client";
import { attempt, mayAdminister, mayPlan, page } from "../app/site";
import { text } from "../text";
import { Empty, Loading, useFormats, When } from "./pieces";
import { Problems, Sheet } from "./sheet";
import { wordsOf } from "./tables";

const t = text.app;

export function Home() {
  const list = useSignal<Scenario[] | null>(null);
  useEffect(() => void attempt(async () => void (list.value = await api.scenarios())), []);
  if (!list.value) return <Loading />;
  return (
    <div class="page home">
      <h1>{t.pages.home}</h1>
      {list.value.length === 0 ? <Empty><p>{t.home.none}</p></Empty> : (
        <ul class="scenarios">{list.value.map((s) => <li><a href={`/scenarios/${s.id}/overview`}><strong>{s.name}</strong></a> <span class="quiet">{t.tables.version(s.version)} · <When at={s.changed} /></span></li>)}</ul>
      )}
      <p class="tools">
        {mayPlan.value && <a class="button strong" href="/import">{t.home.import}</a>}
        {mayAdminister.value && <a class="button" href="/people">{t.pages.people}</a>}
        <a class="button" href="/api">{t.home.api}</a>
      </p>
    </div>
  );
}

interface Draft {
  name: string;
  tables: GridTable[];
  columns: GridColumn[];
  problems: CellProblem[];
}

export function Import() {
  const draft = useSignal<Draft | null>(null), name = useSignal(""), go = useSignal<{ row: number; column: number } | null>(null), working = useSignal(false), as = useSignal("");
  const i = t.import, mended = useSignal(false), formats = useFormats().filter((f) => f.imports);
  useEffect(() => {
    const ask = (e: BeforeUnloadEvent) => mended.peek() && e.preventDefault(); // what is mended here is nowhere else
    addEventListener("beforeunload", ask);
    return () => removeEventListener("beforeunload", ask);
  }, []);
  const words = useMemo(() => wordsOf((table) => draft.value?.tables.find((x) => x.name === table)?.rows ?? []), []);
  const finish = async (keep: () => Promise<Scenario>) => {
    working.value = true;
    const s = await attempt(async () => {
      const kept = await keep();
      await api.queue(kept.id, "plan", { seconds: 5, name: "first plan" });
      return kept;
    });
    working.value = false;
    if (!s) return;
    mended.value = false;
    location.assign(`/scenarios/${s.id}/overview`);
  };
  const take = async (file: File | undefined) => {
    if (!file) return;
    const named = file.name.toLowerCase();
    const format = as.value || (formats.length > 0 ? formats : (await attempt(api.formats)) ?? []).find((f) => f.imports && f.extensions.some((e) => named.endsWith(e)))?.name || "xlsx";
    if (format !== "xlsx") return finish(() => api.importFile(format as ImportFormat, file));
    working.value = true;
    const book = await attempt(() => api.workbook(file));
    working.value = false;
    if (!book) return;
    draft.value = { name: file.name, ...book };
    const first = book.problems.find((p) => !p.warning) ?? book.problems[0];
    name.value = first?.table || (book.tables.find((x) => x.name === "units") ?? book.tables[0]).name;
    if (first) setTimeout(() => lead(first), 0);
  };
  const lead = (p: CellProblem) => {
    if (p.table) name.value = p.table;
    setTimeout(() => (go.value = { row: Math.max(1, p.row - 1), column: Math.max(0, p.column - 1) }), 0);
  };
  const edit = async (change: (rows: string[][]) => string[][]) => {
    const d = draft.value!;
    mended.value = true;
    const tables = d.tables.map((x) => (x.name === name.value ? { ...x, rows: change(x.rows) } : x));
    draft.value = { ...d, tables };
    const problems = await attempt(() => api.checkTables(tables));
    if (problems && draft.value?.tables === tables) draft.value = { ...draft.value, problems };
  };
  const d = draft.value;
  if (page.value !== "import") return null;
  if (!d) {
    return (
      <div class="page home">
        <h1>{i.title}</h1>
        <p>{i.lead}</p>
        <p><label>{i.format} <select value={as.value} onChange={(e) => (as.value = e.currentTarget.value)}><option value="">{i.byName}</option>{formats.map((f) => <option value={f.name} title={f.reads}>{f.title} ({f.extensions.join(", ")})</option>)}</select></label></p>
        <label class="drop" onDragOver={(e) => e.preventDefault()} onDrop={(e) => { e.preventDefault(); void take(e.dataTransfer?.files[0]); }}>
          {working.value ? t.working : i.choose}<input type="file" accept={formats.filter((f) => !as.value || f.name === as.value).flatMap((f) => f.extensions).join(",")} onChange={(e) => void take(e.currentTarget.files?.[0])} />
        </label>
        <p class="quiet">{i.new}</p>
      </div>
    );
  }
  const rows = d.tables.find((x) => x.name === name.value)?.rows ?? [], wrong = d.problems.filter((p) => !p.warning);
  return (
    <section class="page tables">
      <h1>{i.mend(d.name)}</h1>
      <div class="tools" role="status">
        <strong class={wrong.length > 0 ? "exposed" : "good"}>{wrong.length > 0 ? i.wrong(wrong.length) : i.right}</strong>
        <button type="button" class="strong" disabled={wrong.length > 0 || working.value} onClick={() => void finish(() => api.keepTables(d.tables))}>{i.keep}</button>
        <button type="button" onClick={() => ((draft.value = null), (mended.value = false))}>{t.cancel}</button>
      </div>
      {d.problems.length > 0 && <Problems list={d.problems} most={50} head={(table) => d.tables.find((x) => x.name === table)?.rows[0]} lead={lead} />}
      <div class="tabs" role="tablist" aria-label={i.title}>
        {d.tables.map((x) => {
          const bad = wrong.filter((p) => p.table === x.name).length;
          return <button type="button" role="tab" aria-selected={x.name === name.value} onClick={() => ((name.value = x.name), (go.value = null))}>{x.name}{bad > 0 && <b class="badge bad">{bad}</b>}</button>;
        })}
      </div>
      <Sheet
        key={name.value} name={name.value} rows={rows} columns={d.columns.filter((c) => c.table === name.value)} problems={d.problems.filter((p) => p.table === name.value)} words={words} filter="" go={go.value}
        edit={(cells) => void edit((old) => {
          const next = old.map((r) => [...r]);
          for (const c of cells) {
            while (next.length <= c.row) next.push([]);
            while (next[c.row].length <= c.column) next[c.row].push("");
            next[c.row][c.column] = c.text;
          }
          return next;
        })}
        remove={(list) => void edit((old) => old.filter((_, n) => !list.includes(n)))}
      />
    </section>
  );
}
