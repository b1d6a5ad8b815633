// Coverage: posts by area against days; below the floor, below the target, held, more than needed.
import { useMemo } from "preact/hooks";
import { State, type Model } from "../model";
import { quantity, text } from "../text";
import { Legend, More, Table } from "./table";
import { font, type Paint } from "./canvas";
import { mark, RowChart, type Band, type Row } from "./rowchart";
import { fill, stateName } from "./states";

// A page that follows what is chosen hears of it.
export interface CoverageChoice {
  choose: (post: number, day: number) => void;
  chosen: (post: number) => boolean;
  shows: string; // what is chosen
  high: number; // pixels
}

export function Coverage({ model, choice }: { model: Model; choice?: CoverageChoice }) {
  const rows = useMemo(() => rowsOf(model), [model]);
  const draw = (p: Paint, i: number, band: Band) => {
    const post = rows[i].post;
    if (post !== null) cells(p, model.states[post], band);
  };
  return (
    <section id="coverage">
      {!choice && <h2>{text.coverage.title}</h2>}
      <Legend states={[State.exposed, State.below, State.held, State.over]} />
      <RowChart
        model={model} rows={rows.map((r) => r.row)} rowHeight={17} label={text.coverage.label} hint={text.coverage.hint} rightHead={text.coverage.exposure}
        draw={draw} over={(p, x) => model.doc.operations.forEach((o) => mark(p, x(o.d_day), p.colour.accent, [4, 3]))}
        say={(row, day) => (rows[row].post === null ? [rows[row].row.label] : says(model, rows[row].post!, day))} most={choice?.high ?? 560} printed={300}
        choose={choice && ((row, day) => rows[row].post !== null && choice.choose(rows[row].post!, day))} shows={choice?.shows} chosen={choice && ((row) => rows[row].post !== null && choice.chosen(rows[row].post!))}
      />
      <CoverageTable model={model} />
    </section>
  );
}

interface PostRow {
  row: Row;
  post: number | null;
}

// rowsOf groups the posts by area, in the order of areas; homes come last.
export function rowsOf(model: Model): PostRow[] {
  const { posts, areas } = model.doc;
  const rows: PostRow[] = [];
  const group = (label: string, list: number[]) => {
    if (list.length === 0) return;
    rows.push({ row: { label, depth: 0, heading: true }, post: null });
    for (const i of list) {
      const x = posts[i].exposure;
      rows.push({ row: { label: posts[i].name, depth: 1, heading: false, right: x > 0 ? quantity(x) : "" }, post: i });
    }
  };
  const all = posts.map((_, i) => i).filter((i) => posts[i].lines.length > 0);
  areas.forEach((a, n) => group(a.name, all.filter((i) => posts[i].area === n && !posts[i].home)));
  group(text.coverage.elsewhere, all.filter((i) => posts[i].area < 0 && !posts[i].home));
  group(text.coverage.homes, all.filter((i) => posts[i].home));
  return rows;
}

// cells draws one post: a cell a day, or a cell a week of its worst day where days have no room.
function cells({ c, colour }: Paint, states: Uint8Array, { x, first, last, perDay, top, height }: Band) {
  const step = perDay >= 3 ? 1 : 7;
  const begin = first - (first % step);
  for (let d = begin; d < last; ) {
    const state = worst(states, d, step);
    let end = d + step;
    while (end < last && worst(states, end, step) === state) end += step;
    if (state !== State.none) {
      const left = x(d), right = x(Math.min(end, states.length));
      c.fillStyle = fill(state, colour);
      c.fillRect(left, top + 1, right - left - 0.5, height - 2);
      if (state === State.exposed && right - left > 46) {
        c.fillStyle = colour["exposed-ink"];
        c.font = font(10.5, 600);
        c.textBaseline = "middle";
        c.fillText(stateName[state], left + 4, top + height / 2 + 0.5);
      }
    }
    d = end;
  }
}

function worst(states: Uint8Array, from: number, step: number): State {
  let w = State.none;
  for (let d = from; d < Math.min(states.length, from + step); d++) w = Math.max(w, states[d]);
  return w;
}

// says tells each line's floor, target and cover on a day, and by whom.
export function says(model: Model, post: number, day: number): string[] {
  const { doc } = model, p = doc.posts[post];
  const out = [`${p.name}, ${model.date(day)}: ${stateName[model.states[post][day] as State]}`];
  const there = model.present(post, day);
  p.lines.forEach((l, j) => {
    if (day < l.from || day >= l.until) return;
    const cap = doc.capabilities[l.capability];
    out.push(`${cap.name}: ${text.coverage.cover} ${quantity(model.cover[post][j][day])}, ${text.coverage.floor} ${quantity(l.floor)}, ${text.coverage.target} ${quantity(l.target)}`);
    if (p.home) return;
    const names = there.filter((s) => s.leg.gives[j] > 0).map((s) => `${doc.units[s.unit].name} (${quantity(s.leg.gives[j])})`);
    out.push(`  ${names.length === 0 ? text.coverage.nobody : text.coverage.units(names.slice(0, 6), names.length - 6)}`);
  });
  return out;
}

function CoverageTable({ model }: { model: Model }) {
  const t = text.coverage;
  return (
    <More label={text.asTable}>
      {() => (
        <Table
          caption={t.caption} head={t.columns} numbers={[2, 3, 4, 5, 6]}
          rows={model.doc.posts.map((p, i) => {
            const days = [0, 0, 0, 0, 0];
            for (const s of model.states[i]) days[s]++;
            return [p.name, model.areaName(i), days[State.exposed], days[State.below], days[State.held], days[State.over], quantity(p.exposure)].map(String);
          })}
        />
      )}
    </More>
  );
}
