// The pages of the work around plans: questions, comparison, asks, jobs, history, people.
import { useSignal } from "@preact/signals";
import { useEffect } from "preact/hooks";
import { api, type Asked, type Comparison, type Job, type JobKind, type Person, type Schemas } from "../app/client";
import { edits } from "../app/edits";
import { addressOf, attempt, contributor, jobs, local, mayAdminister, mayApprove, mayPlan, meta, model, nameOf, person, planID, plans, post, renew, saves, say, scenarioID, showPlan, today } from "../app/site";
import { comparison } from "../app/trial";
import type { Answer } from "../data";
import { Question } from "../parts/answers";
import { movesOf } from "../parts/lists";
import { Table } from "../parts/table";
import { count, percent, quantity, text } from "../text";
import { Difference } from "./tables";
import { Downloads, Empty, Loading, Name, planNow, When } from "./pieces";

const t = text.app;

const questions: { kind: JobKind; seconds: number }[] = [
  { kind: "lose", seconds: 20 }, { kind: "d-day", seconds: 20 }, { kind: "tradeoff", seconds: 20 }, { kind: "ask", seconds: 30 }, { kind: "samples", seconds: 30 },
  { kind: "robust", seconds: 30 }, { kind: "postures", seconds: 40 }, { kind: "tree", seconds: 20 },
];

export function Questions() {
  const q = t.questions;
  const ask = (kind: JobKind, seconds: number) =>
    attempt(async () => {
      await api.queue(scenarioID.value, kind, { seconds, from: planID.value || undefined });
      jobs.value = await api.jobs(scenarioID.value);
    });
  return (
    <div class="page questions-page">
      <p>{q.lead}</p>
      {questions.map(({ kind, seconds }) => {
        const job = jobs.value.find((j) => j.kind === kind && !j.parent);
        const open = job && (job.state === "queued" || job.state === "running" || job.state === "waiting");
        return (
          <section>
            <h2>{q.titles[kind]}</h2>
            <p>{q.about[kind]}</p>
            {open ? <Running job={job} /> : mayPlan.value && <button type="button" class={job ? "" : "strong"} onClick={() => void ask(kind, seconds)}>{job ? q.again(seconds) : q.ask(seconds)}</button>}
            {job?.state === "failed" && <p class="mistake" role="alert">{job.failure}</p>}
            {job?.state === "done" && job.scenario_version !== meta.value?.version && <p class="caution">{q.older(job.scenario_version)}</p>}
            {job?.state === "done" && (job.withheld ? <p class="caution">{q.withheld}</p> : <Answered job={job} />)}
          </section>
        );
      })}
    </div>
  );
}

const began = new Map<string, number>(); // when the page first saw a job running

// Running shows how far a job is, how long it still takes, and a way to stop it.
function Running({ job }: { job: Job }) {
  const p = (job.progress ?? {}) as { done?: number; of?: number; seconds?: number; gap?: number };
  const limit = (job.options as { seconds?: number } | null)?.seconds ?? 10;
  const now = useSignal(Date.now());
  useEffect(() => {
    const tick = setInterval(() => (now.value = Date.now()), 1000);
    return () => clearInterval(tick);
  }, []);
  if (job.state === "running" && !began.has(job.id)) began.set(job.id, now.value);
  const spent = Math.max(p.seconds ?? 0, (now.value - (began.get(job.id) ?? now.value)) / 1000);
  const part = p.of ? (p.done ?? 0) / p.of : Math.min(1, spent / limit);
  return (
    <div class="running" role="status">
      <span class="meter"><i style={{ width: `${100 * part}%` }} /></span>
      <span>{job.state === "queued" ? t.jobs.queued : p.of ? t.jobs.of(p.done ?? 0, p.of) : t.jobs.left(Math.max(0, Math.ceil(limit - spent)), p.gap === undefined ? "" : percent(p.gap))}</span>
      <button type="button" onClick={() => void attempt(() => api.cancel(job.id))}>{text.live.stop}</button>
    </div>
  );
}

const answers = new Map<string, Answer>();

function Answered({ job }: { job: Job }) {
  const answer = useSignal<Answer | null>(answers.get(job.id) ?? null);
  const points = useSignal<{ price_standing: number; price_operations: number }[]>([]);
  useEffect(() => {
    void attempt(async () => {
      const a = await api.answer(job.id);
      answers.set(job.id, a);
      answer.value = a;
      if (job.kind === "tradeoff") points.value = ((await api.job(job.id)).result as { points: typeof points.value }).points;
    });
  }, [job.id]);
  if (!answer.value) return <Loading />;
  const pick = job.kind !== "tradeoff" || points.value.length === 0 ? undefined : async (i: number) => {
    const p = points.value[i];
    if (!p || !(await edits.load())) return;
    edits.setSettings({ "weights.exposure.standing": String(round(p.price_standing)), "weights.exposure.operation": String(round(p.price_operations)) });
    say(t.questions.priced);
  };
  return (
    <div class="answered">
      <Question answer={answer.value} pick={pick} />
      {pick && <p class="tools">{t.questions.take} {points.value.map((_, i) => <button type="button" onClick={() => void pick(i)}>{t.questions.point(i + 1)}</button>)}</p>}
      <p class="quiet"><When at={job.ended} /></p>
    </div>
  );
}

const round = (x: number) => Number(x.toPrecision(5));

export function Compare() {
  const p = new URLSearchParams(location.search);
  const a = useSignal(p.get("a") ?? plans.value[1]?.id ?? ""), b = useSignal(p.get("b") ?? plans.value[0]?.id ?? "");
  const said = useSignal<Comparison | null>(null);
  const tried = comparison.value;
  useEffect(() => {
    said.value = null;
    if (!tried && a.value && b.value && a.value !== b.value) void attempt(async () => void (said.value = await api.compare(a.value, b.value)));
  }, [a.value, b.value, tried]);
  const c = tried ?? said.value;
  const pick = (value: string, set: (id: string) => void, label: string) => (
    <label>{label} <select value={value} onChange={(e) => set(e.currentTarget.value)}>{plans.value.map((x) => <option value={x.id}>{planName(x)}</option>)}</select></label>
  );
  return (
    <div class="page">
      {tried ? <p>{t.compare.trial}</p> : plans.value.length < 2 ? <Empty><h2>{t.compare.one}</h2><p>{t.compare.how}</p></Empty> : (
        <div class="tools">{pick(a.value, (id) => (a.value = id), t.compare.before)} {pick(b.value, (id) => (b.value = id), t.compare.after)}</div>
      )}
      {c ? <Compared c={c} /> : !tried && a.value !== b.value && plans.value.length > 1 && <Loading />}
    </div>
  );
}

export const planName = (p: { name: string; made: string }) => `${p.name || t.unnamed} · ${p.made.slice(0, 16).replace("T", " ")}`;

// Compared is two plans side by side, then what changes for whom.
function Compared({ c }: { c: Comparison }) {
  const m = model.value, x = c.before.metrics, y = c.after.metrics;
  const unitName = (id: string) => m?.doc.units.find((u) => u.id === id)?.name ?? id, postName = (id: string) => m?.doc.posts.find((q) => q.id === id)?.name ?? id;
  const ops = Object.keys(y.ioc), who = (id: string) => m?.doc.contributors.find((q) => q.id === id)?.name ?? id;
  const opName = (id: string) => m?.doc.operations.find((o) => o.id === id)?.name ?? id;
  const change = (before: number, after: number) => <Change by={after - before} />;
  const dates = (key: "ioc" | "foc") => ops.map((op) => {
    const p = x[key][op] ?? null, q = y[key][op] ?? null;
    return [`${key.toUpperCase()} · ${opName(op)}`, p ?? text.never, q ?? text.never, p && q ? <Change by={(Date.parse(q) - Date.parse(p)) / 86_400_000} unit="day" /> : p === q ? "" : <span class={q ? "better" : "worse"}>{q ? t.compare.won : t.compare.lost}</span>];
  });
  return (
    <>
      <section>
        <h2>{t.compare.numbers}</h2>
        <Table
          caption={t.compare.numbers} head={["", t.compare.before, t.compare.after, t.compare.change]} numbers={[1, 2, 3]}
          rows={[
            ...dates("ioc"), ...dates("foc"),
            [t.compare.standing, quantity(x.exposure_days.standing), quantity(y.exposure_days.standing), change(x.exposure_days.standing, y.exposure_days.standing)],
            [t.compare.operations, quantity(x.exposure_days.operations), quantity(y.exposure_days.operations), change(x.exposure_days.operations, y.exposure_days.operations)],
            ...(meta.value?.whole ? [[<span title={t.compare.gapMeaning}>{t.compare.gap}</span>, percent(x.gap), percent(y.gap), ""]] : []),
            [t.compare.moves, quantity(x.moves), quantity(y.moves), change(x.moves, y.moves)],
            [t.compare.backfills, quantity(x.backfills), quantity(y.backfills), change(x.backfills, y.backfills)],
            [t.compare.used, quantity(x.units_used), quantity(y.units_used), change(x.units_used, y.units_used)],
            [<span title={t.compare.costMeaning}>{t.compare.cost}</span>, quantity(x.objective), quantity(y.objective), change(x.objective, y.objective)],
          ]}
        />
      </section>
      <section>
        <h2>{t.compare.posts}</h2>
        {c.changes.posts.length === 0 ? <p class="quiet">{t.compare.samePosts}</p> : (
          <Table
            caption={t.compare.posts} head={t.compare.postColumns} numbers={[1, 2, 3]} first={30}
            rows={[...c.changes.posts].sort((p, q) => Math.abs(q.exposure_days.after - q.exposure_days.before) - Math.abs(p.exposure_days.after - p.exposure_days.before)).map((p) => [
              <Name kind="post" id={p.post}>{postName(p.post)}</Name>, quantity(p.exposure_days.before), quantity(p.exposure_days.after), change(p.exposure_days.before, p.exposure_days.after),
              (p.gone ?? []).map(unitName).join(", "), (p.new ?? []).map(unitName).join(", "),
            ])}
          />
        )}
      </section>
      <section>
        <h2>{t.compare.legs(c.changes.added, c.changes.dropped)}</h2>
        <Table
          caption={t.compare.legsCaption} head={t.compare.legColumns} first={40}
          rows={c.changes.legs.map((l) => [
            who(l.contributor), <Name kind="unit" id={l.unit}>{unitName(l.unit)}</Name>, postName(l.post),
            l.before ? <span class="date">{l.before.effective} – {l.before.until}</span> : <span class="quiet">{t.compare.none}</span>,
            l.after ? <span class="date">{l.after.effective} – {l.after.until}</span> : <span class="quiet">{t.compare.none}</span>,
          ])}
        />
      </section>
    </>
  );
}

// Change is a difference: less is better in all that is compared.
export function Change({ by, unit }: { by: number; unit?: string }) {
  if (Math.abs(by) < 0.05) return <span class="quiet">=</span>;
  const n = unit ? count(Math.abs(by), unit) : quantity(Math.abs(by));
  return <span class={by > 0 ? "worse" : "better"}>{by > 0 ? "▲ +" : "▼ −"}{n}</span>;
}

export function Jobs() {
  const j = t.jobs;
  useEffect(() => void attempt(async () => void (jobs.value = await api.jobs(scenarioID.value))), []);
  const list = jobs.value.filter((x) => !x.parent);
  return (
    <div class="page">
      <div class="tools">{mayPlan.value && [10, 60, 600].map((n) => <button type="button" class={n === 10 ? "strong" : ""} onClick={() => void planNow(n)}>{j.plan(n)}</button>)}</div>
      {list.length === 0 ? <Empty><h2>{j.none}</h2></Empty> : (
        <Table
          caption={t.pages.jobs} head={j.columns}
          rows={list.map((x) => [
            j.kinds[x.kind] ?? x.kind, t.tables.version(x.scenario_version), <When at={x.made} />,
            x.state === "running" || x.state === "queued" || x.state === "waiting" ? <Running job={x} /> : <span class={`badge ${x.state === "done" ? "good" : x.state === "failed" ? "bad" : ""}`}>{j.states[x.state] ?? x.state}</span>,
            x.failure && x.state !== "done" ? <>{x.failure} <button type="button" onClick={() => void attempt(() => api.retry(x.id))}>{j.retry}</button></> : x.state === "cancelled" ? <button type="button" onClick={() => void attempt(() => api.retry(x.id))}>{j.retry}</button>
              : x.plan ? <button type="button" onClick={() => void attempt(() => showPlan(x.plan))}>{j.show}</button> : x.state === "done" ? <a href={addressOf("questions")}>{t.pages.questions}</a> : "",
          ])}
        />
      )}
    </div>
  );
}

export function History() {
  const list = useSignal<Schemas["Version"][] | null>(null), shown = useSignal<{ version: number; list: Schemas["Difference"][] } | null>(null);
  useEffect(() => void attempt(async () => void (list.value = await api.versions(scenarioID.value))), [saves.value, meta.value?.version]);
  if (!list.value) return <Loading />;
  const h = t.history, newest = list.value[0]?.version ?? 0;
  const open = async (version: number) => {
    if (shown.value?.version === version) return void (shown.value = null);
    const page = await attempt(() => api.diff(scenarioID.value, version - 1, version));
    if (page) shown.value = { version, list: page.items ?? [] };
  };
  return (
    <div class="page">
      <section>
        <h2>{h.versions}</h2>
        <ol class="past">
          {list.value.map((v) => (
            <li>
              <strong>{t.tables.version(v.version)}</strong> <When at={v.at} /> {nameOf(v.by)} {v.note && <em>{v.note}</em>} <span class="quiet">{h.changes(v.changes, v.withheld)}</span>{" "}
              {v.version > 1 && <button type="button" class="link" aria-expanded={shown.value?.version === v.version} onClick={() => void open(v.version)}>{h.what}</button>}{" "}
              {mayPlan.value && meta.value?.whole && v.version < newest && <button type="button" class="link" onClick={() => void attempt(async () => { await api.restore(scenarioID.value, v.version); await renew(); say(h.restored(v.version)); })}>{h.restore}</button>}
              {shown.value?.version === v.version && <ul class="short">{shown.value.list.map((d) => <li><code>{d.kind}/{d.key}</code> <Difference was={d.was} is={d.is} /></li>)}</ul>}
            </li>
          ))}
        </ol>
      </section>
      <section>
        <h2>{h.plans}</h2>
        {plans.value.length === 0 ? <p class="quiet">{t.noPlan}</p> : (
          <Table
            caption={h.plans} head={h.planColumns} numbers={[3]}
            rows={plans.value.map((p) => {
              const head = p.head as { metrics?: { exposure_days: { total: number } } } | null;
              return [
                <strong>{p.name || t.unnamed}</strong>, <When at={p.made} />, t.tables.version(p.scenario_version), head?.metrics ? quantity(head.metrics.exposure_days.total) : "",
                p.approval ? <><When at={p.approval.at} /> {nameOf(p.approval.by)}</> : "",
                <div class="tools">
                  <button type="button" aria-pressed={p.id === planID.value} onClick={() => void attempt(() => showPlan(p.id))}>{p.id === planID.value ? h.shown : t.jobs.show}</button>
                  <a href={`/api/plans/${p.id}/export/html`}>{h.report}</a> <Downloads of="plans" id={p.id} />
                  {mayPlan.value && <button type="button" onClick={() => void share(p.id)}>{h.share}</button>}
                  {mayApprove.value && <button type="button" onClick={() => void attempt(async () => { await (p.approval ? api.takeBackApproval : api.approve)(p.id); await renew(); })}>{p.approval ? h.takeBack : h.approve}</button>}
                </div>,
              ];
            })}
          />
        )}
      </section>
    </div>
  );
}

export async function share(plan: string) {
  const issued = await attempt(() => api.share(plan));
  if (!issued) return;
  const link = `${location.origin}/share/${issued.value}`;
  try {
    await navigator.clipboard.writeText(link);
    say(t.history.copied(link));
  } catch {
    say(t.history.link(link));
  }
}

export function Asks() {
  const list = useSignal<Asked[] | null>(null);
  const read = () => attempt(async () => void (list.value = await api.asks(scenarioID.value)));
  useEffect(() => void read(), [saves.value]);
  const a = t.asks;
  if (!list.value) return <Loading />;
  return (
    <div class="page">
      {person.value?.role === "liaison" && <Mine />}
      {mayPlan.value && <NewAsk done={read} />}
      {list.value.length === 0 ? <Empty><p>{a.none}</p></Empty> : <ul class="asks">{list.value.map((x) => <OneAsk key={`${x.id}/${x.version}`} ask={x} done={read} />)}</ul>}
    </div>
  );
}

// Mine is what the plan wants of a liaison's contributor, and by when.
function Mine() {
  const m = model.value, own = person.value!.contributor;
  const n = m ? m.doc.contributors.findIndex((c) => c.id === own) : -1;
  const wanted = m && n >= 0 ? movesOf(m).filter((x) => x.unit.contributor === n) : [];
  return (
    <section>
      <h2>{t.asks.mine(own)}</h2>
      {!m || wanted.length === 0 ? <p class="quiet">{t.asks.nothing}</p> : (
        <Table caption={t.asks.mine(own)} head={t.asks.mineColumns} first={30} rows={wanted.map((w) => [<strong class="date">{m.date(w.leg.decide)}</strong>, <span class="date">{m.date(w.leg.order)}</span>, <Name kind="unit" id={w.unit.id}>{w.unit.name}</Name>, m.doc.posts[w.leg.post].name, `${m.date(w.leg.effective)} – ${m.date(w.leg.until)}`])} />
      )}
    </section>
  );
}

function NewAsk({ done }: { done: () => Promise<unknown> }) {
  const open = useSignal(false), m = model.value, a = t.asks;
  if (!m) return null;
  const submit = async (e: SubmitEvent) => {
    e.preventDefault();
    const f = new FormData(e.currentTarget as HTMLFormElement), of = (k: string) => String(f.get(k) ?? "");
    const sent = await attempt(() => api.ask(scenarioID.value, of("contributor"), of("due"), { capability: of("capability"), quantity: Number(of("quantity")), post: of("post") || undefined, from: of("from"), note: of("note") || undefined }));
    if (sent) {
      open.value = false;
      await done();
    }
  };
  if (!open.value) return <button type="button" class="strong" onClick={() => (open.value = true)}>{a.new}</button>;
  return (
    <form class="entry" onSubmit={submit}>
      <h2>{a.new}</h2>
      <label>{a.contributor}<select name="contributor" required value={contributor.value}><option value="" />{m.doc.contributors.map((c) => <option value={c.id}>{c.name}</option>)}</select></label>
      <label>{a.capability}<select name="capability" required>{m.doc.capabilities.map((c) => <option value={c.id}>{c.name}</option>)}</select></label>
      <label>{a.quantity}<input name="quantity" type="number" min="0" step="any" value="1" required /></label>
      <label>{a.post}<select name="post" value={post.value}><option value="">{a.anywhere}</option>{m.doc.posts.filter((p) => !p.home).map((p) => <option value={p.id}>{p.name}</option>)}</select></label>
      <label>{a.from}<input name="from" required pattern="\d{4}-\d{2}-\d{2}" placeholder="2025-06-01" value={m.iso(Math.max(0, m.doc.exposure.worst_day))} /></label>
      <label>{a.due}<input name="due" required pattern="\d{4}-\d{2}-\d{2}" placeholder="2025-06-01" value={m.iso(today.value + 7)} /></label>
      <label>{a.note}<textarea name="note" rows={2} /></label>
      <div class="tools"><button class="strong">{a.send}</button><button type="button" onClick={() => (open.value = false)}>{t.cancel}</button></div>
    </form>
  );
}

function OneAsk({ ask: x, done }: { ask: Asked; done: () => Promise<unknown> }) {
  const a = t.asks, m = model.value;
  const note = useSignal(""), unitID = useSignal(""), past = useSignal<Schemas["AskEvent"][]>([]);
  const mine = person.value?.contributor === x.contributor || mayPlan.value;
  const own = edits.rowsOf("units"), at = (h: string) => own[0]?.indexOf(h) ?? -1;
  useEffect(() => void edits.load(), []);
  useEffect(() => {
    if (x.version > 1) void attempt(async () => void (past.value = (await api.askOf(x.id)).history ?? []));
  }, []);
  const units = own.slice(1).filter((r) => r[at("contributor")] === x.contributor);
  const say2 = async (state: Schemas["Answer"]["state"]) => {
    const said = await attempt(() => api.answerAsk(x.id, x.version, { state, unit: state === "declined" ? undefined : unitID.value || undefined, note: note.value || undefined }));
    if (said) {
      say(a.answered(a.states[state] ?? state));
      await done();
    }
  };
  const who = m?.doc.contributors.find((c) => c.id === x.contributor)?.name ?? x.contributor;
  const what = m?.doc.capabilities.find((c) => c.id === x.for.capability)?.name ?? x.for.capability, where = x.for.post ? m?.doc.posts.find((p) => p.id === x.for.post)?.name ?? x.for.post : a.anywhere;
  return (
    <li>
      <p><strong>{who}</strong>: {quantity(x.for.quantity)} × {what}, {where}, {a.since(x.for.from)} <span class={`badge ${x.overdue ? "bad" : x.state === "open" ? "warn" : x.state === "declined" ? "bad" : "good"}`}>{x.overdue ? a.overdue : a.states[x.state] ?? x.state}</span> <span class="quiet">{x.state === "open" ? a.answerBy(x.due, x.days) : ""}</span></p>
      {x.for.note && <p class="quiet">{x.for.note}</p>}
      {past.value.filter((h) => h.note).map((h) => <p class="quiet"><When at={h.at} /> {nameOf(h.by)}: {h.note}</p>)}
      {x.state === "open" && mine && (
        <div class="tools">
          <label>{a.unit} <select value={unitID.value} onChange={(e) => (unitID.value = e.currentTarget.value)}><option value="">{a.noUnit}</option>{units.map((r) => <option value={r[at("id")]}>{r[at("name")] || r[at("id")]}</option>)}</select></label>
          <label>{a.note} <input value={note.value} onInput={(e) => (note.value = e.currentTarget.value)} /></label>
          {(["offered", "confirmed", "declined"] as const).map((s) => <button type="button" class={s === "offered" ? "strong" : ""} onClick={() => void say2(s)}>{a.verbs[s]}</button>)}
          {mayPlan.value && <button type="button" onClick={() => void attempt(async () => { await api.withdraw(x.id, x.version); await done(); })}>{a.withdraw}</button>}
        </div>
      )}
    </li>
  );
}

export function People() {
  const list = useSignal<Person[] | null>(null), link = useSignal(""), role = useSignal("planner"), of = useSignal("");
  const log = useSignal<Schemas["Entry"][]>([]);
  const read = () => attempt(async () => {
    list.value = await api.people();
    log.value = await api.audit();
  });
  useEffect(() => void read(), []);
  const p = t.people;
  if (!mayAdminister.value) return <Empty><h2>{p.not}</h2></Empty>;
  if (!list.value) return <Loading />;
  const invite = async (e: SubmitEvent) => {
    e.preventDefault();
    const issued = await attempt(() => api.invite(role.value, role.value === "liaison" ? of.value : ""));
    if (issued) link.value = `${location.origin}/invite/${issued.value}`;
  };
  const roles = ["coordinator", "planner", "approver", "liaison", "viewer"];
  return (
    <div class="page">
      <section>
        <h2>{t.pages.people}</h2>
        {local.value && <p class="quiet">{p.local}</p>}
        <Table
          caption={t.pages.people} head={p.columns}
          rows={list.value.map((x) => [
            x.name, x.email,
            <select aria-label={p.roleOf(x.name)} value={x.role} disabled={x.id === person.value?.id} onChange={(e) => void attempt(async () => { await api.changePerson(x, { role: e.currentTarget.value } as never); await read(); })}>{roles.map((r) => <option value={r}>{r}</option>)}</select>,
            x.contributor, x.disabled ? <span class="badge bad">{p.disabled}</span> : "",
            x.id === person.value?.id ? <span class="quiet">{p.you}</span> : <button type="button" onClick={() => void attempt(async () => { await api.changePerson(x, { disabled: !x.disabled } as never); await read(); })}>{x.disabled ? p.enable : p.disable}</button>,
          ])}
        />
      </section>
      <section>
        <h2>{p.invite}</h2>
        <form class="tools" onSubmit={invite}>
          <label>{p.role} <select value={role.value} onChange={(e) => (role.value = e.currentTarget.value)}>{roles.map((r) => <option value={r}>{r}</option>)}</select></label>
          {role.value === "liaison" && <label>{p.contributor} <input required value={of.value} onInput={(e) => (of.value = e.currentTarget.value)} /></label>}
          <button class="strong">{p.make}</button>
        </form>
        {link.value && <p>{p.link} <code>{link.value}</code></p>}
      </section>
      <section>
        <h2>{p.log}</h2>
        <Table caption={p.log} head={p.logColumns} first={20} rows={log.value.map((e) => [<When at={e.at} />, nameOf(e.who), e.action, e.subject])} />
      </section>
    </div>
  );
}
