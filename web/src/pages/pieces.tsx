// Small pieces that several pages use.
import { signal } from "@preact/signals";
import type { ComponentChildren } from "preact";
import { useEffect } from "preact/hooks";
import { choose, follow, addressOf, mayPlan, page, plans, scenarioID, attempt, jobs } from "../app/site";
import { api, type Format } from "../app/client";
import { text } from "../text";

// bare is the id of the record that a unit of a count comes from.
export const bare = (id: string) => id.replace(/#\d+$/, "");

export const Loading = () => <p class="quiet loading" role="status">{text.app.loading}</p>;

export const Empty = ({ children }: { children: ComponentChildren }) => <div class="empty">{children}</div>;

// When is a moment in the reader's own time, to the minute.
export function When({ at }: { at: string }) {
  const d = new Date(at), two = (n: number) => String(n).padStart(2, "0");
  return <time dateTime={at}>{`${d.getFullYear()}-${two(d.getMonth() + 1)}-${two(d.getDate())} ${two(d.getHours())}:${two(d.getMinutes())}`}</time>;
}

// Name is something that can be chosen.
export function Name({ kind, id, children }: { kind: "unit" | "post" | "contributor"; id: string; children?: ComponentChildren }) {
  return <button type="button" class="link" onClick={() => choose(kind, id)}>{children ?? id}</button>;
}

export function PageLink({ to, children }: { to: typeof page.value; children: ComponentChildren }) {
  return <a href={addressOf(to)} onClick={(e) => follow(e, to)}>{children}</a>;
}

// NoPlan is what a page of a plan says where there is none.
export function NoPlan() {
  const t = text.app;
  const running = jobs.value.some((j) => j.kind === "plan" && (j.state === "queued" || j.state === "running"));
  return (
    <Empty>
      <h2>{t.noPlan}</h2>
      {running ? <p role="status">{t.planComing}</p> : mayPlan.value ? <button type="button" class="strong" onClick={() => void planNow(10)}>{t.planNow}</button> : <p>{t.noPlanYet}</p>}
    </Empty>
  );
}

export async function planNow(seconds: number) {
  await attempt(async () => {
    await api.queue(scenarioID.value, "plan", { seconds, name: plans.value.length === 0 ? "first plan" : `plan ${plans.value.length + 1}` });
    jobs.value = await api.jobs(scenarioID.value);
  });
}

const formats = signal<Format[]>([]);

// useFormats is what files can be imported and exported as; empty until the server has said.
export function useFormats() {
  useEffect(() => {
    if (formats.value.length === 0) void attempt(async () => void (formats.value = await api.formats()));
  }, []);
  return formats.value;
}

// Downloads is a menu of every format that a scenario or a plan can be had in.
export function Downloads({ of, id }: { of: "scenarios" | "plans"; id: string }) {
  const list = useFormats().filter((f) => f[of]);
  return (
    <details class="menu-of right">
      <summary>{text.app.downloads}</summary>
      <div class="sheet-of">{list.map((f) => <a href={`/api/${of}/${encodeURIComponent(id)}/export/${f.name}`} title={f.writes}>{f.title} <span class="quiet">{f.extensions[0]}</span></a>)}</div>
    </details>
  );
}
