// Who backfills whom: a flow from where the reliefs come from to the area whose posts they take, then the chains.
import { useSignal } from "@preact/signals";
import { useMemo } from "preact/hooks";
import type { Cascade, Step } from "../data";
import type { Model } from "../model";
import { palette, printing } from "../state";
import { text } from "../text";
import { More, Table } from "./table";

interface Stream {
  from: string;
  to: string;
  n: number;
}

export function Flow({ model }: { model: Model }) {
  const { cascades } = model.doc, t = text.flow;
  const all = useSignal(false);
  const streams = useMemo(() => streamsOf(model), [model]);
  const ordered = useMemo(() => [...cascades].sort((a, b) => weight(model, b) - weight(model, a) || a.on - b.on), [model]);
  const shown = all.value && !printing.value ? ordered : ordered.slice(0, printing.value ? 4 : 6);
  const steps = cascades.reduce((n, c) => n + c.steps.length, 0);
  if (steps === 0) return <section id="flow"><h2>{t.title}</h2><p>{t.none}</p></section>;
  return (
    <section id="flow">
      <h2>{t.title}</h2>
      <p>{t.lead(steps, cascades.length)}</p>
      <div class="wide"><Sankey streams={streams} /></div>
      <h3>{t.chains}</h3>
      <ol class="chains">{shown.map((c) => <Chain model={model} cascade={c} />)}</ol>
      {cascades.length > shown.length || all.value ? (
        <button type="button" class="screen" onClick={() => (all.value = !all.value)}>{all.value ? text.showFewer : text.showAll(cascades.length)}</button>
      ) : null}
      <More label={text.asTable}>
        {() => <Table caption={t.label} head={t.columns} numbers={[2]} rows={streams.map((s) => [s.from, s.to, String(s.n)])} />}
      </More>
    </section>
  );
}

// weight puts first what an operation set in motion, then what goes deepest.
function weight(model: Model, c: Cascade): number {
  const op = model.doc.posts[c.to].operation >= 0 ? 1000 : 0;
  return op + Math.min(3, Math.max(...c.steps.map((s) => s.depth)) + 1);
}

function streamsOf(model: Model): Stream[] {
  const by = new Map<string, Stream>();
  const area = (post: number) => model.flankName(post) || text.coverage.elsewhere;
  for (const c of model.doc.cascades)
    for (const s of c.steps) {
      const from = s.from < 0 ? text.flow.fromHome : area(s.from), to = area(s.post), key = `${from}\n${to}`;
      const stream = by.get(key) ?? { from, to, n: 0 };
      stream.n++;
      by.set(key, stream);
    }
  return [...by.values()].sort((a, b) => b.n - a.n);
}

function Sankey({ streams }: { streams: Stream[] }) {
  const colour = palette.value;
  const width = 900, left = 220, right = 680, gap = 8;
  const total = streams.reduce((n, s) => n + s.n, 0);
  const froms = sums(streams, "from"), tos = sums(streams, "to");
  const most = Math.max(froms.length, tos.length);
  const height = Math.max(120, most * 30);
  const scale = (height - (most - 1) * gap - 8) / total;
  const place = (list: { name: string; n: number }[]) => {
    let y = 4;
    const at = new Map<string, { y: number; h: number; used: number }>();
    // Thin streams still get the height of their label.
    for (const x of list) {
      const h = Math.max(2, x.n * scale);
      at.set(x.name, { y, h, used: 0 });
      y += Math.max(16, h) + gap;
    }
    return { at, end: y };
  };
  const a = place(froms), b = place(tos);
  const order = [...streams].sort((p, q) => a.at.get(p.from)!.y - a.at.get(q.from)!.y || b.at.get(p.to)!.y - b.at.get(q.to)!.y);
  return (
    <svg class="sankey" viewBox={`0 0 ${width} ${Math.max(a.end, b.end)}`} role="img" aria-label={text.flow.label}>
      {order.map((s) => {
        const f = a.at.get(s.from)!, t = b.at.get(s.to)!, h = Math.max(1, s.n * scale);
        const y0 = f.y + f.used + h / 2, y1 = t.y + t.used + h / 2;
        f.used += h;
        t.used += h;
        const mid = (left + right) / 2;
        return (
          <path d={`M${left + 8},${y0}C${mid},${y0} ${mid},${y1} ${right - 8},${y1}`} fill="none" stroke={s.from === text.flow.fromHome ? colour.resting : colour.moving} stroke-opacity="0.5" stroke-width={h}>
            <title>{`${s.from} → ${s.to}: ${s.n}`}</title>
          </path>
        );
      })}
      {froms.map((x) => <Node x={left} at={a.at.get(x.name)!} name={`${x.name} ${x.n}`} end />)}
      {tos.map((x) => <Node x={right - 8} at={b.at.get(x.name)!} name={`${x.name} ${x.n}`} />)}
    </svg>
  );
}

function Node({ x, at, name, end }: { x: number; at: { y: number; h: number }; name: string; end?: boolean }) {
  const colour = palette.value;
  return (
    <g>
      <rect x={x} y={at.y} width="8" height={at.h} fill={colour.accent} />
      <text x={end ? x - 6 : x + 14} y={at.y + Math.max(12, at.h / 2 + 4)} text-anchor={end ? "end" : "start"} fill={colour.ink} font-size="13">{name}</text>
    </g>
  );
}

function sums(streams: Stream[], by: "from" | "to"): { name: string; n: number }[] {
  const n = new Map<string, number>();
  for (const s of streams) n.set(s[by], (n.get(s[by]) ?? 0) + s.n);
  return [...n].map(([name, count]) => ({ name, n: count })).sort((p, q) => q.n - p.n);
}

const deepest = 8; // steps of a chain that are shown

function Chain({ model, cascade: c }: { model: Model; cascade: Cascade }) {
  const { units, posts } = model.doc;
  const shown = c.steps.slice(0, printing.value ? 5 : deepest);
  return (
    <li>
      <p><strong>{text.flow.leaves(units[c.unit].name, posts[c.post].name, posts[c.to].name, model.date(c.on))}</strong></p>
      <ol class="steps">{shown.map((s) => <ChainStep model={model} step={s} />)}</ol>
      {c.steps.length > shown.length && <p class="quiet">{text.flow.more(c.steps.length - shown.length)}</p>}
    </li>
  );
}

function ChainStep({ model, step: s }: { model: Model; step: Step }) {
  const { units, posts } = model.doc, t = text.flow;
  const late = s.late > 0 ? t.without(s.late) : s.late < 0 ? t.before(-s.late) : t.sameDay;
  return (
    <li style={{ marginLeft: `${s.depth * 22}px` }}>
      <span class="hop">{t.takesPost(units[s.unit].name, posts[s.post].name)}</span>{" "}
      <span class="quiet">{s.from < 0 ? text.fromHome : `← ${posts[s.from].name}`} · {t.orderBy(model.date(s.order))} · {t.effective(model.date(s.effective))} · </span>
      <span class={s.late > 0 ? "exposed" : "quiet"}>{late}</span>
    </li>
  );
}
