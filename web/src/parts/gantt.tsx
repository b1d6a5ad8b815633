// The Gantt chart: a row a unit, grouped by contributor, or a slot of a post, grouped by area.
import { useSignal } from "@preact/signals";
import { useMemo } from "preact/hooks";
import type { Tour } from "../data";
import { soft, type Model, type Stay } from "../model";
import type { Palette } from "../state";
import { text } from "../text";
import { fit, font, pattern, type Paint } from "./canvas";
import { rowsOf, says } from "./coverage";
import { mark, RowChart, type Band, type Hold, type Row } from "./rowchart";
import { More, Table } from "./table";

interface GanttRow extends Row {
  unit: number; // -1: none
  post: number; // -1: none
  stays: Stay[];
  group: string;
}

// A page that edits hears of what is chosen and of stays that are dragged to other days.
export interface GanttEdits {
  choose: (unit: number, post: number) => void;
  chosen: (unit: number, post: number) => boolean;
  move?: (stay: Stay, from: number, until: number) => void;
  shows: string; // what is chosen
  high: number; // pixels
}

export function Gantt({ model, edits }: { model: Model; edits?: GanttEdits }) {
  const by = useSignal<"contributor" | "post">("contributor");
  const folded = useSignal<ReadonlySet<string>>(new Set());
  const all = useMemo(() => ({ contributor: byContributor(model), post: byPost(model) }), [model]);
  const rows = useMemo(
    () => all[by.value].filter((r) => r.heading || !folded.value.has(r.group)).map((r) => (r.heading ? { ...r, folded: folded.value.has(r.group) } : r)),
    [all, by.value, folded.value],
  );
  const t = text.gantt;
  const draw = (p: Paint, i: number, band: Band) => {
    const r = rows[i];
    if (r.heading) return;
    if (r.unit >= 0) for (const tour of model.tours[r.unit]) drawTour(p, model, tour, band);
    else for (const s of r.stays) drawStay(p, model, s, band, model.doc.units[s.unit].name, false);
  };
  const say = (i: number, day: number) => {
    const r = rows[i];
    if (r.heading) return [r.label];
    return r.unit >= 0 ? saysUnit(model, r.unit, day) : says(model, r.post, day);
  };
  const stayAt = (i: number, day: number, slack: number): Stay | null => {
    const r = rows[i];
    const list = r.unit >= 0 ? model.staysOf(r.unit) : r.stays;
    return list.find((s) => day >= s.leg.effective - slack && day < s.leg.until + slack) ?? null;
  };
  const hold = (i: number, day: number, slack: number): Hold | null => {
    const s = stayAt(i, day, slack);
    if (!s) return null;
    const { effective, until } = s.leg, near = Math.min(slack, (until - effective) / 4);
    return { from: effective, until, part: day < effective + near ? "from" : day > until - near ? "until" : "whole" };
  };
  const fold = (i: number) => {
    const next = new Set(folded.value);
    if (!next.delete(rows[i].group)) next.add(rows[i].group);
    folded.value = next;
  };
  return (
    <section id="gantt">
      {!edits && <h2>{t.title}</h2>}
      <div class="tools">
        {(["contributor", "post"] as const).map((k) => (
          <button type="button" aria-pressed={by.value === k} onClick={() => (by.value = k)}>{k === "post" ? t.byPost : t.byContributor}</button>
        ))}
        <ul class="legend">
          <li><i class="key bar-post" />{t.onPost}</li>
          <li><i class="key bar-handover" />{t.handover}</li>
          <li><i class="key bar-travel" />{t.travel}</li>
          <li><i class="key bar-rest" />{t.rest}</li>
          <li><i class="key bar-soft" />{t.soft}</li>
          <li>◆ {t.decide}</li>
          <li>⚑ {t.order}</li>
        </ul>
      </div>
      <RowChart
        key={by.value} model={model} rows={rows} rowHeight={20} label={t.label} hint={edits?.move ? t.hintEdit : t.hint} draw={draw} say={say} press={fold} most={edits?.high ?? 600} printed={124}
        choose={edits && ((i, day) => edits.choose(rows[i].unit >= 0 ? rows[i].unit : stayAt(i, day, 0)?.unit ?? -1, rows[i].post))}
        chosen={edits && ((i) => edits.chosen(rows[i].unit, rows[i].post))}
        shows={edits?.shows} hold={edits?.move && hold} drop={edits?.move && ((i, before, from, until) => {
          const s = stayAt(i, (before.from + before.until) / 2, 0);
          if (s) edits.move!(s, from, until);
        })}
        over={(p, x) => model.doc.operations.forEach((o) => mark(p, x(o.d_day), p.colour.accent, [4, 3]))}
      />
      <More label={text.asTable}>
        {() => (
          <Table
            caption={t.caption} head={t.columns} first={200}
            rows={model.doc.tours.flatMap((tour) => tour.legs.map((l) => {
              const u = model.doc.units[tour.unit];
              return [u.name, model.doc.contributors[u.contributor].name, model.doc.posts[l.post].name, l.lift ? model.date(l.depart) : t.since, model.date(l.effective), model.date(l.until)];
            }))}
          />
        )}
      </More>
    </section>
  );
}

function byContributor(model: Model): GanttRow[] {
  const { contributors, units } = model.doc;
  const rows: GanttRow[] = [];
  contributors.forEach((c, n) => {
    const own = units.map((_, i) => i).filter((i) => units[i].contributor === n && model.tours[i].length > 0);
    if (own.length === 0) return;
    rows.push({ label: `${c.name} · ${text.gantt.units(own.length)}`, depth: 0, heading: true, unit: -1, post: -1, stays: [], group: c.name });
    for (const i of own) rows.push({ label: units[i].name, depth: 1, heading: false, unit: i, post: -1, stays: [], group: c.name });
  });
  return rows;
}

// byPost puts the stays of a post into slots: a relief goes under its predecessor's bar, so that the handover overlaps it.
function byPost(model: Model): GanttRow[] {
  const rows: GanttRow[] = [];
  let group = "";
  for (const { row, post } of rowsOf(model)) {
    if (post === null) {
      group = row.label;
      rows.push({ ...row, unit: -1, post: -1, stays: [], group });
      continue;
    }
    const slots: Stay[][] = [];
    for (const s of model.stays[post]) {
      const free = slots.find((k) => k[k.length - 1].leg.until <= s.leg.effective);
      if (free) free.push(s);
      else slots.push([s]);
    }
    slots.forEach((stays, n) => rows.push({ label: n === 0 ? row.label : "", depth: 1, heading: false, unit: -1, post, stays, group }));
  }
  return rows.filter((r, i) => !r.heading || (rows[i + 1] && !rows[i + 1].heading));
}

function drawTour(p: Paint, model: Model, tour: Tour, band: Band) {
  const { c, colour } = p, { x, top, height } = band;
  const last = tour.legs[tour.legs.length - 1];
  if (x(tour.rested) < x(band.first) || x(tour.legs[0].order) > x(band.last)) return;
  c.fillStyle = pattern("hatch", colour.ground, colour.resting);
  c.fillRect(x(tour.home), top + 5, Math.max(0, x(tour.rested) - x(tour.home)), height - 10);
  thin(p, band, last.until, tour.home);
  tour.legs.forEach((leg, i) => drawStay(p, model, { unit: tour.unit, tour, leg, before: tour.legs[i - 1] ?? null }, band, model.doc.posts[leg.post].name));
}

function thin({ c, colour }: Paint, { x, top, height }: Band, from: number, until: number) {
  c.fillStyle = colour.moving;
  c.fillRect(x(from), top + height / 2 - 1.5, Math.max(until > from ? 1.5 : 0, x(until) - x(from)), 3);
}

// drawStay draws the way there and the orders too, unless the row is a post's, where others are in those days.
function drawStay(p: Paint, model: Model, { unit, leg }: Stay, band: Band, label: string, way = true) {
  const { c, colour } = p, { x, top, height } = band;
  const a = x(leg.effective), b = Math.max(a + 1.5, x(leg.until));
  if (b < x(band.first) || x(leg.order) > x(band.last)) return;
  const weak = soft(model.doc.units[unit].pledge);
  if (leg.lift) {
    if (way) {
      thin(p, band, leg.depart, leg.arrive);
      orders(p, leg.decide, leg.order, band);
    }
    if (a > x(leg.arrive)) bar(c, colour, x(leg.arrive), top + height / 2, a - x(leg.arrive), height / 2 - 3, weak);
  }
  bar(c, colour, a, top + 3, b - a - 1, height - 6, weak);
  c.font = font(10.5);
  c.fillStyle = colour.ink;
  c.textBaseline = "middle";
  const from = Math.max(a, x(band.first)), room = b - from - 9;
  if (room > 24) c.fillText(fit(c, label, room), from + 4, top + height / 2 + 0.5);
}

function bar(c: CanvasRenderingContext2D, colour: Palette, x: number, y: number, w: number, h: number, weak: boolean) {
  c.fillStyle = weak ? colour.ground : colour.held;
  c.fillRect(x, y, w, h);
  c.strokeStyle = colour.accent;
  c.lineWidth = 1;
  c.setLineDash(weak ? [3, 2] : []);
  c.strokeRect(x + 0.5, y + 0.5, Math.max(0.5, w - 1), h - 1);
  c.setLineDash([]);
}

// orders marks the decision with a diamond and the order with a flag, where days have room for them.
function orders({ c, colour }: Paint, decide: number, order: number, { x, top, height, perDay }: Band) {
  if (perDay < 2.5) return;
  const y = top + height / 2;
  c.fillStyle = colour.ink;
  const d = x(decide);
  c.beginPath();
  c.moveTo(d, y - 4), c.lineTo(d + 4, y), c.lineTo(d, y + 4), c.lineTo(d - 4, y);
  c.fill();
  const o = x(order);
  c.fillRect(o, y - 6, 1.2, 12);
  c.beginPath();
  c.moveTo(o, y - 6), c.lineTo(o + 6, y - 3.5), c.lineTo(o, y - 1);
  c.fill();
}

function saysUnit(model: Model, unit: number, day: number): string[] {
  const { doc } = model, u = doc.units[unit], t = text.gantt;
  const out = [`${u.name}, ${model.date(day)}`];
  const tour = model.tours[unit].find((k) => day >= k.legs[0].depart && day < k.rested) ?? model.tours[unit].find((k) => day >= k.legs[0].decide && k.legs[0].lift && day < k.legs[0].depart);
  if (!tour) return [...out, t.atHome];
  if (day >= tour.home) return [...out, `${t.rest} → ${model.date(tour.rested)}`];
  for (const l of tour.legs) {
    if (day >= l.until) continue;
    const post = doc.posts[l.post].name;
    if (day >= l.effective) out.push(`${t.onPost}: ${post}`);
    else if (day >= l.arrive) out.push(`${t.handover}: ${post}`);
    else if (day >= l.depart) out.push(`${t.travel}: ${post}`);
    else out.push(`${t.atHome} → ${post}`);
    if (l.lift) out.push(`${t.decide} ${model.date(l.decide)}, ${t.order} ${model.date(l.order)}, ${l.lift}`);
    out.push(`${model.date(l.effective)} – ${model.date(l.until)}`);
    return out;
  }
  return [...out, t.travel];
}
