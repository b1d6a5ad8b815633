// The report's data: what internal/report/document.go writes. Days are numbers, 0 being `start`; records name each other by
// index; `Run` lists are run-length codes: the first day of each run and its value.

export type Run = [day: number, value: number];

export interface Document {
  rearguard_report: 1;
  scenario: string;
  note: string;
  policy: string;
  maturity: string;
  start: string;
  days: number;
  today: number;
  verdict: { verified: boolean; broken: string[]; another: string };
  proof: Proof;
  exposure: Exposure;
  sentences: string[];
  operations: Operation[];
  capabilities: { id: string; name: string; unit: string; domain: string }[];
  areas: Area[];
  places: Place[];
  contributors: Contributor[];
  posts: Post[];
  units: Unit[];
  tours: Tour[];
  cascades: Cascade[];
  gaps: Gap[];
  shape: { what: string; how_much: string; part: boolean }[];
  answers: Answer[];
  situation: Situation | null;
  actual: Actual | null;
  approval: { name: string; day: string } | null;
}

export interface Situation {
  today: number;
  reports: number;
  conditions: Condition[];
  phases: Phase[];
  lines: Raised[];
}

export type ConditionState = "open" | "met" | "failed";

export interface Condition {
  name: string;
  state: ConditionState;
  since: number | null;
  due: number | null;
  disputed: boolean;
  why: string;
  change: string;
  claims: { state: ConditionState; reports: string[]; lowest: string[]; highest: string[] }[];
}

export interface Phase {
  name: string;
  day: number;
  waits: string;
  started: boolean;
  known: boolean;
  never: boolean;
}

export interface Raised {
  post: string;
  capability: string;
  floor: number;
  added: number;
  why: string;
  history: Run[];
}

export interface Actual {
  today: number;
  tolerance: number;
  facts: number;
  legs: ActualLeg[];
  strengths: { unit: string; post: string; low: number; high: number; least: number; ends: number | null }[];
  lines: { post: string; capability: string; planned: number; actual: number; added: number; low: number; high: number; from: number; until: number }[];
  unplanned: { unit: string; post: string; event: string; day: number }[];
  added: number;
  low: number;
  high: number;
  parted: boolean;
}

export interface ActualLeg {
  unit: string;
  post: string;
  state: string;
  effective: number;
  expected: number | null; // null: never
  late: number;
  assumed: boolean;
  statement: string;
}

export interface Answer {
  title: string;
  text: string[];
  chart: Chart | null;
  head: string[];
  numbers: number[];
  rows: string[][];
}

export interface Chart {
  kind: "bars" | "curve";
  x: string;
  y: string;
  labels: string[];
  series: { name: string; x: number[]; y: (number | null)[]; mark: number }[];
}

export interface Proof {
  objective: number;
  bound: number;
  gap: number;
  gap_of_cover: number;
  optimal: boolean;
  stop: string;
  seed: number;
  iterations: number;
  scenario_sha256: string;
  text: string;
  withheld: boolean; // not all of the scenario is released to the reader
}

export interface Exposure {
  standing: number;
  operations: number;
  new: number | null;
  worst_day: number;
  worst: number;
  moves: number;
  backfills: number;
  units_used: number;
}

export interface Operation {
  id: string;
  name: string;
  d_day: number;
  ioc: number | null;
  foc: number | null;
  exposure: number;
}

export interface Area {
  id: string;
  name: string;
  depth: number;
  exposure: number;
  demand: number;
  worst: number;
  daily: Run[];
}

export interface Place {
  name: string;
  lat: number;
  lon: number;
}

export interface Contributor {
  id: string;
  name: string;
  units: number;
  peak: number;
  operation: number;
  share: number | null;
}

export interface Post {
  id: string;
  name: string;
  place: number;
  area: number; // -1: nothing is to be held there
  operation: number; // -1: a standing post
  home: boolean;
  priority: number;
  symbol: string;
  exposure: number;
  lines: Line[];
}

export interface Line {
  capability: number;
  floor: number;
  target: number;
  from: number;
  until: number;
  cover: Run[];
}

export interface Unit {
  id: string;
  name: string;
  contributor: number;
  home: number; // place
  persons: number;
  pledge: string;
  symbol: string;
  capability: number; // -1: it provides nothing
}

export interface Tour {
  unit: number;
  home: number;
  rested: number;
  legs: Leg[];
}

export interface Leg {
  post: number;
  lift: string; // empty: it holds the post on day 0, without orders
  decide: number;
  order: number;
  depart: number;
  arrive: number;
  effective: number;
  until: number;
  gives: number[]; // to each line of the post
}

export interface Cascade {
  unit: number;
  post: number;
  to: number;
  on: number;
  steps: Step[];
}

export interface Step {
  depth: number;
  unit: number;
  left: number;
  post: number;
  from: number; // post; -1: home
  order: number;
  effective: number;
  late: number;
}

export interface Gap {
  post: number;
  line: number;
  from: number;
  until: number;
  exposure: number;
  worst: number;
  on: number;
  able: { here: number; posted: number; moving: number; resting: number; home: number };
}
