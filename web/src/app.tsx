// The page that a planner keeps open: the bar with what is shown, the pages, what is chosen beside them, what is tried below.
import { effect, signal, useSignal } from "@preact/signals";
import { render, type JSX } from "preact";
import { useEffect, useMemo, useRef } from "preact/hooks";
import { api } from "./app/client";
import { edits } from "./app/edits";
import {
  addressOf, attempt, choose, chosen,  failure, follow, go, jobs, listen, local, may, mayAdminister, mayEdit, mayPlan, meta, model, names, offline, openScenario, page, pages, person, planID, plans, problem, readAddress, ready, scenarioID, showPlan, signedOut, signIn, toasts,
  trialModel, base, work, type PageName,
} from "./app/site";
import * as trial from "./app/trial";
import { Verdict } from "./parts/headline";
import { Compare, Asks, History, Jobs, People, planName, Questions, share } from "./pages/work";
import { Home, Import } from "./pages/home";
import { ConditionsPage, Contributors, CoveragePage, GanttPage, Inspector, MapPage, Overview, TimetablePage, TodayPage } from "./pages/plan";
import { TablesPage } from "./pages/tables";
import { Tried } from "./pages/tried";
import { day, palette, theme, type Theme } from "./state";
import { text } from "./text";
import "./tokens.css";
import "./report.css";
import "./app.css";

const t = text.app;

effect(() => void palette.value); // sets the colours before anything is drawn, and when they change

const drawn: Record<PageName, () => JSX.Element> = {
  overview: Overview, map: MapPage, gantt: GanttPage, coverage: CoveragePage, tables: TablesPage, contributors: Contributors, questions: Questions, compare: Compare,
  timetable: TimetablePage, asks: Asks, jobs: Jobs, history: History, conditions: ConditionsPage, today: TodayPage,
};

const groups: PageName[][] = [["overview", "map", "gantt", "coverage"], ["tables", "contributors", "timetable"], ["questions", "compare", "asks"], ["conditions", "today"], ["jobs", "history"]];

function Menu() {
  const shown = (p: PageName) => mayPlan.value || (p !== "questions" && p !== "jobs");
  return (
    <nav class="menu screen" aria-label={t.menu}>
      {groups.map((g) => (
        <ul>
          {g.filter(shown).map((p) => <li><a href={addressOf(p)} aria-current={page.value === p ? "page" : undefined} title={t.answers[p]} onClick={(e) => follow(e, p)}>{t.pages[p]}{p === "jobs" && jobs.value.some((j) => j.state === "running" || j.state === "queued") && <b class="dot" title={t.jobs.some} />}{p === "today" && base.value?.doc.actual?.parted && <b class="dot bad" title={t.overview.parted} />}</a></li>)}
        </ul>
      ))}
    </nav>
  );
}

function Bar() {
  const m = model.value, q = trial.question.value;
  return (
    <header class="topbar screen">
      <a class="brand" href="/" title={t.pages.home}>{t.brand}</a>
      <h1 title={meta.value?.name}>{meta.value?.name ?? ""}</h1>
      {m && mayPlan.value && base.value!.doc.operations.map((op) => {
        const at = q.d_day[op.id] ?? m.iso(op.d_day), moved = m.dayOf(at) - op.d_day;
        return (
          <label class="d-day">
            <span>{base.value!.doc.operations.length > 1 ? text.live.dDay(op.name) : text.dDay} <strong>{m.date(m.dayOf(at))}</strong>{moved !== 0 && <em> {t.moved(moved)}</em>}</span>
            <input type="range" min={0} max={m.doc.days - 1} value={m.dayOf(at)} aria-label={text.live.dDay(op.name)} aria-valuetext={m.date(m.dayOf(at))} onInput={(e) => trial.ask({ d_day: { ...q.d_day, [op.id]: m.iso(Number(e.currentTarget.value)) } })} />
          </label>
        );
      })}
      {m && mayPlan.value && <Variant />}
      <span class="spacer" />
      {plans.value.length > 0 && (
        <label class="plan"><span class="unseen">{t.plan}</span>
          <select value={planID.value} title={t.plan} onChange={(e) => void attempt(() => showPlan(e.currentTarget.value))}>{plans.value.map((p) => <option value={p.id}>{trialModel.value && p.id === planID.value ? t.trial.of(p.name || planName(p)) : p.name || planName(p)}</option>)}</select>
        </label>
      )}
      {m && <Verdict model={m} />}
      <Search />
      <More />
    </header>
  );
}

// Variant holds the rest of what a plan is for.
function Variant() {
  const q = trial.question.value, doc = base.value!.doc;
  return (
    <details class="menu-of">
      <summary>{t.variant.title}{q.lose.length > 0 || q.policy || q.maturity ? " •" : ""}</summary>
      <div class="sheet-of">
        <label>{text.live.policy}<select value={q.policy || doc.policy} onChange={(e) => trial.ask({ policy: e.currentTarget.value }, 0)}>{t.variant.policies.map(([p, means]) => <option value={p} title={means}>{p}</option>)}</select></label>
        <label>{text.live.maturity}<select value={q.maturity || doc.maturity} onChange={(e) => trial.ask({ maturity: e.currentTarget.value }, 0)}>{["stated", "offered", "confirmed", "assigned"].map((p) => <option value={p}>{p}</option>)}</select></label>
        <label>{text.live.lose}<select value="" onChange={(e) => e.currentTarget.value && trial.ask({ lose: [...q.lose, e.currentTarget.value] }, 0)}>
          <option value="">{text.live.nobody(q.lose.length)}</option>
          {doc.contributors.filter((c) => !q.lose.includes(c.id) && doc.units.some((u) => doc.contributors[u.contributor].id === c.id)).map((c) => <option value={c.id}>{c.name}</option>)}
        </select></label>
        {q.lose.map((c) => <button type="button" onClick={() => trial.toggle(c)}>{t.variant.back(doc.contributors.find((x) => x.id === c)?.name ?? c)}</button>)}
        <label>{text.live.time}<select value={String(q.seconds)} onChange={(e) => trial.ask({ seconds: Number(e.currentTarget.value) }, 0)}>{[0.5, 5, 20, 60].map((n) => <option value={String(n)}>{text.live.seconds(n)}</option>)}</select></label>
      </div>
    </details>
  );
}

function More() {
  const p = person.value;
  return (
    <details class="menu-of right">
      <summary title={t.more}>{p?.name ?? "…"}</summary>
      <div class="sheet-of">
        <p class="quiet">{p?.role}{p?.contributor && `, ${p.contributor}`}</p>
        <label>{text.theme}<select value={theme.value} onChange={(e) => (theme.value = e.currentTarget.value as Theme)}>{(["auto", "light", "dark"] as const).map((k) => <option value={k}>{text.themes[k]}</option>)}</select></label>
        <a href="/">{t.pages.home}</a>
        {mayAdminister.value && <a href="/people">{t.pages.people}</a>}
        {planID.value && <a href={`/api/plans/${planID.value}/export/html`}>{t.history.report}</a>}
        {planID.value && mayPlan.value && <button type="button" onClick={() => void share(planID.value)}>{t.history.share}</button>}
        <a href="/api">{t.home.api}</a>
        {!local.value && <button type="button" onClick={() => void attempt(async () => { await api.signOut(); location.assign("/"); })}>{t.signOut}</button>}
      </div>
    </details>
  );
}

interface Found {
  kind: string;
  id: string;
  name: string;
  open: () => void;
}

// Search finds anything by its name or id, from the keyboard.
function Search() {
  const wanted = useSignal(""), at = useSignal(0), open = useSignal(false);
  const input = useRef<HTMLInputElement>(null), m = model.value;
  const all = useMemo(() => {
    const list: Found[] = pages.map((p) => ({ kind: t.search.page, id: p, name: t.pages[p], open: () => go(p) }));
    if (m) {
      for (const u of m.doc.units) list.push({ kind: t.search.unit, id: u.id, name: u.name, open: () => choose("unit", u.id) });
      for (const p of m.doc.posts) list.push({ kind: t.search.post, id: p.id, name: p.name, open: () => choose("post", p.id) });
      for (const c of m.doc.contributors) list.push({ kind: t.search.contributor, id: c.id, name: c.name, open: () => choose("contributor", c.id) });
      for (const o of m.doc.operations) list.push({ kind: t.search.dDay, id: o.id, name: `${text.dDay} ${o.name}`, open: () => (day.value = o.d_day) });
    }
    return list;
  }, [m]);
  useEffect(() => {
    const key = (e: KeyboardEvent) => {
      const typing = /^(INPUT|TEXTAREA|SELECT)$/.test((e.target as HTMLElement).tagName) || (e.target as HTMLElement).closest("[role=grid]");
      if ((e.key === "k" && (e.ctrlKey || e.metaKey)) || (e.key === "/" && !typing)) {
        e.preventDefault();
        input.current?.focus();
        input.current?.select();
      }
      if (e.key === "z" && (e.ctrlKey || e.metaKey) && (!typing || (e.target as HTMLElement).closest("[role=grid]")) && !(e.target instanceof HTMLInputElement)) {
        e.preventDefault();
        if (e.shiftKey) edits.redo();
        else edits.undo();
      }
      if (e.key !== "Escape" || typing) return;
      const open = document.querySelector("details.menu-of[open]");
      if (open) open.removeAttribute("open");
      else if (chosen.value) choose("unit", "");
    };
    addEventListener("keydown", key);
    return () => removeEventListener("keydown", key);
  }, []);
  const words = wanted.value.toLowerCase().split(/\s+/).filter(Boolean);
  const found = words.length === 0 ? [] : all.filter((f) => words.every((w) => f.name.toLowerCase().includes(w) || f.id.toLowerCase().includes(w))).slice(0, 12);
  const take = (f: Found | undefined) => {
    if (!f) return;
    f.open();
    wanted.value = "";
    open.value = false;
    input.current?.blur();
  };
  return (
    <div class="search" role="search">
      <input
        ref={input} {...({ role: "combobox" } as object)} placeholder={t.search.hint} aria-label={t.search.label} aria-expanded={open.value && found.length > 0} aria-controls="found" aria-autocomplete="list" aria-activedescendant={found[at.value] ? `found-${at.value}` : undefined} value={wanted.value}
        onInput={(e) => ((wanted.value = e.currentTarget.value), (at.value = 0), (open.value = true))} onFocus={() => (open.value = true)} onBlur={() => (open.value = false)}
        onKeyDown={(e) => {
          if (e.key === "ArrowDown") at.value = Math.min(found.length - 1, at.value + 1);
          else if (e.key === "ArrowUp") at.value = Math.max(0, at.value - 1);
          else if (e.key === "Enter") take(found[at.value]);
          else if (e.key === "Escape") (wanted.value = ""), e.currentTarget.blur();
          else return;
          e.preventDefault();
        }}
      />
      <ul id="found" role="listbox" aria-label={t.search.label} hidden={!open.value || found.length === 0}>
        {found.map((f, i) => <li id={`found-${i}`} role="option" aria-selected={i === at.value} onPointerDown={(e) => (e.preventDefault(), take(f))}><span>{f.name}</span><span class="quiet">{f.kind}</span></li>)}
      </ul>
    </div>
  );
}

const heeded = signal<string[]>(JSON.parse(sessionStorage.getItem("heeded") ?? "[]") as string[]);

// Told is what happened to the scenario's file, until it is put away.
function Told() {
  const list = (work.value?.told ?? []).filter((x) => !heeded.value.includes(x));
  const heed = (x: string) => {
    heeded.value = [...heeded.value, x];
    sessionStorage.setItem("heeded", JSON.stringify(heeded.value));
  };
  return <>{list.map((x) => <p class="caution told screen" role="status" key={x}><span>{x.trim()}</span><button type="button" aria-label={t.close} onClick={() => heed(x)}>×</button></p>)}</>;
}

function Toasts() {
  return <div class="toasts" role="status" aria-live="polite">{toasts.value.map((x) => <div key={x.id} class={x.bad ? "toast bad" : "toast"}><span>{x.text}</span>{x.act && <button type="button" class="act" onClick={() => { x.act!.run(); toasts.value = toasts.value.filter((y) => y !== x); }}>{x.act.label}</button>}<button type="button" aria-label={t.close} onClick={() => (toasts.value = toasts.value.filter((y) => y !== x))}>×</button></div>)}</div>;
}

function App() {
  if (failure.value) return <main class="page"><p class="alarm" role="alert">{failure.value}</p><p><a href="/">{t.pages.home}</a></p></main>;
  if (!ready.value) return <main class="page"><p class="quiet loading" role="status">{t.loading}</p></main>;
  const name = page.value;
  if (name === "home" || name === "import" || name === "people") {
    const Page = name === "home" ? Home : name === "import" ? Import : People;
    return <><header class="topbar screen"><a class="brand" href="/">{t.brand}</a><span class="spacer" /><More /></header><main class="alone"><Page /></main><Toasts /></>;
  }
  const Page = drawn[name], beside = chosen.value && !["jobs", "history", "asks", "conditions", "today"].includes(name);
  return (
    <>
      <a class="skip" href="#main">{t.skip}</a>
      <Bar />
      <div class={beside ? "body with" : "body"}>
        <Menu />
        <main id="main" class={trial.working.value ? "stale" : ""}>
          {signedOut.value ? <p class="caution screen" role="alert">{t.signedOut(edits.records.value)} <a href={signIn()}>{t.signInAgain}</a></p> : offline.value && <p class="caution screen" role="alert">{t.offline}</p>}
          <Told />
          {name !== "overview" && <h1 class="title">{t.pages[name]}</h1>}
          {name === "overview" && <h1 class="unseen">{t.pages.overview}</h1>}
          <Page />
        </main>
        {beside && (
          <aside class="inspector screen" aria-label={t.inspector.label}>
            <button type="button" class="shut" aria-label={t.close} onClick={() => choose("unit", "")}>×</button>
            <Inspector key={chosen.value} />
          </aside>
        )}
      </div>
      <Tried />
      <Toasts />
    </>
  );
}

async function open() {
  const p = readAddress();
  try {
    const [s, people] = await Promise.all([api.session(), api.names()]);
    names.value = people;
    person.value = s.person;
    may.value = s.may ?? [];
    local.value = s.local;
    work.value = s.work ?? null;
    if (scenarioID.value) {
      await openScenario(p.get("plan"), p.get("day"));
      listen((version) => {
        edits.heard(version);
        trial.back();
      });
    }
    ready.value = true;
    if (scenarioID.value) trial.fromAddress(p);
    if (scenarioID.value && mayEdit.value) void edits.restore();
  } catch (e) {
    failure.value = problem(e);
  }
  document.documentElement.dataset.ready = String(Math.round(performance.now()));
}

addEventListener("popstate", () => {
  const id = scenarioID.value;
  readAddress();
  if (scenarioID.value !== id) location.reload();
});
addEventListener("beforeunload", (e) => {
  if (edits.dirty.value && (!edits.kept.value || edits.keeping.value > 0)) e.preventDefault(); // the browser keeps nothing, or not yet
});
// A session that has ended leads to where one signs in, unless there is something to read first.
effect(() => {
  if (signedOut.value && !edits.dirty.value) location.assign(signIn());
});
addEventListener("pointerdown", (e) => {
  for (const d of document.querySelectorAll("details.menu-of[open]")) if (!d.contains(e.target as Node)) d.removeAttribute("open");
});

render(<App />, document.getElementById("app")!);
void open();

