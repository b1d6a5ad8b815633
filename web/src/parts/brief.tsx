// One page for a decision maker: three numbers, what they mean, the map and the decisions that are due.
import type { Model } from "../model";
import { quantity, text } from "../text";
import { Alarms, Figure, Verdict } from "./headline";
import { movesOf } from "./lists";
import { TheatreMap } from "./map";
import { Table } from "./table";

const weeks = 2; // in which decisions are due
const most = 5; // decisions shown

export function Brief({ model, outlines }: { model: Model; outlines: number[][] }) {
  const { doc } = model;
  return (
    <div class="brief">
      <header>
        <div class="mast">
          <h1>{doc.scenario}</h1>
          <Verdict model={model} />
        </div>
        <Alarms model={model} />
        <Numbers model={model} />
        {doc.sentences.map((s) => <p class="finding">{s}</p>)}
      </header>
      <main>
        <TheatreMap model={model} outlines={outlines} high={470} still />
        <Decisions model={model} />
      </main>
      <footer>
        <p class="quiet">{text.unclassified} {model.date(0)} – {model.date(doc.days - 1)}, {text.policy(doc.policy)}, {text.maturity(doc.maturity)}. {text.map.land}</p>
        <a class="screen" href={`${location.pathname}/report`}>{text.brief.whole}</a>
      </footer>
    </div>
  );
}

// Numbers are those of the last operation that gets ready, or of the standing posts where there is none.
function Numbers({ model }: { model: Model }) {
  const { operations, exposure: x } = model.doc;
  if (operations.length === 0) return <div class="figures"><Figure label={text.standing} value={quantity(x.standing)} more={text.standingMeaning} bad={x.standing > 0} /></div>;
  const names = operations.map((o) => o.name).join(", ");
  return (
    <div class="figures">
      <Readiness model={model} of="ioc" />
      <Readiness model={model} of="foc" />
      <Figure label={text.newExposure} value={x.new === null ? "–" : quantity(x.new)} more={x.new === null ? text.newExposureUnknown : text.newExposureMeaning(names)} bad={(x.new ?? 0) > 0} />
    </div>
  );
}

function Readiness({ model, of }: { model: Model; of: "ioc" | "foc" }) {
  const list = model.doc.operations, one = list.length === 1 ? list[0] : null;
  const label = `${text[of]} · ${one ? one.name : text.brief.all(list.length)}`, means = of === "ioc" ? text.iocMeaning : text.focMeaning;
  const days = list.map((o) => o[of]).filter((d) => d !== null);
  if (days.length < list.length) return <Figure label={label} value={text.never} more={means} bad />;
  const last = Math.max(...days);
  return <Figure label={label} value={model.date(last)} more={one ? `${text.dOffset(last - one.d_day)}, ${means}` : means} bad={false} />;
}

function Decisions({ model }: { model: Model }) {
  const { doc } = model, t = text.brief;
  const next = movesOf(model).filter((m) => m.leg.decide >= doc.today), until = doc.today + 7 * weeks;
  const due = next.filter((m) => m.leg.decide < until).length, shown = next.slice(0, due === 0 ? most : Math.min(most, due));
  return (
    <section id="decisions">
      <h2>{t.decisions}</h2>
      {shown.length === 0 ? <p>{t.none}</p> : (
        <>
          <p>{t.due(due, model.date(until - 1), shown.length)}</p>
          <Table caption={t.decisions} head={t.columns} rows={shown.map((m) => [<strong class="date">{model.date(m.leg.decide)}</strong>, doc.contributors[m.unit.contributor].name, m.unit.name, doc.posts[m.leg.post].name])} />
        </>
      )}
    </section>
  );
}
