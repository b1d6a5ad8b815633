// The tables: burden, decisions, gaps.
import { useSignal } from "@preact/signals";
import { soft, type Model } from "../model";
import { percent, quantity, text } from "../text";
import { Table } from "./table";

export function Burden({ model }: { model: Model }) {
  const t = text.burden;
  const list = model.doc.contributors.filter((c) => c.units > 0).sort((a, b) => b.operation - a.operation || b.peak - a.peak);
  const top = Math.max(0.01, ...list.map((c) => Math.max(c.operation, c.share ?? 0)));
  return (
    <section id="burden">
      <h2>{t.title}</h2>
      <p>{t.lead}</p>
      <Table
        caption={t.caption} head={t.columns} numbers={[1, 2, 4]} first={40}
        rows={list.map((c) => [
          c.name, quantity(c.units), quantity(c.peak),
          <div class="share">
            <span class="meter">
              <span style={{ width: `${(100 * c.operation) / top}%` }} />
              {c.share !== null && <b style={{ left: `${(100 * c.share) / top}%` }} title={percent(c.share)} />}
            </span>
            <span>{percent(c.operation)}</span>
          </div>,
          c.share === null ? <span class="quiet">{t.none}</span> : percent(c.share),
        ])}
      />
    </section>
  );
}

// movesOf are the moves that somebody has to decide, the next first.
export function movesOf({ doc }: Model) {
  return doc.tours
    .flatMap((tour) => tour.legs.map((leg, i) => ({ unit: doc.units[tour.unit], leg, from: i > 0 ? doc.posts[tour.legs[i - 1].post].name : text.home })))
    .filter((m) => m.leg.lift)
    .sort((a, b) => a.leg.decide - b.leg.decide || a.leg.order - b.leg.order || a.leg.depart - b.leg.depart);
}

// Timetable may begin with what is still to be decided on a day.
export function Timetable({ model, from }: { model: Model; from?: number }) {
  const t = text.timetable, { doc } = model;
  const who = useSignal(-1);
  const moves = movesOf(model);
  const deciding = new Set(moves.map((m) => m.unit.contributor));
  const past = useSignal(false);
  const late = from === undefined ? 0 : moves.filter((m) => m.leg.decide < from).length;
  const shown = moves.filter((m) => (who.value < 0 || m.unit.contributor === who.value) && (past.value || from === undefined || m.leg.decide >= from));
  if (moves.length === 0) return <section id="timetable"><h2>{t.title}</h2><p>{t.none}</p></section>;
  return (
    <section id="timetable">
      <h2>{t.title}</h2>
      <p>{t.lead(moves.length, deciding.size, model.date(moves[0].leg.decide))}</p>
      <p class="screen">
        <label>{t.filter}{" "}
          <select value={who.value} onChange={(e) => (who.value = Number(e.currentTarget.value))}>
            <option value={-1}>{t.everybody}</option>
            {doc.contributors.map((c, i) => deciding.has(i) && <option value={i}>{c.name}</option>)}
          </select>
        </label>
        {late > 0 && <label> <input type="checkbox" checked={past.value} onChange={(e) => (past.value = e.currentTarget.checked)} /> {t.past(late, model.date(from!))}</label>}
      </p>
      <Table
        caption={t.caption} head={t.columns} first={30}
        rows={shown.map((m) => [
          <strong class="date">{model.date(m.leg.decide)}</strong>, <span class="date">{model.date(m.leg.order)}</span>, doc.contributors[m.unit.contributor].name,
          soft(m.unit.pledge) ? <span class="soft" title={t.soft}>{m.unit.name}</span> : m.unit.name,
          m.from, doc.posts[m.leg.post].name, m.leg.lift, <span class="date">{model.date(m.leg.effective)}</span>, <span class="date">{model.date(m.leg.until)}</span>,
        ])}
      />
    </section>
  );
}

export function Gaps({ model }: { model: Model }) {
  const t = text.gaps, { doc } = model;
  if (doc.gaps.length === 0) return <section id="gaps"><h2>{t.title}</h2><p>{t.none}</p></section>;
  return (
    <section id="gaps">
      <h2>{t.title}</h2>
      <p>{t.lead(doc.gaps.length)}</p>
      <Table
        caption={t.title} head={t.columns} numbers={[4, 5]} first={20}
        rows={doc.gaps.map((g) => {
          const able = (["here", "posted", "moving", "resting", "home"] as const).filter((k) => g.able[k] > 0).map((k) => t.able[k](g.able[k]));
          return [
            doc.posts[g.post].name, doc.capabilities[doc.posts[g.post].lines[g.line].capability].name,
            <span class="date">{model.date(g.from)}</span>, <span class="date">{model.date(g.until)}</span>, t.upTo(g.worst), quantity(g.exposure), able.join(", ") || t.nobody,
          ];
        })}
      />
      <p class="quiet">{t.homeMeans}</p>
    </section>
  );
}

export function Shape({ model }: { model: Model }) {
  const t = text.shape;
  return (
    <section id="shape">
      <h2>{t.title}</h2>
      <p>{t.lead}</p>
      <Table caption={t.title} head={t.columns} numbers={[1]} rows={model.doc.shape.map((r) => [r.part ? <span class="part">{r.what}</span> : r.what, r.how_much])} />
    </section>
  );
}
