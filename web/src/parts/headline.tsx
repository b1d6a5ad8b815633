// What a decision maker reads first.
import type { Model } from "../model";
import { theme, type Theme } from "../state";
import { percent, quantity, text } from "../text";

// Headline of a page that has a mast of its own is bare of that.
export function Headline({ model, bare = false }: { model: Model; bare?: boolean }) {
  const { doc } = model;
  const ops = doc.operations.map((o) => o.name).join(", ");
  const x = doc.exposure;
  return (
    <header>
      {!bare && <div class="mast">
        <h1>{doc.scenario}</h1>
        <p class="quiet">{model.date(0)} – {model.date(doc.days - 1)} · {text.policy(doc.policy)} · {text.maturity(doc.maturity)}</p>
        <Verdict model={model} />
        <Themes />
      </div>}
      <Alarms model={model} />
      <div class="figures">
        {doc.operations.map((o) => (
          <>
            <Figure label={`${text.ioc} · ${o.name}`} value={o.ioc === null ? text.never : model.date(o.ioc)} more={o.ioc === null ? text.iocMeaning : `${text.dOffset(o.ioc - o.d_day)}, ${text.iocMeaning}`} bad={o.ioc === null} />
            <Figure label={`${text.foc} · ${o.name}`} value={o.foc === null ? text.never : model.date(o.foc)} more={o.foc === null ? text.focMeaning : `${text.dOffset(o.foc - o.d_day)}, ${text.focMeaning}`} bad={o.foc === null} />
          </>
        ))}
        {doc.operations.length > 0 && (
          <Figure label={text.newExposure} value={x.new === null ? "–" : quantity(x.new)} more={x.new === null ? text.newExposureUnknown : text.newExposureMeaning(ops)} bad={(x.new ?? 0) > 0} />
        )}
        <Figure label={text.standing} value={quantity(x.standing)} more={text.standingMeaning} bad={x.standing > 0} />
        {doc.operations.length > 0 && <Figure label={text.atOperations} value={quantity(x.operations)} more={text.atOperationsMeaning} bad={x.operations > 0} />}
      </div>
      {doc.sentences.map((s) => <blockquote>{s}</blockquote>)}
      {x.worst > 0 && <p class="quiet">{text.worstDay(model.date(x.worst_day), text.lines(x.worst))} {text.exposureWhy}</p>}
    </header>
  );
}

// Alarms say why not to act on a plan, or that it is shown otherwise than it was made.
export function Alarms({ model }: { model: Model }) {
  const { verdict } = model.doc;
  return (
    <>
      {!verdict.verified && (
        <div class="alarm" role="alert">
          <strong>{text.broken(verdict.broken.length)}</strong>
          <ul>{verdict.broken.slice(0, 5).map((b) => <li>{b}</li>)}</ul>
          {verdict.broken.length > 5 && <p>{text.brokenMore(verdict.broken.length - 5)}</p>}
        </div>
      )}
      {verdict.another && <div class="caution" role="note">{text.another(verdict.another)}</div>}
    </>
  );
}

export function Figure({ label, value, more, bad }: { label: string; value: string; more: string; bad: boolean }) {
  return (
    <div class={bad ? "figure bad" : "figure"}>
      <div class="quiet">{label}</div>
      <div class="value">{value}</div>
      <div class="quiet">{more}</div>
    </div>
  );
}

export function Verdict({ model }: { model: Model }) {
  const { verdict, proof, posts, approval } = model.doc;
  if (posts.every((p) => p.lines.length === 0)) return <p class="verdict quiet">{text.nothingRequired}</p>;
  return (
    <p class="verdict">
      {verdict.verified && !proof.withheld && <span title={proof.optimal ? undefined : text.gapMeaning(proof.gap)}>{proof.optimal ? text.optimal : text.gap(proof.gap)}</span>}
      <span class={verdict.verified ? "good" : "bad"} title={text.verifiedMeaning}>{verdict.verified ? `✓ ${text.verified}` : `✗ ${text.notVerified}`}</span>
      {approval && <span class="good">✓ {text.approved(approval.name, approval.day)}</span>}
    </p>
  );
}

function Themes() {
  return (
    <label class="screen quiet">
      {text.theme}{" "}
      <select value={theme.value} onChange={(e) => (theme.value = e.currentTarget.value as Theme)}>
        {(["auto", "light", "dark"] as const).map((k) => <option value={k}>{text.themes[k]}</option>)}
      </select>
    </label>
  );
}

export function Method({ model }: { model: Model }) {
  const { proof: p } = model.doc, t = text.method;
  return (
    <section id="method">
      <h2>{t.title}</h2>
      <p><strong>{p.text}</strong></p>
      {!p.withheld && (
        <>
          {p.bound > 0 && <Scale bound={p.bound} cost={p.objective} />}
          {!p.optimal && p.bound > 0 && <p>{t.cover(percent(p.gap_of_cover))}</p>}
          <p>{t.bound} {t.search(p.stop, quantity(p.iterations), p.seed)}</p>
        </>
      )}
      <p>{t.checker}</p>
      <h3>{t.words}</h3>
      <dl>{t.glossary.map(([word, means]) => <div><dt>{word}</dt><dd>{means}</dd></div>)}</dl>
      <p class="quiet">{model.doc.note && `${model.doc.note}. `}{text.unclassified} {p.scenario_sha256 && text.generated(p.scenario_sha256)}. {text.map.land}</p>
    </section>
  );
}

// Scale shows where the proven bound and the cost lie between nothing and the cost.
function Scale({ bound, cost }: { bound: number; cost: number }) {
  return (
    <div class="scale" role="img" aria-label={text.method.scale(quantity(bound), quantity(cost))}>
      <div style={{ width: `${(100 * bound) / cost}%` }} />
      <span>{text.method.scale(quantity(bound), quantity(cost))}</span>
    </div>
  );
}
