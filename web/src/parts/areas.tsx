// Exposure by area over time: small multiples on one scale.
import { useMemo } from "preact/hooks";
import type { Area } from "../data";
import { expand, type Model } from "../model";
import { day } from "../state";
import { percent, quantity, text } from "../text";
import { Canvas, type Paint } from "./canvas";
import { More, Table } from "./table";

export function Areas({ model }: { model: Model }) {
  const { doc } = model, t = text.areas;
  const daily = useMemo(() => doc.areas.map((a) => expand(a.daily, 0, doc.days, doc.days)), [model]);
  const peak = useMemo(() => Math.max(1, ...daily.map((d) => d.reduce((a, b) => Math.max(a, b), 0))), [daily]);
  return (
    <section id="areas">
      <h2>{t.title}</h2>
      <div class="multiples">
        <div class="multiple head quiet"><span>{t.columns[0]}</span><span>{model.date(0)} – {model.date(doc.days - 1)}</span><span class="sum">{t.columns[1]}</span><span class="sum">{t.columns[2]}</span></div>
        {doc.areas.map((a, i) => <Multiple model={model} area={a} daily={daily[i]} peak={peak} />)}
      </div>
      <p class="quiet">{t.scale(text.lines(peak))}</p>
      <More label={text.asTable}>
        {() => (
          <Table
            caption={t.caption} head={t.columns} numbers={[1, 2]}
            rows={doc.areas.map((a) => [a.name, quantity(a.exposure), percent(a.exposure / a.demand), a.exposure > 0 ? model.date(a.worst) : ""])}
          />
        )}
      </More>
    </section>
  );
}

function Multiple({ model, area, daily, peak }: { model: Model; area: Area; daily: Float32Array; peak: number }) {
  const days = model.doc.days;
  const draw = ({ c, width, height, colour }: Paint) => {
    const x = (d: number) => (d / days) * width, y = (e: number) => height - 1 - (e / peak) * (height - 4);
    c.fillStyle = colour.exposed;
    for (let d = 0; d < days; d++) if (daily[d] > 0) c.fillRect(x(d), Math.min(y(daily[d]), height - 2.5), Math.max(1, x(d + 1) - x(d)), height - y(daily[d]) - 1);
    c.fillStyle = colour.quiet;
    c.fillRect(0, height - 1, width, 1);
    c.strokeStyle = colour.accent;
    c.setLineDash([4, 3]);
    for (const o of model.doc.operations) c.beginPath(), c.moveTo(x(o.d_day), 0), c.lineTo(x(o.d_day), height), c.stroke();
    c.setLineDash([]);
    c.fillStyle = colour.ink;
    c.fillRect(x(day.value + 0.5), 0, 1, height);
  };
  const said = area.exposure > 0 ? `${text.areas.days(area.exposure)}, ${percent(area.exposure / area.demand)}` : text.areas.none;
  return (
    <div class={area.depth > 0 ? "multiple inner" : "multiple"}>
      <div class="name">{area.name}</div>
      <Canvas height={30} label={`${area.name}: ${said}`} draw={draw} />
      <div class={area.exposure > 0 ? "sum exposed" : "sum quiet"} title={said}>{quantity(area.exposure)}</div>
      <div class="sum quiet">{area.exposure > 0 ? percent(area.exposure / area.demand) : ""}</div>
    </div>
  );
}
