// The day shown: a slider whose track is the exposure curve.
import { useSignal } from "@preact/signals";
import { useEffect } from "preact/hooks";
import type { Model } from "../model";
import { day } from "../state";
import { quantity, text } from "../text";
import { Canvas, type Paint } from "./canvas";

export function Slider({ model }: { model: Model }) {
  const days = model.doc.days;
  const playing = useSignal(false);
  useEffect(() => {
    if (!playing.value) return;
    let frame = 0, last = 0;
    const step = (now: number) => {
      if (now - last > 90) {
        last = now;
        if (day.value >= days - 1) {
          playing.value = false;
          return;
        }
        day.value++;
      }
      frame = requestAnimationFrame(step);
    };
    frame = requestAnimationFrame(step);
    return () => cancelAnimationFrame(frame);
  }, [playing.value]);
  const peak = Math.max(1e-9, ...model.exposure);
  const draw = ({ c, width, height, colour }: Paint) => {
    const x = (d: number) => 8 + (d / (days - 1 || 1)) * (width - 16);
    c.fillStyle = colour.exposed;
    c.beginPath();
    c.moveTo(x(0), height - 4);
    model.exposure.forEach((e, d) => {
      const y = height - 4 - (e / peak) * (height - 10);
      c.lineTo(x(d), y), c.lineTo(x(Math.min(days - 1, d + 1)), y);
    });
    c.lineTo(x(days - 1), height - 4);
    c.fill();
    c.fillStyle = colour.quiet;
    c.fillRect(8, height - 4, width - 16, 1);
    c.strokeStyle = colour.accent;
    c.setLineDash([4, 3]);
    for (const o of model.doc.operations) c.beginPath(), c.moveTo(x(o.d_day), 0), c.lineTo(x(o.d_day), height - 4), c.stroke();
    c.setLineDash([]);
  };
  return (
    <div class="slider">
      <button type="button" class="screen" onClick={() => (playing.value = !playing.value)}>{playing.value ? text.map.pause : text.map.play}</button>
      <div class="track">
        <Canvas height={34} label={text.map.curve} draw={draw} />
        <input
          type="range" min={0} max={days - 1} value={day.value} aria-label={text.map.day} aria-valuetext={`${model.date(day.value)}, ${quantity(model.exposure[day.value])}`}
          onInput={(e) => (day.value = Number(e.currentTarget.value))}
        />
      </div>
      <output>
        <strong>{model.date(day.value)}</strong>
        {model.doc.operations.length === 1 && <span class="quiet"> {text.dOffset(day.value - model.doc.operations[0].d_day)}</span>}
      </output>
    </div>
  );
}
