// Rows against time on a canvas: the base of the Gantt chart and of the coverage map. Its axis sticks, only the rows in view
// are drawn, the wheel (with Ctrl) zooms around the pointer, dragging moves, and the arrow keys walk a cursor that speaks.
import { useComputed, useSignal } from "@preact/signals";
import { useEffect, useRef } from "preact/hooks";
import type { Model } from "../model";
import { day as shown, printing } from "../state";
import { months, text } from "../text";
import { Canvas, fit, font, type Paint } from "./canvas";

export interface Row {
  label: string;
  depth: number;
  heading: boolean;
  folded?: boolean;
  right?: string;
}

export interface Band {
  x: (day: number) => number;
  first: number; // days in view
  last: number;
  perDay: number; // pixels
  top: number;
  height: number;
}

// A Hold is what the pointer has taken of a row: days, moved as a whole or by one end.
export interface Hold {
  from: number;
  until: number;
  part: "whole" | "from" | "until";
}

interface Props {
  model: Model;
  rows: Row[];
  rowHeight: number;
  label: string;
  hint: string;
  rightHead?: string;
  draw: (p: Paint, row: number, band: Band) => void;
  over?: (p: Paint, x: (day: number) => number) => void; // what lies above the rows, such as D-day
  say: (row: number, day: number) => string[];
  press?: (row: number) => void; // on a heading
  choose?: (row: number, day: number) => void; // on another row
  chosen?: (row: number) => boolean;
  shows?: string; // what is chosen: when it changes, its first row comes into view
  hold?: (row: number, day: number, slack: number) => Hold | null; // what can be dragged there; slack is a few pixels in days
  drop?: (row: number, before: Hold, from: number, until: number) => void;
  most: number; // pixels of height before the rows scroll
  printed: number; // rows that go on paper
}

const axis = 34;
const paper = 1350; // pixels of rows on a sheet of A4, where the chart is 1000 wide
const least = 14; // days that fill the chart at the closest

export function RowChart(props: Props) {
  const { model, rows, label, hint, draw, say, press, most } = props;
  const rowHeight = printing.value ? Math.round(props.rowHeight * 0.88) : props.rowHeight;
  const days = model.doc.days;
  const from = useSignal(0), until = useSignal(days);
  const scroll = useSignal(0);
  const held = useSignal<{ row: number; from: number; until: number } | null>(null);
  const cursor = useSignal<{ row: number; day: number; x: number; y: number; key: boolean } | null>(null);
  const scroller = useRef<HTMLDivElement>(null);
  const canvas = useRef<HTMLCanvasElement | null>(null);
  const left = (width: number) => (width < 640 ? 120 : 250);
  const right = props.rightHead ? 76 : 12;
  const inner = rows.length * rowHeight;
  const height = Math.min(most, inner + axis);
  const lines = useComputed(() => (cursor.value ? say(cursor.value.row, cursor.value.day) : []));

  const zoom = (factor: number, at: number) => {
    const span = Math.max(least, Math.min(days, (until.value - from.value) * factor));
    const part = (at - from.value) / (until.value - from.value);
    move(at - part * span, span);
  };
  const move = (start: number, span = until.value - from.value) => {
    const f = Math.max(0, Math.min(days - span, start));
    from.value = f;
    until.value = f + span;
  };
  const dayAt = (x: number, width: number) => {
    const l = left(width);
    return from.value + ((x - l) / (width - l - right)) * (until.value - from.value);
  };
  const where = (e: { clientX: number; clientY: number }) => {
    const box = canvas.current!.getBoundingClientRect();
    const x = e.clientX - box.left, y = e.clientY - box.top;
    return { x, y, row: Math.floor((y - axis + scroll.value) / rowHeight), day: Math.floor(dayAt(x, box.width)), width: box.width };
  };

  useEffect(() => {
    const row = props.shows && props.chosen ? rows.findIndex((r, i) => !r.heading && props.chosen!(i)) : -1;
    const box = scroller.current;
    if (row < 0 || !box) return;
    const top = row * rowHeight, room = height - axis;
    if (top < box.scrollTop || top + rowHeight > box.scrollTop + room) box.scrollTop = top - room / 3;
  }, [props.shows]);

  useEffect(() => {
    const el = canvas.current;
    if (!el) return; // on paper there are several
    const wheel = (e: WheelEvent) => {
      const p = where(e);
      if (!e.ctrlKey && p.y > axis) return;
      e.preventDefault();
      zoom(Math.exp(Math.sign(e.deltaY) * 0.2), Math.max(from.value, dayAt(p.x, p.width)));
      cursor.value = null;
    };
    el.addEventListener("wheel", wheel, { passive: false });
    return () => el.removeEventListener("wheel", wheel);
  }, []);

  const pull = useRef<{ x: number; from: number; moved: boolean; hold: Hold | null; row: number } | null>(null); // outlives a drawing
  const slackOf = (width: number) => (6 * (until.value - from.value)) / (width - left(width) - right);
  const on = {
    onPointerDown: (e: PointerEvent) => {
      const p = where(e);
      const free = e.button === 0 && p.x > left(p.width) && p.y > axis && p.row < rows.length && !rows[p.row]?.heading;
      const hold = free ? props.hold?.(p.row, dayAt(p.x, p.width), slackOf(p.width)) ?? null : null;
      pull.current = { x: e.clientX, from: from.value, moved: false, hold, row: p.row };
    },
    onPointerMove: (e: PointerEvent) => {
      const p = where(e), drag = pull.current;
      if (drag && e.buttons === 1) {
        if (Math.abs(e.clientX - drag.x) > 4) {
          drag.moved = true;
          canvas.current!.setPointerCapture(e.pointerId);
          const h = drag.hold;
          if (h) {
            const by = Math.round(((e.clientX - drag.x) / (p.width - left(p.width) - right)) * (until.value - from.value));
            const a = h.part === "until" ? h.from : Math.min(h.from + by, h.part === "from" ? h.until - 1 : days), b = h.part === "from" ? h.until : Math.max(h.until + by, h.part === "until" ? h.from + 1 : 0);
            held.value = { row: drag.row, from: Math.max(0, a), until: Math.min(days, b) };
            cursor.value = null;
          } else move(drag.from - ((e.clientX - drag.x) / (p.width - left(p.width) - right)) * (until.value - from.value));
        }
        return;
      }
      const inside = p.y > axis && p.row >= 0 && p.row < rows.length;
      const grip = inside && !rows[p.row].heading && p.x > left(p.width) ? props.hold?.(p.row, dayAt(p.x, p.width), slackOf(p.width)) : null;
      canvas.current!.style.cursor = inside && rows[p.row].heading && press ? "pointer" : grip ? (grip.part === "whole" ? "grab" : "ew-resize") : "default";
      cursor.value = inside && !rows[p.row].heading ? { row: p.row, day: Math.max(0, Math.min(days - 1, p.day)), x: p.x, y: p.y, key: false } : null;
    },
    onPointerUp: (e: PointerEvent) => {
      const p = where(e), drag = pull.current;
      if (drag && !drag.moved && p.row >= 0 && p.row < rows.length) {
        if (p.y > axis && rows[p.row].heading) press?.(p.row);
        else if (p.y > axis) props.choose?.(p.row, Math.max(0, Math.min(days - 1, p.day)));
        if (!rows[p.row].heading && p.x > left(p.width)) shown.value = Math.max(0, Math.min(days - 1, p.day));
      }
      const h = held.value;
      if (drag?.moved && drag.hold && h && (h.from !== drag.hold.from || h.until !== drag.hold.until)) props.drop?.(h.row, drag.hold, h.from, h.until);
      held.value = null;
      pull.current = null;
    },
    onPointerLeave: () => {
      if (!cursor.value?.key) cursor.value = null;
    },
    onKeyDown: (e: KeyboardEvent) => {
      const at = cursor.value ?? { row: 0, day: shown.value, x: 0, y: 0, key: true };
      const step = e.shiftKey ? 30 : 1;
      const walk = (row: number, day: number) => {
        row = Math.max(0, Math.min(rows.length - 1, row));
        day = Math.max(0, Math.min(days - 1, day));
        const top = row * rowHeight, room = height - axis;
        if (top < scroll.value) scroller.current!.scrollTop = top;
        if (top + rowHeight > scroll.value + room) scroller.current!.scrollTop = top + rowHeight - room;
        if (day < from.value || day >= until.value) move(day - (until.value - from.value) / 2);
        const width = canvas.current!.clientWidth, l = left(width);
        const x = l + ((day - from.value) / (until.value - from.value)) * (width - l - right);
        cursor.value = { row, day, x, y: axis + top - scroller.current!.scrollTop + rowHeight, key: true };
      };
      switch (e.key) {
        case "ArrowUp": walk(at.row - 1, at.day); break;
        case "ArrowDown": walk(at.row + 1, at.day); break;
        case "ArrowLeft": walk(at.row, at.day - step); break;
        case "ArrowRight": walk(at.row, at.day + step); break;
        case "Home": walk(at.row, 0); break;
        case "End": walk(at.row, days - 1); break;
        case "+": case "=": zoom(0.7, at.day); break;
        case "-": zoom(1 / 0.7, at.day); break;
        case "Enter": case " ":
          if (rows[at.row]?.heading) press?.(at.row);
          else {
            shown.value = at.day;
            props.choose?.(at.row, at.day);
          }
          break;
        case "Escape": cursor.value = null; break;
        default: return;
      }
      e.preventDefault();
    },
    onBlur: () => (cursor.value = null),
  };

  const page = (firstRow: number, lastRow: number, offset: () => number, live: boolean) => (p: Paint) => {
    const l = left(p.width), f = live ? from.value : 0, u = live ? until.value : days;
    const perDay = (p.width - l - right) / (u - f);
    const x = (d: number) => l + (d - f) * perDay;
    const off = offset();
    const { c } = p;
    const begin = Math.max(firstRow, firstRow + Math.floor(off / rowHeight));
    const end = Math.min(lastRow, firstRow + Math.ceil((off + p.height - axis) / rowHeight));
    const yOf = (row: number) => axis + (row - firstRow) * rowHeight - off;
    c.save();
    c.beginPath();
    c.rect(l, axis, p.width - l - right, p.height - axis);
    c.clip();
    grid(p, model, x, f, u);
    for (let r = begin; r < end; r++) draw(p, r, { x, first: Math.floor(f), last: Math.min(days, Math.ceil(u)), perDay, top: yOf(r), height: rowHeight });
    props.over?.(p, x);
    if (live) mark(p, x(shown.value + 0.5), p.colour.ink);
    const h = held.value;
    if (live && h) {
      c.fillStyle = p.colour.moving;
      c.globalAlpha = 0.45;
      c.fillRect(x(h.from), yOf(h.row) + 1, x(h.until) - x(h.from), rowHeight - 2);
      c.globalAlpha = 1;
      c.strokeStyle = p.colour.ink;
      c.lineWidth = 2;
      c.strokeRect(x(h.from), yOf(h.row) + 1, x(h.until) - x(h.from), rowHeight - 2);
      c.font = font(11, 600);
      c.fillStyle = p.colour.ink;
      c.textBaseline = "bottom";
      c.fillText(`${model.date(h.from)} – ${model.date(h.until)}`, x(h.from), yOf(h.row) - 1);
    }
    c.restore();
    c.save();
    c.beginPath();
    c.rect(0, axis, p.width, p.height - axis);
    c.clip();
    for (let r = begin; r < end; r++) labels(p, rows[r], yOf(r), rowHeight, l, right, props.chosen?.(r) ?? false);
    const at = cursor.value;
    if (live && at) {
      c.strokeStyle = p.colour.ink;
      c.lineWidth = 2;
      c.strokeRect(x(at.day) - 1, yOf(at.row), Math.max(5, perDay) + 1, rowHeight - 1);
    }
    c.restore();
    head(p, model, x, f, u, l, right, props.rightHead);
  };

  if (printing.value) {
    const chunk = Math.floor(paper / rowHeight), all = Math.min(rows.length, props.printed);
    const starts = [];
    for (let r = 0; r < all; r += chunk) starts.push(r);
    return (
      <div>
        {starts.map((r) => {
          const end = Math.min(all, r + chunk);
          return <Canvas key={r} height={axis + (end - r) * rowHeight} label={label} draw={page(r, end, () => 0, false)} />;
        })}
        {all < rows.length && <p class="quiet">{text.rowsPrinted(all, rows.length)}</p>}
      </div>
    );
  }
  const at = cursor.value;
  return (
    <div class="rowchart">
      <div class="tools">
        <button type="button" aria-label={text.map.zoomOut} onClick={() => zoom(1 / 0.6, shown.value)}>−</button>
        <button type="button" aria-label={text.map.zoomIn} onClick={() => zoom(0.6, shown.value)}>+</button>
        <span class="quiet">{hint}</span>
      </div>
      <div class="scroller" ref={scroller} style={{ height: `${height}px` }} onScroll={(e) => (scroll.value = e.currentTarget.scrollTop)}>
        <div style={{ height: `${inner + axis}px` }}>
          <div class="stick">
            <Canvas height={height} label={`${label}. ${hint}`} draw={page(0, rows.length, () => scroll.value, true)} on={on} canvas={(el) => (canvas.current = el)} />
          </div>
        </div>
      </div>
      {at && lines.value.length > 0 && (
        <div class="tip" style={at.x > 480 ? { right: `calc(100% - ${at.x - 12}px)`, top: `${at.y + 52}px` } : { left: `${at.x + 14}px`, top: `${at.y + 52}px` }}>
          {lines.value.map((s, i) => (i === 0 ? <strong>{s}</strong> : <div>{s}</div>))}
        </div>
      )}
      <div class="unseen" aria-live="polite">{at?.key ? lines.value.join(". ") : ""}</div>
    </div>
  );
}

function labels({ c, colour, width }: Paint, row: Row, y: number, h: number, left: number, right: number, chosen: boolean) {
  if (row.heading) {
    c.fillStyle = colour.panel;
    c.fillRect(0, y, left, h);
  }
  if (chosen) {
    c.strokeStyle = colour.ink;
    c.lineWidth = 2;
    c.strokeRect(1, y + 1, left - 4, h - 2);
  }
  c.font = font(row.heading ? 12.5 : 12, row.heading || chosen ? 600 : 400);
  c.fillStyle = colour.ink;
  c.textBaseline = "middle";
  c.textAlign = "left";
  const fold = row.folded === undefined ? "" : row.folded ? "▸ " : "▾ ";
  const indent = 4 + row.depth * 12;
  c.fillText(fit(c, fold + row.label, left - indent - 8), indent, y + h / 2 + 0.5);
  if (row.right) {
    c.textAlign = "right";
    c.fillText(row.right, width - 6, y + h / 2 + 0.5);
  }
  c.textAlign = "left";
  void right;
}

// ticks are the days on which a mark stands, with what it says: months, or days when they have room.
function ticks(model: Model, from: number, until: number, perDay: number): { day: number; label: string; strong: boolean }[] {
  const list = [];
  for (let d = Math.floor(from); d < until; d++) {
    const { year, month, date, weekday } = model.parts(d);
    if (perDay >= 24) list.push({ day: d, label: `${date}`, strong: weekday === 0 });
    else if (perDay >= 5 && weekday === 0) list.push({ day: d, label: `${date} ${months[month]}`, strong: false });
    else if (perDay < 5 && date === 1 && (perDay >= 1.1 || month % 3 === 0)) list.push({ day: d, label: month === 0 ? `${year}` : months[month], strong: month === 0 });
  }
  return list;
}

function grid({ c, height, colour }: Paint, model: Model, x: (d: number) => number, from: number, until: number) {
  c.strokeStyle = colour.hair;
  c.lineWidth = 1;
  c.beginPath();
  for (const t of ticks(model, from, until, x(1) - x(0))) {
    const at = Math.round(x(t.day)) + 0.5;
    c.moveTo(at, axis), c.lineTo(at, height);
  }
  c.stroke();
}

function head({ c, width, colour }: Paint, model: Model, x: (d: number) => number, from: number, until: number, left: number, right: number, rightHead?: string) {
  c.fillStyle = colour.ground;
  c.fillRect(0, 0, width, axis);
  c.strokeStyle = colour.hair;
  c.beginPath();
  c.moveTo(0, axis - 0.5), c.lineTo(width, axis - 0.5);
  c.stroke();
  c.textBaseline = "alphabetic";
  let free = -Infinity;
  for (const t of ticks(model, from, until, x(1) - x(0))) {
    const at = x(t.day);
    if (at < left - 1) continue;
    c.font = font(11.5, t.strong ? 600 : 400);
    c.fillStyle = t.strong ? colour.ink : colour.quiet;
    const wide = c.measureText(t.label).width;
    if (at + 3 < free || at + 3 + wide > width - right) continue;
    c.fillText(t.label, at + 3, axis - 8);
    free = at + wide + 10;
  }
  c.font = font(11.5, 600);
  c.fillStyle = colour.quiet;
  c.fillText(`${model.month(Math.floor(from))} – ${model.month(Math.ceil(until) - 1)}`, 4, axis - 8);
  if (rightHead) {
    c.textAlign = "right";
    c.font = font(11);
    const [a, b] = rightHead.split("-");
    c.fillText(a + "-", width - 6, axis - 20);
    c.fillText(b ?? "", width - 6, axis - 8);
    c.textAlign = "left";
  }
}

// mark is a line across all rows on a day.
export function mark({ c, height }: Paint, x: number, colour: string, dash: number[] = []) {
  c.strokeStyle = colour;
  c.lineWidth = 1.2;
  c.setLineDash(dash);
  c.beginPath();
  c.moveTo(x, axis), c.lineTo(x, height);
  c.stroke();
  c.setLineDash([]);
}
