// What is known on a day: the plan against what has been done of it, and where the conditions stand.
import type { Actual, ActualLeg, Condition, Phase, Raised } from "../data";
import type { Model } from "../model";
import { quantity, range, text } from "../text";
import { More, Table } from "./table";

export function Today({ model, actual: a }: { model: Model; actual: Actual | null }) {
  const t = text.today;
  if (!a) return null;
  const date = (n: number) => <span class="date">{model.date(n)}</span>;
  const isOff = (l: ActualLeg) => l.late > a.tolerance || l.state === "cancelled" || l.state === "left";
  const off = a.legs.filter(isOff);
  const row = (l: ActualLeg) => [
    l.unit, l.post, <Badge kind={isOff(l) ? "bad" : l.late > 0 ? "warn" : "good"}>{t.states[l.state] ?? l.state}</Badge>,
    date(l.effective), l.expected === null ? <strong class="exposed">{t.never}</strong> : date(l.expected), l.late === 0 ? "" : t.late(l.late), l.statement || (l.assumed ? t.assumed : ""),
  ];
  return (
    <section id="today">
      <h2>{t.title(model.date(a.today))}</h2>
      <p class={a.parted ? "finding bad" : "finding"}>{a.parted ? t.parted(off.length, a.added > 0 ? range(a.low, a.high) : "") : t.holds}</p>
      <p class="quiet">{t.lead(a.facts, a.legs.length, a.tolerance)}</p>
      {off.length > 0 && <Table caption={t.off} head={t.columns} rows={off.map(row)} numbers={[5]} first={20} />}
      {a.lines.length > 0 && (
        <>
          <h3>{t.open}</h3>
          <Table
            caption={t.open} head={t.openColumns} numbers={[2, 3, 4]} first={12}
            rows={a.lines.map((l) => [
              l.post, l.capability, quantity(l.planned), quantity(l.actual), <strong>{range(l.low, l.high)}</strong>,
              l.until > l.from ? date(l.from) : "", l.until > l.from ? date(l.until) : t.onlyIf,
            ])}
          />
        </>
      )}
      {a.strengths.length > 0 && (
        <>
          <h3>{t.strength}</h3>
          <ul class="bars">
            {a.strengths.map((k) => (
              <li>
                <span>{k.unit}, {k.post}</span>
                <span class="meter" role="img" aria-label={t.strengthOf(k.low, k.high, k.least)}>
                  <i class="sure" style={{ width: `${k.low}%` }} /><i class="maybe" style={{ left: `${k.low}%`, width: `${k.high - k.low}%` }} />
                  {k.least > 0 && <b style={{ left: `${k.least}%` }} />}
                </span>
                <span class="sum">{t.percent(k.low, k.high)}</span>
                <span class="quiet">{k.ends !== null && t.ends(model.date(k.ends))}</span>
              </li>
            ))}
          </ul>
          <p class="quiet">{t.strengthLead}</p>
        </>
      )}
      {a.unplanned.length > 0 && <p>{t.unplanned(a.unplanned.map((f) => t.fact(f.unit, f.event, f.post, model.date(f.day))))}</p>}
      <More label={t.all(a.legs.length)}>{() => <Table caption={t.legs} head={t.columns} rows={a.legs.map(row)} numbers={[5]} first={30} />}</More>
    </section>
  );
}

export function Conditions({ model }: { model: Model }) {
  const t = text.conditions, s = model.doc.situation;
  if (!s) return null;
  return (
    <section id="conditions">
      <h2>{t.title(model.date(s.today))}</h2>
      <p class="quiet">{t.lead(s.reports)}</p>
      <ul class="conditions">{s.conditions.map((c) => <Standing model={model} condition={c} />)}</ul>
      {s.phases.length > 0 && (
        <>
          <h3>{t.phases}</h3>
          <Table caption={t.phases} head={t.phaseColumns} rows={s.phases.map((p) => [p.name, begins(model, p)])} />
        </>
      )}
      {s.lines.length > 0 && (
        <>
          <h3>{t.raised}</h3>
          <Table
            caption={t.raised} head={t.raisedColumns} numbers={[2, 3]}
            rows={s.lines.map((l) => [l.post, l.capability, quantity(l.floor), l.added > 0 ? <strong>+{quantity(l.added)}</strong> : "0", l.why, <Steps model={model} line={l} />])}
          />
        </>
      )}
    </section>
  );
}

function Standing({ model, condition: c }: { model: Model; condition: Condition }) {
  const t = text.conditions;
  return (
    <li class={c.disputed ? "disputed" : c.state}>
      <h3>
        {c.name} <Badge kind={c.disputed ? "warn" : c.state === "met" ? "good" : c.state === "failed" ? "bad" : "plain"}>{t.states[c.state]}{c.disputed && `, ${t.disputed}`}</Badge>
      </h3>
      <p>{c.since !== null ? t.since(model.date(c.since)) : c.due !== null ? t.due(model.date(c.due)) : ""} {c.why}</p>
      {c.claims.length > 0 && <p>{c.claims.map((k) => <span class="claim">{t.claim(t.states[k.state], k.reports, k.lowest, k.highest)}</span>)}</p>}
      {c.change && <p class="quiet">{t.change(c.change)}</p>}
    </li>
  );
}

function begins(model: Model, p: Phase) {
  const t = text.conditions, day = model.date(p.day);
  if (p.never) return t.neverBegins(p.waits);
  if (p.started) return t.started(day);
  if (p.known) return t.starts(day);
  return p.waits ? t.waits(p.waits, day) : t.planned(day);
}

// Steps draws what incidents have added, by day, over the calendar.
function Steps({ model, line }: { model: Model; line: Raised }) {
  if (line.history.length === 0) return null;
  const width = 160, height = 22, top = Math.max(1, ...line.history.map(([, y]) => y));
  const x = (d: number) => ((width * d) / model.doc.days).toFixed(1), y = (v: number) => (height - 2 - (v / top) * (height - 4)).toFixed(1);
  const path = `M0 ${y(0)}` + line.history.map(([d, v]) => `H${x(d)}V${y(v)}`).join("") + `H${width}`;
  return (
    <svg class="steps-chart" width={width} height={height} role="img" aria-label={text.conditions.history(line.history.map(([d, v]) => `${model.date(d)}: +${quantity(v)}`))}>
      <path d={path} />
    </svg>
  );
}

function Badge({ kind, children }: { kind: "good" | "warn" | "bad" | "plain"; children: preact.ComponentChildren }) {
  return <span class={`badge ${kind}`}>{children}</span>;
}
