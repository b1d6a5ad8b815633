// The map of the theatre on the chosen day: posts with a ring that fills with cover, and who is under way.
import { useSignal } from "@preact/signals";
import { useEffect, useMemo, useRef } from "preact/hooks";
import { State, type Model } from "../model";
import { day, printing } from "../state";
import { percent, text } from "../text";
import { Canvas, fit, font, type Paint } from "./canvas";
import { mercator, shapes, type Shape } from "./outlines";
import { Slider } from "./slider";
import { fill, stateName } from "./states";
import { symbol, symbolCode } from "./symbols";
import { Legend, More, Table } from "./table";
import { says } from "./coverage";

interface View {
  x: number; // of the middle
  y: number;
  scale: number; // pixels to a degree of longitude
}

interface Spot {
  x: number;
  y: number;
  posts: number[]; // worst first
}

const radius = 17;

interface Shown {
  model: Model;
  outlines: number[][];
  high?: number;
  still?: boolean; // of the day shown, with nothing to move it
  choose?: (post: number) => void;
  chosen?: number;
}

export function TheatreMap({ model, outlines, high = 440, still = false, choose, chosen = -1 }: Shown) {
  const land = useMemo(() => shapes(outlines), [outlines]);
  const view = useSignal<View | null>(null);
  const spot = useSignal<Spot | null>(null);
  const canvas = useRef<HTMLCanvasElement | null>(null);
  const posts = useMemo(() => model.doc.posts.map((_, i) => i).filter((i) => model.doc.posts[i].lines.length > 0 && !model.doc.posts[i].home), [model]);
  const places = useMemo(() => model.doc.places.map((p) => mercator(p.lat, p.lon)), [model]);
  const near = useMemo(() => core(posts.map((i) => places[model.doc.posts[i].place])), [model]);
  const far = useMemo(() => [...posts.map((i) => places[model.doc.posts[i].place]), ...model.doc.tours.map((t) => places[model.doc.units[t.unit].home])], [model]);
  const spots = useRef<Spot[]>([]);
  const t = text.map;

  const zoom = (factor: number, px?: number, py?: number) => {
    const v = view.value, el = canvas.current;
    if (!v || !el) return;
    const w = el.clientWidth, dx = (px ?? w / 2) - w / 2, dy = (py ?? high / 2) - high / 2;
    const scale = Math.max(1.5, Math.min(400, v.scale * factor));
    view.value = { scale, x: v.x + dx / v.scale - dx / scale, y: v.y + dy / v.scale - dy / scale };
  };
  const show = (points: [number, number][]) => (view.value = around(points, canvas.current!.clientWidth, high));

  useEffect(() => {
    const el = canvas.current!;
    const wheel = (e: WheelEvent) => {
      if (!e.ctrlKey) return;
      e.preventDefault();
      const box = el.getBoundingClientRect();
      zoom(Math.exp(-Math.sign(e.deltaY) * 0.25), e.clientX - box.left, e.clientY - box.top);
    };
    el.addEventListener("wheel", wheel, { passive: false });
    return () => el.removeEventListener("wheel", wheel);
  }, []);

  const draw = (p: Paint) => {
    const v = printing.value ? around(near, p.width, p.height) : view.value ?? around(near, p.width, p.height);
    if (!view.value && !printing.value) queueMicrotask(() => (view.value ??= v));
    outline(p, land, v);
    const at = (i: number): [number, number] => [p.width / 2 + (places[i][0] - v.x) * v.scale, p.height / 2 + (places[i][1] - v.y) * v.scale];
    moves(p, model, day.value, at);
    spots.current = merge(model, posts, at, day.value);
    const worst = [...spots.current].sort((a, b) => state(model, a, day.value) - state(model, b, day.value));
    for (const s of worst) drawSpot(p, model, s, day.value, s.posts[0] === spot.value?.posts[0] || s.posts.includes(chosen));
    for (const s of spots.current) if (s.posts.length > 1) badge(p, s);
    names(p, model, spots.current, day.value);
  };

  const pull = useRef<{ x: number; y: number; v: View } | null>(null); // outlives a drawing
  const on = {
    onPointerDown: (e: PointerEvent) => (pull.current = { x: e.clientX, y: e.clientY, v: view.value! }),
    onPointerUp: (e: PointerEvent) => {
      const drag = pull.current;
      if (drag && Math.hypot(e.clientX - drag.x, e.clientY - drag.y) < 4 && spot.value) choose?.(spot.value.posts[0]);
      pull.current = null;
    },
    onPointerLeave: () => (spot.value = null),
    onPointerMove: (e: PointerEvent) => {
      const drag = pull.current;
      if (drag && e.buttons === 1) {
        view.value = { ...drag.v, x: drag.v.x - (e.clientX - drag.x) / drag.v.scale, y: drag.v.y - (e.clientY - drag.y) / drag.v.scale };
        return;
      }
      const box = canvas.current!.getBoundingClientRect(), x = e.clientX - box.left, y = e.clientY - box.top;
      spot.value = spots.current.find((s) => Math.hypot(s.x - x, s.y - y) < radius + 3) ?? null;
    },
    onKeyDown: (e: KeyboardEvent) => {
      const v = view.value;
      if (!v) return;
      const by = 60 / v.scale;
      switch (e.key) {
        case "ArrowLeft": view.value = { ...v, x: v.x - by }; break;
        case "ArrowRight": view.value = { ...v, x: v.x + by }; break;
        case "ArrowUp": view.value = { ...v, y: v.y - by }; break;
        case "ArrowDown": view.value = { ...v, y: v.y + by }; break;
        case "+": case "=": zoom(1.4); break;
        case "-": zoom(1 / 1.4); break;
        default: return;
      }
      e.preventDefault();
    },
  };

  const exposed = posts.filter((i) => model.states[i][day.value] === State.exposed);
  const s = spot.value;
  return (
    <section id="map">
      <h2>{still ? t.on(model.date(day.value)) : t.title}</h2>
      <div class="tools">
        {!still && (
          <>
            <button type="button" onClick={() => show(near)}>{t.theatre}</button>
            <button type="button" onClick={() => show(far)}>{t.all}</button>
            <button type="button" aria-label={t.zoomOut} onClick={() => zoom(1 / 1.4)}>−</button>
            <button type="button" aria-label={t.zoomIn} onClick={() => zoom(1.4)}>+</button>
          </>
        )}
        <Legend states={[State.exposed, State.below, State.held, State.over]}><li><b class="arrow">→</b> {text.gantt.travel}</li></Legend>
      </div>
      <div class="map">
        <Canvas height={printing.value && !still ? 380 : high} label={still ? `${t.label}. ${t.ring}` : `${t.label}. ${t.hint} ${t.ring}`} draw={draw} on={still ? undefined : on} canvas={(el) => (canvas.current = el)} />
        {s && (
          <div class="tip" style={s.x > 480 ? { right: `calc(100% - ${s.x - 22}px)`, top: `${Math.min(s.y, high - 160)}px` } : { left: `${s.x + 22}px`, top: `${Math.min(s.y, high - 160)}px` }}>
            {s.posts.length > 1 && <strong>{t.postsHere(s.posts.length)}</strong>}
            {s.posts.slice(0, 3).map((i) => says(model, i, day.value).map((line, n) => (n === 0 ? <strong>{line}</strong> : <div>{line}</div>)))}
          </div>
        )}
      </div>
      {!still && <Slider model={model} />}
      <p class="quiet" aria-live="polite">{t.exposedNow(exposed.length, exposed.slice(0, 3).map((i) => model.doc.posts[i].name).join("; "))}. {t.moving(underWay(model, day.value).length)}. {t.ring}</p>
      {!still && <More label={text.asTable}>
        {() => (
          <Table
            caption={t.caption(model.date(day.value))} head={t.columns} numbers={[3]}
            rows={posts.map((i) => {
              const f = model.filled(i, day.value);
              return [model.doc.posts[i].name, model.areaName(i), stateName[model.states[i][day.value] as State], f === null ? "" : percent(f), model.present(i, day.value).map((k) => model.doc.units[k.unit].name).join(", ")];
            })}
          />
        )}
      </More>}
    </section>
  );
}

// core leaves out the farthest points, which would make all others small; "Everything" shows them.
function core(points: [number, number][]): [number, number][] {
  if (points.length < 8) return points;
  const mid = (k: 0 | 1) => [...points].map((p) => p[k]).sort((a, b) => a - b)[points.length >> 1];
  const x = mid(0), y = mid(1);
  const far = (p: [number, number]) => Math.hypot(p[0] - x, p[1] - y);
  return [...points].sort((a, b) => far(a) - far(b)).slice(0, Math.ceil(points.length * 0.88));
}

function around(points: [number, number][], width: number, height: number): View {
  const xs = points.map((p) => p[0]), ys = points.map((p) => p[1]);
  if (points.length === 0) return { x: 15, y: -55, scale: 10 };
  const left = Math.min(...xs), right = Math.max(...xs), top = Math.min(...ys), bottom = Math.max(...ys);
  const closest = 60; // the outlines are coarse
  const scale = Math.min(closest, (width - 110) / Math.max(3, right - left), (height - 90) / Math.max(3, bottom - top));
  return { x: (left + right) / 2, y: (top + bottom) / 2, scale };
}

function outline({ c, width, height, colour }: Paint, land: Shape[], v: View) {
  c.fillStyle = colour.sea;
  c.fillRect(0, 0, width, height);
  c.save();
  c.translate(width / 2, height / 2);
  c.scale(v.scale, v.scale);
  c.translate(-v.x, -v.y);
  const w = width / 2 / v.scale, h = height / 2 / v.scale;
  c.lineWidth = 0.8 / v.scale;
  c.fillStyle = colour.land;
  c.strokeStyle = colour.coast;
  for (const { path, box } of land) {
    if (box[0] > v.x + w || box[2] < v.x - w || box[1] > v.y + h || box[3] < v.y - h) continue;
    c.fill(path);
    c.stroke(path);
  }
  c.restore();
}

function underWay(model: Model, day: number) {
  const out: { from: number; to: number; part: number }[] = [];
  for (const tour of model.doc.tours) {
    let from = model.doc.units[tour.unit].home;
    for (const leg of tour.legs) {
      const to = model.doc.posts[leg.post].place;
      if (leg.lift && day >= leg.depart && day < leg.arrive) out.push({ from, to, part: (day + 0.5 - leg.depart) / (leg.arrive - leg.depart) });
      from = to;
    }
    const last = tour.legs[tour.legs.length - 1];
    if (day >= last.until && day < tour.home) out.push({ from, to: model.doc.units[tour.unit].home, part: (day + 0.5 - last.until) / (tour.home - last.until) });
  }
  return out.filter((m) => m.from !== m.to);
}

// moves draws who is under way: a thin line for the way, an arrow where they are; one for all that go the same way.
function moves({ c, colour }: Paint, model: Model, day: number, at: (place: number) => [number, number]) {
  c.strokeStyle = c.fillStyle = colour.moving;
  for (const m of underWay(model, day)) {
    const a = at(m.from), b = at(m.to);
    const mid: [number, number] = [(a[0] + b[0]) / 2 + (b[1] - a[1]) * 0.12, (a[1] + b[1]) / 2 - (b[0] - a[0]) * 0.12];
    c.globalAlpha = 0.45;
    c.lineWidth = 1.2;
    c.beginPath();
    c.moveTo(...a), c.quadraticCurveTo(...mid, ...b);
    c.stroke();
    c.globalAlpha = 1;
    const t = m.part, u = 1 - t;
    const x = u * u * a[0] + 2 * u * t * mid[0] + t * t * b[0], y = u * u * a[1] + 2 * u * t * mid[1] + t * t * b[1];
    const angle = Math.atan2(2 * u * (mid[1] - a[1]) + 2 * t * (b[1] - mid[1]), 2 * u * (mid[0] - a[0]) + 2 * t * (b[0] - mid[0]));
    c.save();
    c.translate(x, y);
    c.rotate(angle);
    c.beginPath();
    c.moveTo(8, 0), c.lineTo(-5, -5), c.lineTo(-2, 0), c.lineTo(-5, 5);
    c.fill();
    c.restore();
  }
}

function state(model: Model, s: Spot, day: number): State {
  return Math.max(...s.posts.map((i) => model.states[i][day]));
}

// merge joins posts whose symbols would touch; what nothing is required of is left out.
function merge(model: Model, posts: number[], at: (place: number) => [number, number], day: number): Spot[] {
  const spots: Spot[] = [];
  for (const i of posts) {
    if (model.states[i][day] === State.none && model.present(i, day).length === 0) continue;
    const [x, y] = at(model.doc.posts[i].place);
    const near = spots.find((s) => Math.hypot(s.x - x, s.y - y) < 2.3 * radius);
    if (near) near.posts.push(i);
    else spots.push({ x, y, posts: [i] });
  }
  for (const s of spots) s.posts.sort((a, b) => model.states[b][day] - model.states[a][day]);
  return spots;
}

function drawSpot({ c, colour }: Paint, model: Model, s: Spot, day: number, chosen: boolean) {
  const worst = state(model, s, day);
  const filled = s.posts.map((i) => model.filled(i, day)).filter((f) => f !== null);
  const part = filled.length ? filled.reduce((a, b) => a + b, 0) / filled.length : 0;
  c.beginPath();
  c.arc(s.x, s.y, radius, 0, 2 * Math.PI);
  c.fillStyle = colour.ground;
  c.fill();
  if (worst !== State.none) {
    c.fillStyle = fill(worst, colour);
    c.fill();
  }
  c.lineWidth = 4;
  c.strokeStyle = colour.hair;
  c.stroke();
  c.strokeStyle = worst === State.exposed ? colour.exposed : worst === State.below ? colour.below : colour.accent;
  c.beginPath();
  c.arc(s.x, s.y, radius, -Math.PI / 2, -Math.PI / 2 + 2 * Math.PI * part);
  c.stroke();
  if (chosen) {
    c.strokeStyle = colour.ink;
    c.lineWidth = 2;
    c.beginPath();
    c.arc(s.x, s.y, radius + 4, 0, 2 * Math.PI);
    c.stroke();
  }
  const post = model.doc.posts[s.posts[0]], cap = model.doc.capabilities[post.lines[0].capability];
  const g = symbol(symbolCode(post.symbol, `${cap.name} ${post.name}`, cap.domain), 13);
  c.drawImage(g.image, s.x - g.w / 2, s.y - g.h / 2, g.w, g.h);
}

// badge says how many posts a symbol stands for.
function badge({ c, colour }: Paint, s: Spot) {
  c.font = font(10.5, 700);
  const n = String(s.posts.length), w = Math.max(15, c.measureText(n).width + 8);
  c.fillStyle = colour.ink;
  c.beginPath();
  c.roundRect(s.x + radius - 8, s.y - radius - 5, w, 15, 7);
  c.fill();
  c.fillStyle = colour.ground;
  c.textAlign = "center";
  c.textBaseline = "middle";
  c.fillText(n, s.x + radius - 8 + w / 2, s.y - radius + 3);
  c.textAlign = "left";
}

// names labels posts, the worst first, where no other label or symbol is in the way.
function names({ c, width, height, colour }: Paint, model: Model, spots: Spot[], day: number) {
  const taken: [number, number, number, number][] = spots.map((s) => [s.x - radius - 2, s.y - radius - 5, s.x + radius + 6, s.y + radius + 2]);
  const free = (b: [number, number, number, number]) =>
    b[0] > 2 && b[2] < width - 2 && b[1] > 2 && b[3] < height - 2 && taken.every((t) => b[2] < t[0] || b[0] > t[2] || b[3] < t[1] || b[1] > t[3]);
  c.font = font(11);
  c.textBaseline = "middle";
  for (const s of [...spots].sort((a, b) => state(model, b, day) - state(model, a, day))) {
    const label = fit(c, model.doc.places[model.doc.posts[s.posts[0]].place].name, 130), w = c.measureText(label).width;
    for (const [x, y] of [[s.x + radius + 7, s.y], [s.x - radius - 7 - w, s.y], [s.x - w / 2, s.y + radius + 11], [s.x - w / 2, s.y - radius - 11]]) {
      const b: [number, number, number, number] = [x - 2, y - 7, x + w + 2, y + 7];
      if (!free(b)) continue;
      taken.push(b);
      c.lineWidth = 3;
      c.lineJoin = "round";
      c.strokeStyle = colour.land;
      c.strokeText(label, x, y);
      c.fillStyle = colour.ink;
      c.fillText(label, x, y);
      break;
    }
  }
}
