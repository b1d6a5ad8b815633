// What the whole page shares: who is here, the scenario, its plans, the one that is shown, what is chosen, and the address of all that.
import { computed, effect, signal } from "@preact/signals";
import { Model } from "../model";
import { day } from "../state";
import { text } from "../text";
import { api, type Job, type Person, type Plan, type Scenario, type Work } from "./client";
import { over, Refusal } from "./refusal";

export const pages = ["overview", "map", "gantt", "coverage", "tables", "contributors", "questions", "compare", "timetable", "asks", "jobs", "history", "conditions", "today"] as const;
export type PageName = (typeof pages)[number];

export const scenarioID = signal("");
export const page = signal<PageName | "home" | "import" | "people">("home");

export const person = signal<Person | null>(null);
export const local = signal(false);
export const work = signal<Work | null>(null); // of a local server: where its work is, and what it has told
export const may = signal<readonly string[]>([]); // permissions of the person, as internal/server/auth names them
const permits = (...any: string[]) => computed(() => any.some((p) => may.value.includes(p)));
export const mayPlan = permits("plan");
export const mayEdit = permits("edit-own", "edit-seen", "edit-all");
export const mayApprove = permits("approve");
export const mayAdminister = permits("administer");

export const names = signal<Record<string, string>>({});
export const nameOf = (id: string): string => names.value[id] ?? id;

export const meta = signal<(Scenario & { whole: boolean }) | null>(null);
export const plans = signal<Plan[]>([]);
export const planID = signal("");
export const base = signal<Model | null>(null); // of the plan that is kept
export const trialModel = signal<Model | null>(null); // of a plan that is tried
export const model = computed(() => trialModel.value ?? base.value);
// today is the latest day that something is known of.
export const today = computed(() => Math.max(model.value?.doc.today ?? 0, base.value?.doc.situation?.today ?? 0, base.value?.doc.actual?.today ?? 0));
export const outlines = signal<number[][]>([]);
export const jobs = signal<Job[]>([]);
export const ready = signal(false);
export const offline = signal(false);
export const signedOut = signal(false); // the session has ended
export const failure = signal("");

export const unit = signal("");
export const post = signal("");
export const contributor = signal("");

interface Toast {
  id: number;
  text: string;
  bad: boolean;
  act?: { label: string; run: () => void };
}

export const toasts = signal<Toast[]>([]);
let count = 0;

export function say(message: string, bad = false, act?: Toast["act"]) {
  const toast = { id: ++count, text: message, bad, act };
  toasts.value = [...toasts.value.slice(-3), toast];
  setTimeout(() => (toasts.value = toasts.value.filter((t) => t !== toast)), bad || act ? 12_000 : 6_000);
}

// problem says what went wrong. A request that got no answer fails with a TypeError, whose words differ from browser to browser.
export const problem = (e: unknown): string =>
  e instanceof Refusal ? [e.message, ...e.details].join("\n") : e instanceof TypeError && /fetch|network|load failed/i.test(e.message) ? text.app.noAnswer : e instanceof Error ? e.message : String(e);

// ended is for a session that is over: what is not saved waits for its author to sign in again.
export function ended() {
  signedOut.value = true;
}

// signIn is where one signs in again, and comes back from.
export const signIn = () => `/?to=${encodeURIComponent(location.pathname + location.search)}`;

// attempt says what goes wrong instead of throwing it.
export async function attempt<T>(work: () => Promise<T>): Promise<T | undefined> {
  try {
    return await work();
  } catch (e) {
    if (over(e)) ended();
    else say(problem(e), true);
    return undefined;
  }
}

// choose makes something the page's choice; the rest of what was chosen goes where it does not belong to it.
export function choose(kind: "unit" | "post" | "contributor", id: string) {
  unit.value = kind === "unit" ? id : "";
  post.value = kind === "post" ? id : "";
  contributor.value = kind === "contributor" ? id : "";
}

export const chosen = computed(() => unit.value || post.value || contributor.value);

// The address.

export const extra = signal<Record<string, string[]>>({}); // what a trial is for; trial.ts

export function addressOf(to: typeof page.value, keep = true): string {
  if (to === "home") return "/";
  if (to === "import" || to === "people") return `/${to}`;
  const p = new URLSearchParams();
  if (keep) {
    if (planID.value && planID.value !== plans.value[0]?.id) p.set("plan", planID.value);
    for (const [key, value] of [["unit", unit.value], ["post", post.value], ["contributor", contributor.value]]) if (value) p.set(key, value);
    if (model.value) p.set("day", model.value.iso(day.value));
    for (const [key, values] of Object.entries(extra.value)) for (const v of values) p.append(key, v);
  }
  const query = p.toString();
  return `/scenarios/${encodeURIComponent(scenarioID.value)}/${to}${query && "?" + query}`;
}

export function go(to: typeof page.value) {
  history.pushState(null, "", addressOf(to));
  page.value = to;
  window.scrollTo(0, 0);
}

// follow makes an ordinary click on a link stay on the page.
export function follow(e: MouseEvent, to: typeof page.value) {
  if (e.button !== 0 || e.ctrlKey || e.metaKey || e.shiftKey) return;
  e.preventDefault();
  go(to);
}

export function readAddress(): URLSearchParams {
  const [, first, id, name] = location.pathname.split("/");
  if (first === "scenarios" && id) {
    scenarioID.value = decodeURIComponent(id);
    page.value = pages.find((p) => p === name) ?? "overview";
  } else {
    page.value = first === "import" || first === "people" ? first : "home";
  }
  const p = new URLSearchParams(location.search);
  unit.value = p.get("unit") ?? "";
  post.value = p.get("post") ?? "";
  contributor.value = p.get("contributor") ?? "";
  return p;
}

effect(() => {
  if (!ready.value || !scenarioID.value) return;
  const address = addressOf(page.value);
  if (address !== location.pathname + location.search) history.replaceState(null, "", address);
});

effect(() => {
  document.title = meta.value && page.value !== "home" ? `${meta.value.name} · ${text.app.pages[page.value]}` : `Rearguard · ${text.app.pages[page.value]}`;
});

// What is read.

export async function openScenario(wanted: string | null, date: string | null) {
  const id = scenarioID.value;
  const [about, list, land] = await Promise.all([api.scenario(id), api.plans(id), api.outlines(id)]);
  meta.value = about;
  plans.value = list;
  outlines.value = land;
  if (mayPlan.value) jobs.value = await api.jobs(id);
  const first = list.find((p) => p.id === wanted) ?? list[0];
  if (first) await showPlan(first.id);
  if (model.value && date) day.value = Math.max(0, Math.min(model.value.doc.days - 1, model.value.dayOf(date)));
}

export async function showPlan(id: string) {
  const doc = await api.document(id), first = !base.value;
  planID.value = id;
  base.value = new Model(doc);
  if (first) day.value = Math.max(0, Math.min(doc.days - 1, doc.exposure.worst > 0 ? doc.exposure.worst_day : doc.operations[0]?.d_day ?? 0));
}

// renew reads again what others may have changed.
export async function renew() {
  const id = scenarioID.value;
  const [about, list] = await Promise.all([api.scenario(id), api.plans(id)]);
  meta.value = about;
  const had = plans.value[0]?.id;
  plans.value = list;
  if (list[0] && (planID.value === had || !planID.value) && list[0].id !== planID.value) await showPlan(list[0].id);
  const approval = list.find((p) => p.id === planID.value)?.approval;
  if (base.value && !approval !== !base.value.doc.approval) await showPlan(planID.value);
}

let refreshing = 0;
const soon = (work: () => Promise<unknown>) => {
  clearTimeout(refreshing);
  refreshing = window.setTimeout(() => void attempt(work), 200);
};

const soonJobs = () => void attempt(async () => void (jobs.value = await api.jobs(scenarioID.value)));

export const saves = signal(0); // counts what others and this page saved

const soonest = 1_000, latest = 15_000; // milliseconds before the stream is joined again

// listen follows what happens to the scenario, and joins again when the connection is lost. It passes on which version is the newest
// whenever it hears of one.
export function listen(heard: (version: number) => void) {
  let wait = soonest;
  const join = () => {
    const source = new EventSource(`/api/scenarios/${encodeURIComponent(scenarioID.value)}/events`);
    source.addEventListener("hello", (e) => {
      wait = soonest;
      offline.value = signedOut.value = false;
      soon(renew); // what happened before it was heard
      if (local.value) void attempt(async () => void (work.value = (await api.session()).work ?? null));
      if (mayPlan.value) soonJobs();
      heard((JSON.parse((e as MessageEvent<string>).data) as { version: number }).version);
    });
    source.onerror = () => {
      offline.value = true;
      if (source.readyState !== EventSource.CLOSED) return; // it joins again by itself
      void api.session().catch((e) => over(e) && ended()); // what answered is no stream: of a proxy, or to nobody who has signed in
      setTimeout(join, wait);
      wait = Math.min(2 * wait, latest);
    };
    source.addEventListener("edit", (e) => {
      const d = JSON.parse((e as MessageEvent<string>).data) as { version: number; by: string; records: string[]; more: boolean };
      if (d.by !== person.value?.name && d.by !== work.value?.file) say(text.app.saidEdit(d.by, d.version, d.records));
      saves.value++;
      soon(renew);
      heard(d.version);
    });
    source.addEventListener("told", (e) => {
      const { text: told } = JSON.parse((e as MessageEvent<string>).data) as { text: string };
      if (work.value) work.value = { ...work.value, told: [...work.value.told, told] };
    });
    source.addEventListener("plan", () => soon(renew));
    source.addEventListener("ask", () => saves.value++);
    source.addEventListener("job", (e) => hearJob(JSON.parse((e as MessageEvent<string>).data) as Job));
  };
  join();
}

function hearJob(d: Job) {
  const had = jobs.value.find((j) => j.id === d.id);
  if (!had) return soonJobs();
  jobs.value = jobs.value.map((j) => (j.id === d.id ? { ...j, state: d.state, plan: d.plan ?? "", failure: d.failure ?? "", progress: d.progress } : j));
  if (d.state !== had.state && d.state !== "running") soonJobs();
  if (d.state === "done" && had.state !== "done") {
    say(text.app.jobDone(d.kind));
    if (d.plan) soon(renew);
  }
  if (d.state === "failed" && had.state !== "failed") say(text.app.jobFailed(d.kind, d.failure ?? ""), true);
}
