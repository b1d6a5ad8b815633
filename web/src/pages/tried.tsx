// The bar at the foot: what is tried, what is edited and not saved, how that stands with the server, and what to do with it.
import { useSignal } from "@preact/signals";
import type { JSX } from "preact";
import { useEffect, useRef } from "preact/hooks";
import { closedBecause, edits } from "../app/edits";
import { recordOf, type Conflict, type Edit } from "../app/merge";
import { addressOf, base, follow, mayEdit, mayPlan, trialModel } from "../app/site";
import * as trial from "../app/trial";
import { percent, quantity, text } from "../text";
import { Change } from "./work";

const t = text.app, e = t.edits;

// Tried is what a trial changes, and what to do with it.
export function Tried() {
  const naming = useSignal<string | null>(null), bar = useRef<HTMLElement>(null), active = trial.active.value;
  useEffect(() => {
    const style = document.documentElement.style, watch = new ResizeObserver(() => style.setProperty("--bar", `${bar.current?.offsetHeight ?? 0}px`));
    if (bar.current) watch.observe(bar.current);
    return () => {
      watch.disconnect();
      style.removeProperty("--bar");
    };
  }, [active]);
  const q = trial.question.value, m = trialModel.value, b = base.value;
  if (!active) return null;
  const what = [
    ...Object.entries(q.d_day).map(([op, d]) => t.trial.dDay(b?.doc.operations.find((o) => o.id === op)?.name ?? op, d, (b?.doc.operations.length ?? 0) > 1)),
    ...q.lose.map((c) => text.live.without(b?.doc.contributors.find((x) => x.id === c)?.name ?? c)), q.policy && text.policy(q.policy), q.maturity && text.maturity(q.maturity),
  ].filter(Boolean).join(", ");
  const keeps = m !== null && trial.keepable.value, saves = edits.closed.value === "";
  const closed = keeps || saves ? "" : edits.dirty.value ? closedBecause(edits.closed.value) : q.lose.length > 0 ? t.trial.lost : "";
  const unseen = edits.dirty.value && ["away", "refused", "out"].includes(edits.checked.value); // the trial is of what was edited before
  const save = async (name: string) => {
    if (trial.keepable.value && m ? await trial.keep(name) : (await edits.save(name)) > 0) naming.value = null;
  };
  return (
    <aside ref={bar} class="tried screen" aria-label={t.trial.label}>
      <Standing />
      <div class="of"><strong>{mayPlan.value ? t.trial.title : t.trial.draft}</strong> <span>{what || (edits.dirty.value ? "" : t.trial.found)}</span> {edits.dirty.value && <Unsaved />}</div>
      <div class="effect" role="status">
        {trial.failed.value ? <span class="worse">{text.live.failed(trial.failed.value)}</span> : edits.wrong.value.length > 0 ? <span class="worse">{t.trial.wrong(edits.wrong.value.length, edits.wrong.value[0].message)}</span> : m && b && !unseen ? <Effect /> : null}
        {trial.working.value && <span class="quiet">{trial.progress.value?.objective != null ? text.live.progress(quantity(trial.progress.value.objective), trial.progress.value.gap === null ? "" : percent(trial.progress.value.gap), trial.progress.value.seconds) : text.live.planning}</span>}
      </div>
      <div class="tools">
        {edits.dirty.value && <button type="button" disabled={!edits.canUndo.value} onClick={edits.undo}>{t.trial.undo}</button>}
        {edits.dirty.value && <button type="button" disabled={!edits.canRedo.value} onClick={edits.redo}>{t.trial.redo}</button>}
        {trial.working.value ? <button type="button" onClick={trial.stop}>{text.live.stop}</button> : mayPlan.value && <button type="button" onClick={() => void trial.further()}>{text.live.again}</button>}
        {m && <a class="button" href={addressOf("compare")} onClick={(ev) => follow(ev, "compare")}>{t.pages.compare}</a>}
        {naming.value === null ? (
          mayEdit.value && <button type="button" class="strong" disabled={!keeps && !saves} title={closed || undefined} onClick={() => (naming.value = "")}>{keeps || (m && !saves) ? t.trial.keep : t.trial.save}</button>
        ) : (
          <form onSubmit={(ev) => { ev.preventDefault(); void save(naming.value ?? ""); }}>
            <input autofocus placeholder={t.trial.name} aria-label={t.trial.name} maxLength={200} value={naming.value} onInput={(ev) => (naming.value = ev.currentTarget.value)} onKeyDown={(ev) => ev.key === "Escape" && (naming.value = null)} ref={focused} />
            <button class="strong" disabled={!keeps && !saves} title={closed || undefined}>{t.trial.ok}</button>
          </form>
        )}
        <button type="button" onClick={() => { naming.value = null; edits.discard(); trial.drop(); }}>{t.trial.drop}</button>
      </div>
    </aside>
  );
}

const focused = (el: HTMLInputElement | null) => el?.focus();

// Standing says where the edits are and what they wait for, where that is not as usual.
function Standing() {
  const n = edits.records.value, torn = new Set(edits.conflicts.value.map(recordOf)).size;
  const lines: [string, string, string][] = []; // the kind, its sign, words
  if (edits.sent.value && !edits.saving.value) lines.push(["away", "⟳", e.unknown]);
  else if (edits.checked.value === "away") lines.push(["away", "⟳", e.away(n)]);
  else if (edits.checked.value === "refused") lines.push(["torn", "!", e.closed.refused(edits.reason.value)]);
  if (torn > 0) lines.push(["torn", "≠", e.torn(torn)]);
  if (edits.restored.value > 0) lines.push(["back", "↺", e.back(n, edits.restored.value)]);
  if (edits.dirty.value && !edits.kept.value) lines.push(["torn", "!", e.notKept]);
  return <div class="standing" role="status">{lines.map(([kind, sign, words]) => <p class={kind} key={kind + sign}><b aria-hidden="true">{sign}</b> {words}</p>)}</div>;
}

// Unsaved opens the list of what is edited and not saved, record by record.
function Unsaved() {
  const torn = edits.conflicts.value;
  const groups = new Map<string, Edit[]>();
  for (const x of edits.list.value) groups.set(recordOf(x), [...(groups.get(recordOf(x)) ?? []), x]);
  const gone = torn.filter((c) => !groups.has(recordOf(c)));
  return (
    <details class="menu-of unsaved">
      <summary>{t.trial.edits(groups.size)}</summary>
      <div class="sheet-of">
        <h2>{e.title}</h2>
        <ul>{[...groups.values()].slice(0, most).map((list) => <Record list={list} torn={torn.filter((c) => recordOf(c) === recordOf(list[0]))} />)}</ul>
        {gone.map((c) => <Clash c={c} />)}
        {groups.size > most && <p class="quiet">{text.shownOf(most, groups.size)}</p>}
      </div>
    </details>
  );
}

const most = 100; // records that are listed

const worded = (row: string[] | null) => (row === null ? e.removed : row.filter((c) => c !== "").join(" · ") || e.empty);

// nameOf is what a record is called: its name where its table has one, else its key.
function nameOf(kind: string, key: string): string {
  const rows = edits.rowsOf(kind), head = rows[0] ?? [], row = rows.find((r) => r[head.indexOf("id")] === key);
  return (kind === "settings" ? text.app.pages.tables : row?.[head.indexOf("name")]) || key;
}

function Record({ list, torn }: { list: Edit[]; torn: Conflict[] }) {
  const { kind, key } = list[0], name = nameOf(kind, key);
  return (
    <li class={torn.length > 0 ? "torn" : ""}>
      <div class="name">{name && <strong>{name}</strong>} <span class="quiet">{kind}{key && key !== name && kind !== "settings" && ` ${key}`}</span><button type="button" class="link" onClick={() => edits.takeBack({ kind, key })}>{e.takeBack}</button></div>
      {list.flatMap((x) => lines(x, torn))}
      {torn.map((c) => <Clash c={c} />)}
    </li>
  );
}

// lines are a row's cells that are edited; those in conflict are shown as such.
function lines(x: Edit, torn: Conflict[]): JSX.Element[] {
  const part = x.table.includes(".") ? `${x.table.split(".")[1]} ` : "";
  if (x.is === null) return torn.some((c) => c.table === x.table && c.column === "") ? [] : [<p>{part}<del>{worded(x.was)}</del> <ins>{e.removed}</ins></p>];
  if (x.was === null) return torn.some((c) => c.table === x.table && c.column === "") ? [] : [<p>{part}<ins>{worded(x.is)}</ins></p>];
  return x.cells.filter((c) => !torn.some((o) => o.table === x.table && o.id === x.id && o.column === c.column)).map((c) => (
    <p>{part}<b>{x.table === "scenario" ? x.id : c.column}</b> <del>{c.was || e.empty}</del> <span aria-hidden="true">→</span> <ins>{c.is || e.empty}</ins></p>
  ));
}

// Clash shows theirs beside mine, and takes either.
function Clash({ c }: { c: Conflict }) {
  const rows = edits.rowsOf(c.table), head = rows[0] ?? [];
  const row = rows.find((r) => r[c.table === "scenario" ? 0 : head.indexOf("id")] === c.id);
  const mine = c.column === "" ? worded(c.mine) : row?.[head.indexOf(c.column)] || e.empty;
  return (
    <div class="clash">
      <b>{c.table === "scenario" ? c.id : c.column || c.table}</b>
      <span>{e.mine} <ins>{mine}</ins></span> <button type="button" onClick={() => edits.decide(c, "mine")}>{e.keepMine}</button>
      <span>{e.theirs} <ins>{c.column === "" ? worded(c.theirs) : c.theirs![0] || e.empty}</ins></span> <button type="button" onClick={() => edits.decide(c, "theirs")}>{e.takeTheirs}</button>
    </div>
  );
}

// Effect is what a trial changes against the plan that is kept, in a line.
function Effect() {
  const a = base.value!.doc, b = trialModel.value!.doc;
  const out: JSX.Element[] = [];
  for (const o of b.operations) {
    const was = a.operations.find((x) => x.id === o.id);
    for (const key of ["ioc", "foc"] as const) {
      const p = was?.[key] ?? null, q = o[key];
      const name = `${key.toUpperCase()}${b.operations.length > 1 ? ` ${o.name}` : ""}`;
      if (p !== null && q !== null && was && p !== q) out.push(<span title={t.trial.ready(p - was.d_day, q - o.d_day)}>{name} {o.d_day === was.d_day ? <Change by={q - p} unit="day" /> : t.trial.shifted(q - p, q - o.d_day, p - was.d_day)}</span>);
      else if ((p === null) !== (q === null)) out.push(<span class={q === null ? "worse" : "better"}>{name} {q === null ? t.compare.lost : t.compare.won}</span>);
    }
  }
  const numbers: [string, number, number][] = [[t.trial.standing, a.exposure.standing, b.exposure.standing], [t.trial.operations, a.exposure.operations, b.exposure.operations], [t.compare.moves, a.exposure.moves, b.exposure.moves]];
  for (const [name, p, q] of numbers) if (Math.abs(q - p) >= 0.05) out.push(<span>{name} <Change by={q - p} /></span>);
  const gap = b.proof.gap - a.proof.gap;
  if (gap > 0.01 && !b.proof.withheld) out.push(<span class="quiet" title={t.trial.noise}>{t.trial.gap(percent(b.proof.gap), percent(a.proof.gap))}</span>);
  return <>{out.length === 0 ? <span class="quiet">{text.live.same}</span> : out}</>;
}
