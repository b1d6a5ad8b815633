// A canvas that follows its width, its pixels, the colours and every signal that its drawing reads.
import { effect, signal } from "@preact/signals";
import { useLayoutEffect, useMemo, useRef } from "preact/hooks";
import type { CanvasHTMLAttributes } from "preact";
import { palette, printing, type Palette } from "../state";

export interface Paint {
  c: CanvasRenderingContext2D;
  width: number;
  height: number;
  colour: Palette;
}

interface Props {
  height: number;
  draw: (p: Paint) => void;
  label: string;
  on?: CanvasHTMLAttributes<HTMLCanvasElement>;
  canvas?: (el: HTMLCanvasElement) => void;
}

const printed = 1000; // CSS pixels across on paper

export function Canvas({ height, draw, label, on, canvas }: Props) {
  const ref = useRef<HTMLCanvasElement>(null);
  const latest = useRef(draw);
  latest.current = draw;
  const width = useMemo(() => signal(0), []);
  const again = useMemo(() => signal(0), []);
  useLayoutEffect(() => {
    const el = ref.current!;
    canvas?.(el);
    const watch = new ResizeObserver(() => {
      if (!printing.value) width.value = el.parentElement!.clientWidth;
    });
    watch.observe(el.parentElement!);
    width.value = el.parentElement!.clientWidth;
    return () => watch.disconnect();
  }, []);
  useLayoutEffect(() => {
    // Before the browser paints or prints: what is mounted for paper has no second chance.
    return effect(() => {
      again.value;
      const w = printing.value ? printed : width.value;
      const paper = printing.value;
      const colour = palette.value;
      if (w === 0) return;
      paint(ref.current!, w, height, paper ? 2 : devicePixelRatio, colour, latest.current);
    });
  }, [height]);
  // What the parent drew with may have changed although no signal did.
  useLayoutEffect(() => {
    again.value++;
  });
  return <canvas ref={ref} role="img" aria-label={label} tabIndex={on ? 0 : undefined} {...on} />;
}

function paint(el: HTMLCanvasElement, width: number, height: number, ratio: number, colour: Palette, draw: (p: Paint) => void) {
  const w = Math.round(width * ratio), h = Math.round(height * ratio);
  if (el.width !== w || el.height !== h) {
    el.width = w;
    el.height = h;
  }
  el.style.width = `${width}px`;
  el.style.height = `${height}px`;
  const c = el.getContext("2d")!;
  c.setTransform(ratio, 0, 0, ratio, 0, 0);
  c.clearRect(0, 0, width, height);
  draw({ c, width, height, colour });
}

export const font = (size: number, weight = 400) => `${weight} ${size}px system-ui, -apple-system, "Segoe UI", Roboto, "Noto Sans", "Liberation Sans", sans-serif`;

// fit cuts text to a width, with a sign that it was cut.
export function fit(c: CanvasRenderingContext2D, s: string, width: number): string {
  if (c.measureText(s).width <= width) return s;
  let low = 0, high = s.length;
  while (low < high) {
    const mid = (low + high + 1) >> 1;
    if (c.measureText(s.slice(0, mid).trimEnd() + "…").width <= width) low = mid;
    else high = mid - 1;
  }
  return low === 0 ? "" : s.slice(0, low).trimEnd() + "…";
}

const patterns = new Map<string, CanvasPattern>();

// pattern is the second sign of a colour: diagonal hatch or dots on a ground.
export function pattern(kind: "hatch" | "dots", ground: string, mark: string): CanvasPattern {
  const key = `${kind} ${ground} ${mark}`;
  let made = patterns.get(key);
  if (made) return made;
  const tile = document.createElement("canvas");
  tile.width = tile.height = 6;
  const c = tile.getContext("2d")!;
  c.fillStyle = ground;
  c.fillRect(0, 0, 6, 6);
  c.fillStyle = c.strokeStyle = mark;
  if (kind === "dots") {
    c.fillRect(2, 2, 2, 2);
  } else {
    c.lineWidth = 1.4;
    c.beginPath();
    c.moveTo(-1.5, 1.5), c.lineTo(1.5, -1.5);
    c.moveTo(-1.5, 7.5), c.lineTo(7.5, -1.5);
    c.moveTo(4.5, 7.5), c.lineTo(7.5, 4.5);
    c.stroke();
  }
  made = c.createPattern(tile, "repeat")!;
  patterns.set(key, made);
  return made;
}
