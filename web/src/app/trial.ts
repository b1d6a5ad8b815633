// A plan that is tried: what for, how far the search is, what came of it, and whether to keep it.
import { computed, effect, signal } from "@preact/signals";
import { Model } from "../model";
import { text } from "../text";
import { api, tryPlan, type Comparison, type Progress, type Trial } from "./client";
import { edits } from "./edits";
import { attempt, base, extra, mayPlan, planID, problem, ready, renew, say, scenarioID, showPlan, trialModel } from "./site";

export interface Question {
  d_day: Record<string, string>;
  lose: string[];
  policy: string;
  maturity: string;
  seconds: number;
}

const plain: Question = { d_day: {}, lose: [], policy: "", maturity: "", seconds: 0.5 };

export const question = signal<Question>(plain);
export const working = signal(false);
export const progress = signal<Progress | null>(null);
export const failed = signal("");
export const comparison = signal<Comparison | null>(null);
const found = signal<{ plan: unknown; of: string } | null>(null); // and what it was searched for

const asks = (q: Question) => Object.keys(q.d_day).length > 0 || q.lose.length > 0 || q.policy !== "" || q.maturity !== "";
export const active = computed(() => asks(question.value) || edits.dirty.value || trialModel.value !== null);
// wanted is what a plan is searched for.
const wanted = computed(() => JSON.stringify([{ ...question.value, seconds: 0 }, edits.changes.value]));
// keepable is a plan of just what is asked and edited, all of which can be saved.
export const keepable = computed(() => (found.value?.plan ?? null) !== null && found.value!.of === wanted.value && !working.value && (!edits.dirty.value || (edits.closed.value === "" && edits.conflicts.value.length === 0)));

let running: AbortController | null = null;
let soon = 0;

// ask changes the question, and tries its plan a moment after the last change.
export function ask(part: Partial<Question>, wait = 120) {
  const q = { ...question.value, ...part };
  const kept = base.value, doc = kept?.doc;
  // What is as in the plan that is shown is no question.
  for (const o of doc?.operations ?? []) if (q.d_day[o.id] === kept!.iso(o.d_day)) q.d_day = Object.fromEntries(Object.entries(q.d_day).filter(([k]) => k !== o.id));
  if (q.policy === doc?.policy) q.policy = "";
  if (q.maturity === doc?.maturity) q.maturity = "";
  question.value = q;
  toAddress();
  clearTimeout(soon);
  if (!asks(q) && !edits.dirty.value) return drop();
  soon = window.setTimeout(run, wait);
}

// toggle leaves a contributor out, or brings it back.
export function toggle(contributor: string) {
  const { lose } = question.value;
  ask({ lose: lose.includes(contributor) ? lose.filter((k) => k !== contributor) : [...lose, contributor] }, 0);
}

function toAddress() {
  const q = question.value, out: Record<string, string[]> = {};
  const days = Object.entries(q.d_day).map(([op, d]) => `${op}=${d}`);
  if (days.length > 0) out["d-day"] = days;
  if (q.lose.length > 0) out["without"] = q.lose;
  if (q.policy) out["policy"] = [q.policy];
  if (q.maturity) out["maturity"] = [q.maturity];
  extra.value = out;
}

export function fromAddress(p: URLSearchParams) {
  const d_day: Record<string, string> = {};
  for (const x of p.getAll("d-day")) {
    const [op, d] = x.split("=");
    if (/^\d{4}-\d\d-\d\d$/.test(d ?? "")) d_day[op] = d;
  }
  const part = { d_day, lose: p.getAll("without"), policy: p.get("policy") ?? "", maturity: p.get("maturity") ?? "" };
  if (mayPlan.value && asks({ ...plain, ...part })) ask(part, 0);
}

// further searches on from what the trial found.
export const further = () => run(found.value?.plan);

const longer = 5; // seconds of a search that goes on

export async function run(start: unknown = null) {
  if (!mayPlan.value) return;
  running?.abort();
  const mine = (running = new AbortController());
  working.value = true;
  failed.value = "";
  progress.value = null;
  const q = question.value, of = wanted.value;
  const trial: Trial = { seconds: start ? Math.max(longer, q.seconds) : q.seconds, changes: edits.changes.value };
  if (start) trial.start = start as NonNullable<Trial["start"]>;
  if (planID.value) trial.from = planID.value;
  if (Object.keys(q.d_day).length > 0) trial.d_day = { ...dDays(), ...q.d_day };
  if (q.lose.length > 0) trial.lose = q.lose;
  if (q.policy) trial.policy = q.policy as NonNullable<Trial["policy"]>;
  if (q.maturity) trial.maturity = q.maturity as NonNullable<Trial["maturity"]>;
  try {
    const tried = await tryPlan(scenarioID.value, trial, mine.signal, (p) => (progress.value = p));
    if (mine !== running) return;
    trialModel.value = new Model(tried.document);
    comparison.value = tried.comparison;
    found.value = { plan: tried.plan, of };
  } catch (e) {
    if (mine === running && !mine.signal.aborted) failed.value = problem(e);
  } finally {
    if (mine === running) working.value = false;
  }
}

const dDays = () => Object.fromEntries((base.value?.doc.operations ?? []).map((o) => [o.id, base.value!.iso(o.d_day)]));

export function stop() {
  running?.abort();
  running = null;
  working.value = false;
}

// drop forgets the trial; edits of tables stay until they are discarded.
export function drop() {
  stop();
  question.value = { ...plain, seconds: question.value.seconds };
  toAddress();
  trialModel.value = null;
  comparison.value = null;
  found.value = null;
  failed.value = "";
}

let keeping = false;

// keep saves the edits, then the plan. If the plan cannot be kept, it stays on trial.
export async function keep(name: string): Promise<boolean> {
  const made = found.value?.plan;
  if (!made) return false;
  keeping = true;
  try {
    if (edits.dirty.value && (await edits.save(name)) === 0) return false;
    if (!edits.dirty.value) found.value = { plan: made, of: wanted.value };
    const kept = await attempt(() => api.keepPlan(scenarioID.value, name, made));
    if (!kept) return false;
    drop();
    await attempt(async () => {
      await showPlan(kept.id);
      await renew();
    });
  } finally {
    keeping = false;
  }
  say(text.app.kept(name || text.app.unnamed));
  return true;
}

// back is for when the server is back: what failed is searched again.
export function back() {
  if (failed.value !== "" && active.value && !working.value) void run();
}

// Edits that hold are tried at once, so that their effect is seen before they are saved.
let last = "[]";
effect(() => {
  const now = JSON.stringify(edits.changes.value);
  if (!ready.value || now === last) return;
  last = now;
  if (edits.changes.value.length > 0) void run();
  else if (!keeping && !asks(question.peek()) && !edits.dirty.peek()) drop();
});
