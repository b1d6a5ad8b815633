// Further questions with their answers: sentences, a chart, and the figures as a table.
import type { Answer, Chart } from "../data";
import type { Model } from "../model";
import { quantity, text } from "../text";
import { More, Table } from "./table";

export function Answers({ model }: { model: Model }) {
  const answers = model.doc.answers;
  if (answers.length === 0) return null;
  return (
    <section id="answers">
      <h2>{text.answers.title}</h2>
      <div class="questions">{answers.map((a) => <Question answer={a} />)}</div>
    </section>
  );
}

// Question may offer to pick a point of its curve.
export function Question({ answer: a, pick }: { answer: Answer; pick?: (point: number) => void }) {
  const rows = a.rows;
  return (
    <article>
      <h3>{a.title}</h3>
      {a.text.map((t) => <p>{t}</p>)}
      {a.chart && (a.chart.kind === "bars" ? <Bars chart={a.chart} /> : <Curve chart={a.chart} pick={pick} />)}
      {rows.length > 0 && <More label={text.asTable}>{() => <Table caption={a.title} head={a.head} numbers={a.numbers} rows={rows} first={20} />}</More>}
    </article>
  );
}

const colours = ["first", "second"];

function Key({ chart }: { chart: Chart }) {
  if (chart.series.length < 2) return null;
  return <ul class="legend">{chart.series.map((s, i) => <li><i class={`key series-${colours[i]}`} />{s.name}</li>)}</ul>;
}

// Bars are stacked, one row for each label.
function Bars({ chart }: { chart: Chart }) {
  const labels = chart.labels;
  const sums = labels.map((_, i) => chart.series.reduce((sum, s) => sum + (s.y[i] ?? 0), 0));
  const most = Math.max(1e-9, ...sums);
  return (
    <figure class={labels.some((l) => l.length > 24) ? "bars long" : "bars"} role="img" aria-label={text.answers.bars(chart.x)}>
      <Key chart={chart} />
      {labels.map((label, i) => (
        <div class="bar">
          <span class="label" title={label}>{label}</span>
          <span class="track">
            {chart.series.map((s, k) => <i class={`series-${colours[k]}`} style={{ width: `${(100 * (s.y[i] ?? 0)) / most}%` }} />)}
          </span>
          <span class="sum">{quantity(sums[i])}</span>
        </div>
      ))}
      <figcaption class="quiet">{chart.x}</figcaption>
    </figure>
  );
}

const wide = 640, high = 240, left = 56, bottom = 40, top = 24, right = 16;

// A curve joins points; a point that is not reached breaks it and is marked at the top.
function Curve({ chart, pick }: { chart: Chart; pick?: (point: number) => void }) {
  const s = chart.series[0];
  const xs = s.x, ys = s.y;
  const reached = ys.filter((y): y is number => y !== null);
  const [x0, x1] = range(xs), [y0, y1] = range([0, ...reached]);
  const x = (v: number) => left + ((v - x0) / (x1 - x0)) * (wide - left - right);
  const y = (v: number) => high - bottom - ((v - y0) / (y1 - y0)) * (high - bottom - top);
  const labels = chart.labels;
  const every = Math.max(1, Math.ceil(labels.length / 6));
  const xTicks = labels.length > 0 ? xs.filter((_, i) => i % every === 0).map((v, k) => [v, labels[k * every]] as const) : ticks(x0, x1).map((v) => [v, quantity(v)] as const);
  let path = "", pen = "M";
  ys.forEach((v, i) => {
    if (v === null) return void (pen = "M");
    path += `${pen}${x(xs[i]).toFixed(1)} ${y(v).toFixed(1)}`;
    pen = "L";
  });
  return (
    <figure>
      <svg class="curve" viewBox={`0 0 ${wide} ${high}`} role="img" aria-label={text.answers.curve(chart.x, chart.y)}>
        {ticks(y0, y1).map((v) => (
          <g><line class="grid" x1={left} x2={wide - right} y1={y(v)} y2={y(v)} /><text x={left - 6} y={y(v) + 4} text-anchor="end">{quantity(v)}</text></g>
        ))}
        {xTicks.map(([v, label]) => <text x={x(v)} y={high - bottom + 16} text-anchor={x(v) > wide - 60 ? "end" : "middle"}>{label}</text>)}
        <text x={(left + wide - right) / 2} y={high - 6} text-anchor="middle" class="quiet">{chart.x}</text>
        <text x={left} y={12} class="quiet">{chart.y}</text>
        <path d={path} />
        {ys.map((v, i) =>
          v === null
            ? <text x={x(xs[i])} y={top + 14} text-anchor="middle" class="missing"><title>{text.never}</title>×</text>
            : <circle cx={x(xs[i])} cy={y(v)} r={i === s.mark ? 6 : 3.5} class={`${i === s.mark ? "marked" : ""} ${pick ? "pick" : ""}`} onClick={pick && (() => pick(i))}><title>{`${labels[i] ?? quantity(xs[i])}: ${quantity(v)}`}</title></circle>)}
      </svg>
      {ys.includes(null) && <figcaption class="quiet">{text.answers.missing}</figcaption>}
      {s.mark >= 0 && <figcaption class="quiet">{text.answers.marked}</figcaption>}
    </figure>
  );
}

function range(values: number[]): [number, number] {
  const low = Math.min(...values), high = Math.max(...values);
  return high > low ? [low, high] : [low - 0.5, low + 0.5];
}

// ticks are round numbers between two ends, about five.
function ticks(low: number, high: number): number[] {
  const rough = (high - low) / 5, power = 10 ** Math.floor(Math.log10(rough));
  const step = [1, 2, 5, 10].map((f) => f * power).find((f) => f >= rough) ?? rough;
  const out: number[] = [];
  for (let v = Math.ceil(low / step) * step; v <= high + 1e-9; v += step) out.push(Math.abs(v) < 1e-12 ? 0 : v);
  return out;
}
