// The self-contained report: reads the data beside it in the page and shows every part, or what a decision maker reads.
import { render } from "preact";
import type { Document } from "./data";
import { Model } from "./model";
import { day, palette } from "./state";
import { text } from "./text";
import { Answers } from "./parts/answers";
import { Areas } from "./parts/areas";
import { Brief } from "./parts/brief";
import { Coverage } from "./parts/coverage";
import { Flow } from "./parts/flow";
import { Gantt } from "./parts/gantt";
import { Headline, Method } from "./parts/headline";
import { Burden, Gaps, Shape, Timetable } from "./parts/lists";
import { TheatreMap } from "./parts/map";
import { Conditions, Today } from "./parts/situation";
import "./tokens.css";
import "./report.css";

const read = <T,>(id: string): T => JSON.parse(document.getElementById(id)!.textContent!) as T;

const model = new Model(read<Document>("document"));
const outlines = read<number[][]>("outlines");
day.value = firstDay(model);
palette.value; // sets the colours before anything is drawn

// firstDay is the day to open on: the worst, else D-day, else the first.
function firstDay({ doc }: Model): number {
  const d = doc.exposure.worst > 0 ? doc.exposure.worst_day : doc.operations[0]?.d_day ?? 0;
  return Math.max(0, Math.min(doc.days - 1, d));
}

const { situation, actual } = model.doc;
const parts: [string, string][] = [
  ...(actual ? [["today", text.today.short] as [string, string]] : []),
  ...(situation ? [["conditions", text.conditions.short] as [string, string]] : []),
  ["map", text.map.title], ["areas", text.areas.title], ["flow", text.flow.title], ["coverage", text.coverage.title], ["gantt", text.gantt.title],
  ["timetable", text.timetable.title], ["burden", text.burden.title], ["gaps", text.gaps.title], ["shape", text.shape.title],
  ...(model.doc.answers.length > 0 ? [["answers", text.answers.title] as [string, string]] : []), ["method", text.method.title],
];

function Report() {
  return (
    <>
      <Headline model={model} />
      <nav class="screen" aria-label={text.contents}>{parts.map(([id, title]) => <a href={`#${id}`}>{title}</a>)}</nav>
      <main>
        <Today model={model} actual={actual} />
        <Conditions model={model} />
        <div class="answer">
          <TheatreMap model={model} outlines={outlines} />
          <Areas model={model} />
        </div>
        <Flow model={model} />
        <Coverage model={model} />
        <Gantt model={model} />
        <Timetable model={model} />
        <Burden model={model} />
        <Gaps model={model} />
        <Shape model={model} />
        <Answers model={model} />
        <Method model={model} />
      </main>
    </>
  );
}

const root = document.getElementById("report")!;
render(root.dataset.view === "brief" ? <Brief model={model} outlines={outlines} /> : <Report />, root);
root.dataset.ready = String(Math.round(performance.now()));
