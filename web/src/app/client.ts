// The server's operations. Their types are made from its OpenAPI description (openapi.json); what a plan's page shows is typed in data.ts.
import createClient from "openapi-fetch";
import type { Answer, Document } from "../data";
import type { components, paths } from "../schema";
import { Refusal } from "./refusal";

export type Schemas = components["schemas"];
export type Tables = Schemas["Tables"];
export type GridTable = Schemas["GridTable"];
export type GridColumn = Schemas["GridColumn"];
export type CellProblem = Schemas["CellProblem"];
export type Change = Schemas["Change"];
export type Job = Schemas["Job"];
export type Plan = Schemas["Plan"];
export type Asked = Schemas["Asked"];
export type Person = Schemas["Person"];
export type Scenario = Schemas["Scenario"];
export type Format = Schemas["Format"];
export type ImportFormat = paths["/api/import/{format}"]["post"]["parameters"]["path"]["format"];
export type Work = Schemas["Work"];

const http = createClient<paths>({ baseUrl: location.origin });

interface Problem {
  detail?: string;
  errors?: { message?: string; location?: string }[] | null;
}

function refusal(status: number, problem: Problem | undefined): Refusal {
  const details = (problem?.errors ?? []).map((e) => (e.location && e.location !== "body" ? `${e.location}: ${e.message}` : `${e.message}`));
  return new Refusal(status, problem?.detail ?? `the server answers ${status}`, details);
}

async function data<T>(call: Promise<{ data?: T; error?: unknown; response: Response }>): Promise<T> {
  const { data, error, response } = await call;
  if (!response.ok) throw refusal(response.status, error as Problem | undefined);
  return data as T;
}

const of = (scenario: string) => ({ params: { path: { scenario } } });
const list = <T>(page: { items: T[] | null }) => page.items ?? [];

export const api = {
  session: () => data(http.GET("/api/session")),
  signOut: () => data(http.DELETE("/api/session")),
  formats: async () => (await data(http.GET("/api/formats"))) ?? [],
  scenarios: async () => list(await data(http.GET("/api/scenarios"))),
  scenario: (id: string) => data(http.GET("/api/scenarios/{scenario}", of(id))),
  outlines: (id: string) => data(http.GET("/api/scenarios/{scenario}/outlines", of(id))) as Promise<number[][]>,
  plans: async (id: string) => list(await data(http.GET("/api/scenarios/{scenario}/plans", of(id)))),
  document: (plan: string) => data(http.GET("/api/plans/{plan}/document", { params: { path: { plan } } })) as Promise<Document>,
  explain: (plan: string, what: string, day?: string) => data(http.GET("/api/plans/{plan}/explain", { params: { path: { plan }, query: { of: what, day } } })) as Promise<Explained>,
  compare: (a: string, b: string) => data(http.GET("/api/compare", { params: { query: { a, b } } })) as Promise<Comparison>,
  approve: (plan: string) => data(http.POST("/api/plans/{plan}/approval", { params: { path: { plan } } })),
  takeBackApproval: (plan: string) => data(http.DELETE("/api/plans/{plan}/approval", { params: { path: { plan } } })),
  share: (plan: string) => data(http.POST("/api/plans/{plan}/share", { params: { path: { plan } }, body: {} as never })) as Promise<{ value: string }>,
  keepPlan: (id: string, name: string, plan: unknown) => data(http.POST("/api/scenarios/{scenario}/plans", { params: { path: { scenario: id }, query: { name } }, body: plan as never })),
  tables: (id: string) => data(http.GET("/api/scenarios/{scenario}/tables", of(id))),
  check: (id: string, version: number, tables: GridTable[]) => data(http.POST("/api/scenarios/{scenario}/tables/check", { ...of(id), body: { version, tables } })),
  save: (id: string, note: string, changes: Change[]) => data(http.POST("/api/scenarios/{scenario}/records", { ...of(id), body: { note, changes } })),
  workbook: (file: Blob) => data(http.POST("/api/tables/workbook", { body: file as never, bodySerializer: (b: unknown) => b as BodyInit, headers: { "Content-Type": "application/octet-stream" } })),
  checkTables: async (tables: GridTable[]) => (await data(http.POST("/api/tables/check", { body: { tables } }))) ?? [],
  keepTables: (tables: GridTable[]) => data(http.POST("/api/tables", { body: { tables } })),
  importFile: (format: ImportFormat, file: Blob) =>
    data(http.POST("/api/import/{format}", { params: { path: { format } }, body: file as never, bodySerializer: (b: unknown) => b as BodyInit, headers: { "Content-Type": "application/octet-stream" } })),
  history: async (id: string, kind: string, key: string) => list(await data(http.GET("/api/scenarios/{scenario}/history/{kind}/{key}", { params: { path: { scenario: id, kind, key } } }))),
  versions: async (id: string) => list(await data(http.GET("/api/scenarios/{scenario}/versions", of(id)))),
  diff: (id: string, from: number, to: number) => data(http.GET("/api/scenarios/{scenario}/diff", { params: { path: { scenario: id }, query: { from, to } } })),
  restore: (id: string, version: number) => data(http.POST("/api/scenarios/{scenario}/restore", { ...of(id), body: { version } })),
  jobs: async (id: string) => list(await data(http.GET("/api/scenarios/{scenario}/jobs", of(id)))),
  queue: (id: string, kind: JobKind, options: JobRequest["options"]) => data(http.POST("/api/scenarios/{scenario}/jobs", { ...of(id), body: { kind, options } })),
  job: (job: string) => data(http.GET("/api/jobs/{job}", { params: { path: { job } } })),
  answer: (job: string) => data(http.GET("/api/jobs/{job}/answer", { params: { path: { job } } })) as Promise<Answer>,
  cancel: (job: string) => data(http.POST("/api/jobs/{job}/cancel", { params: { path: { job } } })),
  retry: (job: string) => data(http.POST("/api/jobs/{job}/retry", { params: { path: { job } } })),
  asks: async (id: string) => list(await data(http.GET("/api/scenarios/{scenario}/asks", of(id)))),
  ask: (id: string, contributor: string, due: string, what: Schemas["AskFor"]) => data(http.POST("/api/scenarios/{scenario}/asks", { ...of(id), body: { contributor, due, for: what } })),
  askOf: (ask: string) => data(http.GET("/api/asks/{ask}", { params: { path: { ask } } })),
  answerAsk: (ask: string, version: number, body: Schemas["Answer"]) => data(http.POST("/api/asks/{ask}/answer", { params: { path: { ask }, header: { "If-Match": `"${version}"` } }, body })),
  withdraw: (ask: string, version: number) => data(http.POST("/api/asks/{ask}/withdraw", { params: { path: { ask }, header: { "If-Match": `"${version}"` } } })),
  names: () => data(http.GET("/api/names")) as Promise<Record<string, string>>,
  people: async () => list(await data(http.GET("/api/people"))),
  changePerson: (p: Person, body: Schemas["PersonChange"]) => data(http.PATCH("/api/people/{person}", { params: { path: { person: p.id }, header: { "If-Match": `"${p.version}"` } }, body })),
  invite: (role: string, contributor: string) => data(http.POST("/api/invites", { body: { role, contributor } as never })) as Promise<{ value: string }>,
  audit: async () => list(await data(http.GET("/api/audit"))),
};

// JobRequest is a plan or a question to queue, as the server lists them.
export type JobRequest = Schemas["Post-scenarios-scenario-jobsRequest"];
export type JobKind = JobRequest["kind"];

// Explained is why a unit is here and not there, or who could have come: internal/explain.
export interface Explained {
  unit?: string;
  post?: string;
  day: string | null;
  leg: PlannedLeg | null;
  serving?: string[];
  missing?: { capability: string; floor: number; target: number; cover: number }[];
  alternatives: Alternative[];
}

interface Alternative {
  unit: string;
  post: string;
  instead?: string;
  possible: boolean;
  rule?: string;
  reason?: string;
  cost_added: number;
}

interface PlannedLeg {
  post: string;
  depart: string;
  effective: string;
  until: string;
}

interface Side {
  name: string;
  metrics: {
    objective: number;
    gap: number; // of the cost
    exposure_days: { standing: number; operations: number };
    ioc: Record<string, string | null>;
    foc: Record<string, string | null>;
    units_used: number;
    moves: number;
    backfills: number;
    new_exposure: number | null;
  };
}

interface Pair {
  before: number;
  after: number;
}

// Comparison is what one plan does otherwise than another: internal/report/compare.go.
export interface Comparison {
  before: Side;
  after: Side;
  changes: {
    legs: { unit: string; contributor: string; post: string; before: PlannedLeg | null; after: PlannedLeg | null }[];
    posts: { post: string; exposure_days: Pair; gone: string[] | null; new: string[] | null }[];
    contributors: { contributor: string; units: Pair; person_days: Pair; legs: number }[];
    added: number;
    dropped: number;
  };
}

export interface Progress {
  objective: number | null; // null where not all is released to the reader
  bound: number | null;
  gap: number | null; // of the cost
  seconds: number;
}

export interface Tried {
  document: Document;
  comparison: Comparison | null;
  plan: unknown;
}

export type Trial = Schemas["Trial"];

// tryPlan streams a search: progress as it comes, then what was found.
export async function tryPlan(id: string, trial: Trial, signal: AbortSignal, tell: (p: Progress) => void): Promise<Tried> {
  const r = await fetch(`/api/scenarios/${encodeURIComponent(id)}/trial`, { method: "POST", headers: { "Content-Type": "application/json" }, body: JSON.stringify(trial), signal });
  if (!r.ok || !r.body) throw refusal(r.status, (await r.json().catch(() => undefined)) as Problem | undefined);
  const reader = r.body.pipeThrough(new TextDecoderStream()).getReader();
  let text = "";
  for (;;) {
    const { done, value } = await reader.read();
    if (done) throw new Error("the server ended the answer early");
    text += value;
    for (let end = text.indexOf("\n\n"); end >= 0; end = text.indexOf("\n\n")) {
      const [, name, payload] = /^event: (\w+)\ndata: (.*)$/s.exec(text.slice(0, end)) ?? [];
      text = text.slice(end + 2);
      if (name === "progress") tell(JSON.parse(payload) as Progress);
      if (name === "failed") throw new Error((JSON.parse(payload) as { detail: string }).detail);
      if (name === "plan") return JSON.parse(payload) as Tried;
    }
  }
}
