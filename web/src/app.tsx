// The live page: the parts of the report, and controls above them that plan again.
import { signal } from "@preact/signals";
import { render } from "preact";
import type { Document } from "./data";
import { ask, type Progress, type Question, read, type State } from "./api";
import { Model } from "./model";
import { day, palette } from "./state";
import { percent, quantity, text } from "./text";
import { Areas } from "./parts/areas";
import { Coverage } from "./parts/coverage";
import { Flow } from "./parts/flow";
import { Gantt } from "./parts/gantt";
import { Headline, Method } from "./parts/headline";
import { Burden, Gaps, Timetable } from "./parts/lists";
import { TheatreMap } from "./parts/map";
import { Conditions, Today } from "./parts/situation";
import "./tokens.css";
import "./report.css";
import "./app.css";

const t = text.live;

const state = signal<State | null>(null);
const outlines = signal<number[][]>([]);
const model = signal<Model | null>(null);
const question = signal<Question>({ d_day: {}, without: [], lose: [], seconds: 1 });
const progress = signal<Progress | null>(null);
const working = signal(false);
const failed = signal("");

let opening: Model | null = null; // of the plan that the page opened with: it knows the conditions
let running: AbortController | null = null;
let soon = 0;

palette.value; // sets the colours before anything is drawn

async function open() {
  try {
    const [s, o] = await Promise.all([read<State>("api/state"), read<number[][]>("outlines.json")]);
    outlines.value = o;
    question.value = { ...question.value, policy: s.document.policy, maturity: s.document.maturity, d_day: Object.fromEntries(s.operations.map((x) => [x.id, x.d_day])) };
    state.value = s;
    show(s.document, true);
    if (location.hash.length > 1) fromAddress(s);
  } catch (e) {
    failed.value = String(e instanceof Error ? e.message : e);
  }
}

// The question is in the address, so that it can be sent to somebody who runs the same scenario.
function toAddress() {
  const q = question.value, p = new URLSearchParams();
  for (const [op, d] of Object.entries(q.d_day)) p.append("d-day", `${op}=${d}`);
  for (const id of q.lose) p.append("lose", id);
  if (q.policy) p.set("policy", q.policy);
  if (q.maturity) p.set("maturity", q.maturity);
  p.set("seconds", String(q.seconds));
  history.replaceState(null, "", `#${p}`);
}

function fromAddress(s: State) {
  const p = new URLSearchParams(location.hash.slice(1));
  const d_day = { ...question.value.d_day };
  for (const x of p.getAll("d-day")) {
    const [op, d] = x.split("=");
    if (op in d_day && /^\d{4}-\d\d-\d\d$/.test(d ?? "")) d_day[op] = d;
  }
  const seconds = Number(p.get("seconds"));
  change({
    d_day, lose: p.getAll("lose").filter((id) => s.contributors.some((c) => c.id === id)),
    policy: s.policies.find((x) => x === p.get("policy")) ?? question.value.policy,
    maturity: s.maturities.find((x) => x === p.get("maturity")) ?? question.value.maturity,
    seconds: seconds >= 0.1 && seconds <= 60 ? seconds : question.value.seconds,
  }, 0);
}

function show(doc: Document, first = false) {
  const next = new Model(doc);
  if (first) day.value = Math.max(0, Math.min(doc.days - 1, doc.exposure.worst > 0 ? doc.exposure.worst_day : doc.operations[0]?.d_day ?? 0));
  model.value = next;
}

// change asks for the plan of a changed question, a moment after the last change.
function change(part: Partial<Question>, wait = 150) {
  question.value = { ...question.value, ...part };
  toAddress();
  clearTimeout(soon);
  soon = window.setTimeout(plan, wait);
}

async function plan() {
  running?.abort();
  const mine = (running = new AbortController());
  working.value = true;
  failed.value = "";
  progress.value = null;
  try {
    const doc = await ask(question.value, mine.signal, (p) => (progress.value = p));
    if (mine === running) {
      show(doc);
      root.dataset.plans = String(Number(root.dataset.plans ?? 0) + 1);
    }
  } catch (e) {
    if (mine === running && !mine.signal.aborted) failed.value = String(e instanceof Error ? e.message : e);
  } finally {
    if (mine === running) working.value = false;
  }
}

function stop() {
  running?.abort();
  working.value = false;
}

function Controls({ s }: { s: State }) {
  const q = question.value, start = Date.parse(s.document.start + "T00:00:00Z");
  const iso = (n: number) => new Date(start + n * 86_400_000).toISOString().slice(0, 10);
  const number = (d: string) => Math.round((Date.parse(d + "T00:00:00Z") - start) / 86_400_000);
  return (
    <form class="controls screen" aria-label={t.controls} onSubmit={(e) => e.preventDefault()}>
      {s.operations.map((op) => (
        <label class="d-day">
          <span>{t.dDay(op.name)} <strong>{q.d_day[op.id]}</strong></span>
          <input type="range" min={0} max={s.document.days - 1} value={number(q.d_day[op.id])} onInput={(e) => change({ d_day: { ...q.d_day, [op.id]: iso(Number(e.currentTarget.value)) } })} />
        </label>
      ))}
      <label>
        <span>{t.lose}</span>
        <select value="" onChange={(e) => e.currentTarget.value && change({ lose: [...q.lose, e.currentTarget.value] }, 0)}>
          <option value="">{t.nobody(q.lose.length)}</option>
          {s.contributors.filter((c) => !q.lose.includes(c.id)).map((c) => <option value={c.id}>{c.name}</option>)}
        </select>
      </label>
      <label>
        <span>{t.policy}</span>
        <select value={q.policy} onChange={(e) => change({ policy: e.currentTarget.value }, 0)}>{s.policies.map((p) => <option value={p}>{text.policy(p)}</option>)}</select>
      </label>
      <label>
        <span>{t.maturity}</span>
        <select value={q.maturity} onChange={(e) => change({ maturity: e.currentTarget.value }, 0)}>{s.maturities.map((p) => <option value={p}>{p}</option>)}</select>
      </label>
      <label>
        <span>{t.time}</span>
        <select value={String(q.seconds)} onChange={(e) => change({ seconds: Number(e.currentTarget.value) }, 0)}>{[...new Set([1, 5, 20, 60, q.seconds])].sort((a, b) => a - b).map((n) => <option value={String(n)}>{t.seconds(n)}</option>)}</select>
      </label>
      <div class="doing" role="status">
        {working.value ? (
          <>
            <button type="button" onClick={stop}>{t.stop}</button>
            <span class="quiet">{progress.value ? t.progress(quantity(progress.value.objective), progress.value.gap_of_cover === null ? "" : percent(progress.value.gap_of_cover), progress.value.seconds) : t.planning}</span>
          </>
        ) : <button type="button" onClick={() => plan()}>{t.again}</button>}
      </div>
      {q.lose.length > 0 && (
        <ul class="lost">
          {q.lose.map((id) => (
            <li>
              {t.without(s.contributors.find((c) => c.id === id)?.name ?? id)}
              <button type="button" aria-label={t.back} title={t.back} onClick={() => change({ lose: q.lose.filter((x) => x !== id) }, 0)}>×</button>
            </li>
          ))}
        </ul>
      )}
    </form>
  );
}

// Against says what is otherwise than in the plan that the page opened with.
function Against({ first, now }: { first: Document; now: Document }) {
  if (first === now) return null;
  const changes: [string, number][] = [];
  const add = (name: string, a: number, b: number) => Math.abs(b - a) > 0.005 && changes.push([name, b - a]);
  first.operations.forEach((o, i) => {
    const n = now.operations[i];
    if (!n) return;
    for (const [of, was, is] of [[text.ioc, o.ioc, n.ioc], [text.foc, o.foc, n.foc]] as const) {
      if (was !== null && is !== null) add(t.later(of, o.name), was - o.d_day, is - n.d_day);
      else if (was !== is) changes.push([is === null ? t.lost(of, o.name) : t.won(of, o.name), is === null ? Infinity : -Infinity]);
    }
  });
  add(t.standing, first.exposure.standing, now.exposure.standing);
  add(t.operations, first.exposure.operations, now.exposure.operations);
  add(t.moves, first.exposure.moves, now.exposure.moves);
  return (
    <p class="against" role="status">
      <strong>{t.against}</strong>{" "}
      {changes.length === 0 ? t.same : changes.map(([name, by]) => <span class={by > 0 ? "worse" : "better"}>{Number.isFinite(by) ? t.change(name, by) : name}</span>)}
    </p>
  );
}

function App() {
  const s = state.value, m = model.value;
  if (failed.value && !s) return <p class="alarm" role="alert">{t.offline(failed.value)}</p>;
  if (!s || !m) return <p class="quiet">{t.loading}</p>;
  opening ??= m;
  return (
    <>
      <Controls s={s} />
      {failed.value && <p class="alarm" role="alert">{t.failed(failed.value)}</p>}
      <div class={working.value ? "stale" : ""}>
        <Headline model={m} />
        <Against first={s.document} now={m.doc} />
        <main key={`${m.doc.units.length}/${m.doc.posts.length}`}>
          <Today model={m} actual={m.doc.actual} />
          <Conditions model={opening} />
          <div class="answer">
            <TheatreMap model={m} outlines={outlines.value} />
            <Areas model={m} />
          </div>
          <Flow model={m} />
          <Coverage model={m} />
          <Gantt model={m} />
          <Timetable model={m} />
          <Burden model={m} />
          <Gaps model={m} />
          <Method model={m} />
        </main>
      </div>
    </>
  );
}

const root = document.getElementById("report")!;
render(<App />, root);
void open().then(() => (root.dataset.ready = String(Math.round(performance.now()))));
