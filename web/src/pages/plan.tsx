// The pages that show the plan: overview, map, Gantt, coverage, contributors, timetable, conditions, today.
import { useSignal } from "@preact/signals";
import { useEffect } from "preact/hooks";
import { api, type Explained } from "../app/client";
import { edits } from "../app/edits";
import { attempt, base, choose, contributor, jobs, mayPlan, model, outlines, planID, post, say, today, trialModel, unit } from "../app/site";
import { question, toggle } from "../app/trial";
import { soft, State, type Model, type Stay } from "../model";
import { Areas } from "../parts/areas";
import { Coverage } from "../parts/coverage";
import { Flow } from "../parts/flow";
import { Gantt } from "../parts/gantt";
import { Headline, Method } from "../parts/headline";
import { Burden, Gaps, movesOf, Shape, Timetable } from "../parts/lists";
import { TheatreMap } from "../parts/map";
import { Conditions, Today } from "../parts/situation";
import { day } from "../state";
import { percent, quantity, text } from "../text";
import { bare, Empty, Name, NoPlan, PageLink } from "./pieces";

const t = text.app;

// needed draws a page of the plan that is shown.
const needed = (draw: (m: Model) => preact.JSX.Element) => () => {
  const m = model.value;
  return m ? draw(m) : <NoPlan />;
};

export const Overview = needed((m) => (
  <div class="page overview">
    {base.value?.doc.actual?.parted && <p class="caution"><PageLink to="today">{t.overview.parted}</PageLink></p>}
    <Headline model={m} bare />
    <div class="answer">
      <TheatreMap model={m} outlines={outlines.value} high={330} choose={(p) => choose("post", m.doc.posts[p].id)} chosen={m.doc.posts.findIndex((p) => p.id === post.value)} />
      <div>
        <Soon model={m} />
        <Wanted model={m} />
        <Chains model={m} />
      </div>
    </div>
    <Areas model={m} />
    <Flow model={m} />
    <Method model={m} />
  </div>
));

// Soon lists what must be decided next.
function Soon({ model: m }: { model: Model }) {
  const moves = movesOf(m);
  const now = today.value, open = moves.filter((x) => x.leg.decide >= now), late = moves.length - open.length;
  const from = open[0]?.leg.decide ?? now, week = open.filter((x) => x.leg.decide < from + 7);
  return (
    <section>
      <h2>{t.overview.soon}</h2>
      {week.length === 0 ? <p class="quiet">{t.overview.nothingSoon}</p> : (
        <>
          <p>{from <= now + 7 ? t.overview.thisWeek(week.length) : t.overview.weekOf(week.length, m.date(from))}{late > 0 && <span class="quiet"> {t.overview.past(late, m.date(now))}</span>}</p>
          <ul class="short">
            {week.slice(0, 5).map((x) => (
              <li><strong class="date">{m.date(x.leg.decide)}</strong> {m.doc.contributors[x.unit.contributor].name}: <Name kind="unit" id={x.unit.id}>{x.unit.name}</Name> {t.overview.to} {m.doc.posts[x.leg.post].name}</li>
            ))}
          </ul>
          <p><PageLink to="timetable">{t.overview.all(moves.length)}</PageLink></p>
        </>
      )}
    </section>
  );
}

// Wanted names the worst gaps, and leads to what would close them.
function Wanted({ model: m }: { model: Model }) {
  const gaps = m.doc.gaps.slice(0, 3);
  return (
    <section>
      <h2>{t.overview.gaps}</h2>
      {gaps.length === 0 ? <p class="quiet">{text.gaps.none}</p> : (
        <>
          <ul class="short">
            {gaps.map((g) => (
              <li><Name kind="post" id={m.doc.posts[g.post].id}>{m.doc.posts[g.post].name}</Name>: {m.doc.capabilities[m.doc.posts[g.post].lines[g.line].capability].name} {t.overview.missing(percent(g.worst), m.date(g.from), m.date(g.until))} <span class="exposed">{text.areas.days(g.exposure)}</span></li>
            ))}
          </ul>
          {mayPlan.value && <p><PageLink to="questions">{t.overview.whomToAsk}</PageLink></p>}
        </>
      )}
    </section>
  );
}

// Chains are the backfills in a word each.
function Chains({ model: m }: { model: Model }) {
  const list = [...m.doc.cascades].filter((c) => c.steps.length > 0).sort((a, b) => Number(m.doc.posts[b.to].operation >= 0) - Number(m.doc.posts[a.to].operation >= 0) || a.on - b.on).slice(0, 4);
  return (
    <section>
      <h2>{text.flow.title}</h2>
      {list.length === 0 ? <p class="quiet">{text.flow.none}</p> : (
        <ul class="short">
          {list.map((c) => (
            <li><Name kind="unit" id={m.doc.units[c.unit].id}>{m.doc.units[c.unit].name}</Name> {t.overview.leaves(m.doc.posts[c.post].name, m.date(c.on))} {c.steps.filter((s) => s.depth <= 1).slice(0, 2).map((s) => <><Name kind="unit" id={m.doc.units[s.unit].id}>{m.doc.units[s.unit].name}</Name> {t.overview.takesOver(m.date(s.effective))} </>)}</li>
          ))}
        </ul>
      )}
    </section>
  );
}

export const MapPage = needed((m) => <div class="page one"><TheatreMap model={m} outlines={outlines.value} high={Math.max(380, innerHeight - 330)} choose={(p) => choose("post", m.doc.posts[p].id)} chosen={m.doc.posts.findIndex((p) => p.id === post.value)} /></div>);

export const GanttPage = needed((m) => (
  <div class="page">
    <Gantt
      model={m}
      edits={{
        shows: unit.value || post.value || contributor.value, high: Math.max(360, innerHeight - 300),
        choose: (u, p) => (u >= 0 ? choose("unit", m.doc.units[u].id) : p >= 0 && choose("post", m.doc.posts[p].id)),
        chosen: (u, p) => (u >= 0 ? m.doc.units[u].id === unit.value || m.doc.contributors[m.doc.units[u].contributor].id === contributor.value : p >= 0 && m.doc.posts[p].id === post.value),
        move: mayPlan.value ? (s, from, until) => void pin(m, s, from, until) : undefined,
      }}
    />
  </div>
));

// pin makes a stay hold on days; forbid, that the unit is not there on them.
export async function pin(m: Model, s: Stay, from: number, until: number, forbid = false) {
  if (!(await edits.load())) return;
  const u = m.doc.units[s.unit], p = m.doc.posts[s.leg.post];
  edits.addRow("pins", { unit: u.id, post: p.id, from: m.iso(from), until: m.iso(until), forbid: forbid ? "true" : "", note: forbid ? t.pins.forbidden : t.pins.pinned });
  say(forbid ? t.pins.saidForbid(u.name, p.name) : t.pins.saidPin(u.name, p.name, m.date(from), m.date(until)));
}

export const CoveragePage = needed((m) => (
    <div class="page">
      <Coverage model={m} choice={{ shows: post.value, high: Math.max(300, innerHeight - 300), choose: (p) => choose("post", m.doc.posts[p].id), chosen: (p) => m.doc.posts[p].id === post.value }} />
      <p class="quiet">{t.coverage.choose}</p>
      <Gaps model={m} />
    </div>
));

// Reason says why a post is not held on the chosen day, and who could have come.
function Reason({ model: m, at }: { model: Model; at: number }) {
  const said = useSignal<{ key: string; answer: Explained } | null>(null);
  const working = useSignal(false);
  const state = m.states[at][day.value] as State, p = m.doc.posts[at];
  const key = `${planID.value} ${p.id} ${day.value}`;
  const why = async () => {
    working.value = true;
    const answer = await attempt(() => api.explain(planID.value, p.id, m.iso(day.value)));
    working.value = false;
    if (answer) said.value = { key, answer };
  };
  const a = said.value?.key === key ? said.value.answer : null;
  return (
    <section aria-live="polite">
      <h3>{t.coverage.on(m.date(day.value))}</h3>
      <ul class="short">
        {p.lines.map((l, j) => day.value >= l.from && day.value < l.until && (
          <li>{m.doc.capabilities[l.capability].name}: {text.coverage.cover} <strong class={m.cover[at][j][day.value] < l.floor ? "exposed" : ""}>{quantity(m.cover[at][j][day.value])}</strong>, {text.coverage.floor} {quantity(l.floor)}, {text.coverage.target} {quantity(l.target)}</li>
        ))}
        <li>{t.coverage.there} {m.present(at, day.value).length === 0 ? text.coverage.nobody : m.present(at, day.value).map((s, i) => <>{i > 0 && ", "}<Name kind="unit" id={m.doc.units[s.unit].id}>{m.doc.units[s.unit].name}</Name></>)}</li>
      </ul>
      {trialModel.value ? <p class="quiet">{t.explain.trial}</p> : (
        <button type="button" class={state >= State.below ? "strong" : ""} disabled={working.value} onClick={why}>{working.value ? t.working : state >= State.below ? t.coverage.close : t.coverage.who}</button>
      )}
      {a && <Alternatives model={m} answer={a} />}
    </section>
  );
}

// Alternatives are what could be otherwise: possible ones with their cost, the others with the rule that bars them.
function Alternatives({ model: m, answer: a }: { model: Model; answer: Explained }) {
  const name = (id: string) => m.doc.units.find((u) => u.id === id)?.name ?? id, place = (id: string) => m.doc.posts.find((p) => p.id === id)?.name ?? id;
  const could = a.alternatives.filter((x) => x.possible), cannot = a.alternatives.filter((x) => !x.possible);
  const of = (x: Explained["alternatives"][number]) => (a.unit ? place(x.post) : name(x.unit));
  return (
    <div class="alternatives">
      <h3>{could.length > 0 ? t.explain.could(could.length) : t.explain.nobody}</h3>
      <ul class="short">
        {could.slice(0, 8).map((x) => <li><strong>{of(x)}</strong>{x.instead && ` ${t.explain.instead(place(x.instead))}`}: {x.cost_added < 0 ? t.explain.cheaper(quantity(-x.cost_added)) : t.explain.dearer(quantity(x.cost_added))}</li>)}
      </ul>
      {cannot.length > 0 && (
        <details>
          <summary>{t.explain.cannot(cannot.length)}</summary>
          <ul class="short">{cannot.slice(0, 60).map((x) => <li><strong>{of(x)}</strong>: {x.reason || x.rule}</li>)}</ul>
        </details>
      )}
    </div>
  );
}

// whole is the plan with everybody in it: a trial's own, or where it leaves somebody out the plan that it is tried against.
const whole = (m: Model): Model => (question.value.lose.length > 0 ? base.value ?? m : m);

export const Contributors = needed((m) => {
  const loss = jobs.value.find((j) => j.kind === "lose" && j.state === "done");
  const said = useSignal<Record<string, string[]>>({});
  useEffect(() => {
    if (loss) void attempt(async () => {
      const answer = await api.answer(loss.id);
      said.value = Object.fromEntries(answer.rows.map((r) => [r[0], r]));
    });
  }, [loss?.id]);
  const c = t.contributors;
  const pledges = ["stated", "offered", "confirmed", "assigned"];
  const { doc } = whole(m); // whom a trial leaves out is there to be brought back
  const rows = doc.contributors.map((x, i) => {
    const own = doc.units.filter((u) => u.contributor === i);
    return { x, by: pledges.map((p) => own.filter((u) => u.pledge === p).length), all: own.length };
  }).filter((r) => r.all > 0);
  return (
    <div class="page">
      <section>
        <h2>{c.pledges}</h2>
        <p>{c.lead}</p>
        <div class="wide">
          <table>
            <caption class="unseen">{c.pledges}</caption>
            <thead><tr><th scope="col">{c.name}</th>{pledges.map((p) => <th scope="col" class="number" title={c.meaning[p]}>{p}</th>)}<th scope="col">{c.firm}</th><th scope="col">{c.lost}</th><th scope="col"><span class="unseen">{c.what}</span></th></tr></thead>
            <tbody>
              {rows.map(({ x, by, all }) => {
                const l = said.value[x.name], gone = question.value.lose.includes(x.id);
                return (
                  <tr class={x.id === contributor.value ? "chosen" : ""}>
                    <td><Name kind="contributor" id={x.id}>{x.name}</Name></td>
                    {by.map((n) => <td class="number">{n || ""}</td>)}
                    <td><span class="meter pledge" role="img" aria-label={c.firmOf(by[2] + by[3], all)}><i style={{ width: `${(100 * (by[2] + by[3])) / all}%` }} /></span></td>
                    <td>{l ? <span class={l[2] === "as planned" ? "" : "exposed"}>{l[2]}; {c.days(l[3], l[4])}</span> : <span class="quiet">{c.unknown}</span>}</td>
                    <td><button type="button" aria-pressed={gone} disabled={!mayPlan.value} onClick={() => toggle(x.id)}>{gone ? c.back : c.without}</button></td>
                  </tr>
                );
              })}
            </tbody>
          </table>
        </div>
        {!loss && mayPlan.value && <p><PageLink to="questions">{c.askLoss}</PageLink></p>}
      </section>
      <Burden model={m} />
      <Shape model={m} />
    </div>
  );
});

export const TimetablePage = needed((m) => (
  <div class="page">
    <Calendar model={m} />
    <p><a class="button" href={`/api/plans/${planID.value}/export/ics`}>{t.timetable.ics}</a> <a class="button" href={`/api/plans/${planID.value}/export/tpfdd`}>{t.timetable.csv}</a></p>
    <Timetable model={m} from={today.value} />
  </div>
));

// Calendar shows how many decisions fall on each day: a column a week.
function Calendar({ model: m }: { model: Model }) {
  const by = new Map<number, number>();
  for (const tour of m.doc.tours) for (const l of tour.legs) if (l.lift) by.set(l.decide, (by.get(l.decide) ?? 0) + 1);
  if (by.size === 0) return null;
  const days = [...by.keys()].sort((a, b) => a - b), most = Math.max(...by.values());
  const start = days[0] - m.parts(days[0]).weekday;
  const weeks = Array.from({ length: Math.ceil((days[days.length - 1] - start + 1) / 7) }, (_, w) => start + w * 7);
  const begins = (d: number) => m.parts(d).month !== m.parts(d - 7).month;
  const named = (d: number, i: number) => {
    if (i === 0) return [1, 2, 3].some((k) => begins(d + 7 * k)) ? "" : m.month(d);
    return begins(d) ? (m.parts(d).month === 0 || i < 4 ? m.month(d) : m.month(d).split(" ")[0]) : "";
  };
  return (
    <section>
      <h2>{t.timetable.calendar}</h2>
      <div class="wide">
        <table class="calendar">
          <caption class="unseen">{t.timetable.calendar}</caption>
          <thead><tr><th scope="col"><span class="unseen">{t.timetable.day}</span></th>{weeks.map((d, i) => <th scope="col"><span>{named(d, i)}</span><span class="unseen">{t.timetable.week(m.date(d))}</span></th>)}</tr></thead>
          <tbody>
            {text.app.weekdays.map((name, k) => (
              <tr>
                <th scope="row">{name}</th>
                {weeks.map((w) => {
                  const d = w + k, n = by.get(d) ?? 0;
                  return <td>{n > 0 && <button type="button" class={d < today.value ? "late" : d === day.value ? "at" : ""} style={{ "--part": String(n / most) }} title={t.timetable.on(n, m.date(d))} aria-label={t.timetable.on(n, m.date(d))} onClick={() => d >= 0 && d < m.doc.days && (day.value = d)}>{n}</button>}</td>;
                })}
              </tr>
            ))}
          </tbody>
        </table>
      </div>
    </section>
  );
}

export const ConditionsPage = needed((m) => <div class="page">{m.doc.situation ? <Conditions model={m} /> : <Empty><h2>{t.news.noConditions}</h2><p>{t.news.howConditions}</p></Empty>}</div>);
export const TodayPage = needed((m) => <div class="page">{m.doc.actual ? <Today model={m} actual={m.doc.actual} /> : <Empty><h2>{t.news.noFacts}</h2><p>{t.news.howFacts}</p></Empty>}</div>);

// Inspector is what is known of what is chosen, and what can be asked and done about it.
export function Inspector() {
  const m = model.value;
  if (unit.value) return <UnitPanel model={m} id={unit.value} />;
  if (post.value) return <PostPanel model={m} id={post.value} />;
  return <ContributorPanel model={m} id={contributor.value} />;
}

function UnitPanel({ model: m, id }: { model: Model | null; id: string }) {
  const said = useSignal<{ key: string; answer: Explained } | null>(null);
  const working = useSignal(false);
  const n = m ? m.doc.units.findIndex((u) => u.id === id) : -1;
  const many = m && n < 0 ? m.doc.units.filter((u) => bare(u.id) === bare(id)) : [];
  if (!m || n < 0) {
    return <><h2>{id}</h2>{many.length > 0 ? <ul class="short">{many.slice(0, 40).map((u) => <li><Name kind="unit" id={u.id}>{u.name}</Name></li>)}</ul> : <p class="quiet">{t.inspector.notInPlan}</p>}<p><PageLink to="tables">{t.inspector.edit}</PageLink></p></>;
  }
  const u = m.doc.units[n], key = `${planID.value} ${id}`;
  const why = async () => {
    working.value = true;
    const answer = await attempt(() => api.explain(planID.value, id));
    working.value = false;
    if (answer) said.value = { key, answer };
  };
  const stays = m.staysOf(n);
  return (
    <>
      <h2>{u.name}</h2>
      <p class="quiet"><Name kind="contributor" id={m.doc.contributors[u.contributor].id}>{m.doc.contributors[u.contributor].name}</Name> · {u.capability >= 0 ? m.doc.capabilities[u.capability].name : ""} · {t.inspector.persons(u.persons)} · {m.doc.places[u.home]?.name ?? ""} · <span class={soft(u.pledge) ? "soft" : ""}>{u.pledge}</span></p>
      <h3>{t.inspector.stays}</h3>
      {stays.length === 0 ? <p class="quiet">{text.gantt.atHome}</p> : (
        <ol class="stays">
          {stays.map((s) => (
            <li>
              <Name kind="post" id={m.doc.posts[s.leg.post].id}>{m.doc.posts[s.leg.post].name}</Name>
              <div class="date">{m.date(s.leg.effective)} – {m.date(s.leg.until)}</div>
              {s.leg.lift ? <div class="quiet">{text.gantt.decide} {m.date(s.leg.decide)}, {text.gantt.order} {m.date(s.leg.order)}, {s.leg.lift}</div> : <div class="quiet">{text.gantt.since}</div>}
              {mayPlan.value && (
                <div class="tools">
                  <button type="button" onClick={() => void pin(m, s, s.leg.effective, s.leg.until)}>{t.pins.pin}</button>
                  <button type="button" onClick={() => void pin(m, s, s.leg.effective, Math.min(m.doc.days, s.leg.until + 7))}>{t.pins.longer}</button>
                  <button type="button" onClick={() => void pin(m, s, s.leg.effective, s.leg.until, true)}>{t.pins.forbid}</button>
                </div>
              )}
            </li>
          ))}
        </ol>
      )}
      <div class="tools">
        {!trialModel.value && <button type="button" disabled={working.value} onClick={why}>{working.value ? t.working : t.inspector.why}</button>}
        <PageLink to="tables">{t.inspector.edit}</PageLink>
        <PageLink to="gantt">{t.pages.gantt}</PageLink>
      </div>
      {trialModel.value && <p class="quiet">{t.explain.trial}</p>}
      {said.value?.key === key && <Alternatives model={m} answer={said.value.answer} />}
    </>
  );
}

function PostPanel({ model: m, id }: { model: Model | null; id: string }) {
  const n = m ? m.doc.posts.findIndex((p) => p.id === id) : -1;
  if (!m || n < 0) return <><h2>{id}</h2><p class="quiet">{t.inspector.notInPlan}</p><p><PageLink to="tables">{t.inspector.edit}</PageLink></p></>;
  const p = m.doc.posts[n];
  return (
    <>
      <h2>{p.name}</h2>
      <p class="quiet">{m.areaName(n)} · {p.operation >= 0 ? m.doc.operations[p.operation].name : t.inspector.standing} · {t.inspector.priority(p.priority)}{p.exposure > 0 && <> · <span class="exposed">{text.areas.days(p.exposure)}</span></>}</p>
      <Reason model={m} at={n} />
      <div class="tools"><PageLink to="coverage">{t.pages.coverage}</PageLink><PageLink to="map">{t.pages.map}</PageLink><PageLink to="tables">{t.inspector.edit}</PageLink></div>
    </>
  );
}

function ContributorPanel({ model, id }: { model: Model | null; id: string }) {
  const m = model && whole(model), n = m ? m.doc.contributors.findIndex((c) => c.id === id) : -1;
  if (!m || n < 0) return <><h2>{id}</h2><p class="quiet">{t.inspector.notInPlan}</p></>;
  const c = m.doc.contributors[n], own = m.doc.units.filter((u) => u.contributor === n), gone = question.value.lose.includes(id);
  const wanted = movesOf(m).filter((x) => x.unit.contributor === n);
  return (
    <>
      <h2>{c.name}</h2>
      <p class="quiet">{text.gantt.units(own.length)} · {t.inspector.peak(c.peak)}</p>
      {mayPlan.value && <div class="tools"><button type="button" aria-pressed={gone} onClick={() => toggle(id)}>{gone ? t.contributors.back : t.contributors.without}</button></div>}
      {!gone && <h3>{t.inspector.wanted}</h3>}
      {gone ? null : wanted.length === 0 ? <p class="quiet">{text.timetable.none}</p> : (
        <ul class="short">{wanted.slice(0, 20).map((x) => <li><strong class="date">{m.date(x.leg.decide)}</strong> <Name kind="unit" id={x.unit.id}>{x.unit.name}</Name> {t.overview.to} {m.doc.posts[x.leg.post].name}</li>)}</ul>
      )}
    </>
  );
}
