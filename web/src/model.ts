// What can be read off the data at once, worked out when the page opens.
import type { Document, Leg, Line, Post, Run, Tour } from "./data";
import { months } from "./text";

// State of a post on a day, worst last.
export enum State {
  none,
  over,
  held,
  below,
  exposed,
}

export interface Stay {
  unit: number;
  tour: Tour;
  leg: Leg;
  before: Leg | null; // the leg that the unit comes from
}

const near = 1e-6;

export class Model {
  readonly states: Uint8Array[]; // by post and day
  readonly cover: Float32Array[][]; // by post, line and day
  readonly stays: Stay[][]; // by post, in order of time
  readonly tours: Tour[][]; // by unit, in order of time
  readonly exposure: Float32Array; // of all posts, by day
  private readonly start: number; // ms

  constructor(readonly doc: Document) {
    this.start = Date.parse(doc.start + "T00:00:00Z");
    tellApart(doc.units);
    this.cover = doc.posts.map((p) => p.lines.map((l) => expand(l.cover, l.from, l.until, doc.days)));
    this.states = doc.posts.map((p, i) => this.statesOf(p, this.cover[i]));
    this.exposure = new Float32Array(doc.days);
    doc.posts.forEach((p, i) => p.lines.forEach((l, j) => this.addExposure(l, this.cover[i][j])));
    this.stays = doc.posts.map(() => []);
    this.tours = doc.units.map(() => []);
    for (const tour of doc.tours) {
      this.tours[tour.unit].push(tour);
      tour.legs.forEach((leg, i) => this.stays[leg.post].push({ unit: tour.unit, tour, leg, before: tour.legs[i - 1] ?? null }));
    }
    for (const list of this.stays) list.sort((a, b) => a.leg.effective - b.leg.effective || a.leg.until - b.leg.until);
    for (const list of this.tours) list.sort((a, b) => a.home - b.home);
  }

  private statesOf(p: Post, cover: Float32Array[]): Uint8Array {
    const states = new Uint8Array(this.doc.days);
    p.lines.forEach((l, j) => {
      for (let d = l.from; d < l.until; d++) states[d] = Math.max(states[d], stateOf(l, cover[j][d]));
    });
    return states;
  }

  private addExposure(l: Line, cover: Float32Array) {
    if (l.floor <= 0) return;
    for (let d = l.from; d < l.until; d++) this.exposure[d] += Math.max(0, l.floor - cover[d]) / l.floor;
  }

  // filled is how much of its targets a post has on a day, 0 to 1, by its worst line; null where nothing is required.
  filled(post: number, day: number): number | null {
    let least: number | null = null;
    this.doc.posts[post].lines.forEach((l, j) => {
      const wanted = Math.max(l.target, l.floor);
      if (day < l.from || day >= l.until || wanted <= 0) return;
      least = Math.min(least ?? 1, this.cover[post][j][day] / wanted);
    });
    return least;
  }

  // present are the stays that count at a post on a day.
  present(post: number, day: number): Stay[] {
    return this.stays[post].filter((s) => day >= s.leg.effective && day < s.leg.until);
  }

  areaName(post: number): string {
    const a = this.doc.posts[post].area;
    return a < 0 ? "" : this.doc.areas[a].name;
  }

  // flankName is the area without a parent that a post lies in.
  flankName(post: number): string {
    let a = this.doc.posts[post].area;
    while (a > 0 && this.doc.areas[a].depth > 0) a--; // children follow their parents
    return a < 0 ? "" : this.doc.areas[a].name;
  }

  private at(day: number): Date {
    return new Date(this.start + day * 86400000);
  }

  // parts of the date of a day: year, month from 0, day of the month, day of the week from Monday 0.
  parts(day: number): { year: number; month: number; date: number; weekday: number } {
    const t = this.at(day);
    return { year: t.getUTCFullYear(), month: t.getUTCMonth(), date: t.getUTCDate(), weekday: (t.getUTCDay() + 6) % 7 };
  }

  iso(day: number): string {
    return this.at(day).toISOString().slice(0, 10);
  }

  // dayOf is the number of an ISO date.
  dayOf(date: string): number {
    return Math.round((Date.parse(date + "T00:00:00Z") - this.start) / 86400000);
  }

  // staysOf are a unit's stays, in order of time.
  staysOf(unit: number): Stay[] {
    return this.tours[unit].flatMap((tour) => tour.legs.map((leg, i) => ({ unit, tour, leg, before: tour.legs[i - 1] ?? null })));
  }

  date(day: number): string {
    const { year, month, date } = this.parts(day);
    return `${date} ${months[month]} ${year}`;
  }

  month(day: number): string {
    const { year, month } = this.parts(day);
    return `${months[month]} ${year}`;
  }
}

// tellApart adds the id to names that several units have.
function tellApart(units: Document["units"]) {
  const times = new Map<string, number>();
  for (const u of units) times.set(u.name, (times.get(u.name) ?? 0) + 1);
  for (const u of units) if (times.get(u.name)! > 1) u.name = `${u.name} (${u.id})`;
}

export function stateOf(l: Line, cover: number): State {
  if (l.floor > 0 && cover < l.floor - near) return State.exposed;
  if (cover < l.target - near) return State.below;
  return cover > Math.max(l.target, l.floor) + near ? State.over : State.held;
}

// expand writes runs out by day.
export function expand(runs: Run[], from: number, until: number, days: number): Float32Array {
  const daily = new Float32Array(days);
  runs.forEach(([first, value], i) => daily.fill(value, first, runs[i + 1]?.[0] ?? until));
  if (from > 0) daily.fill(0, 0, from);
  return daily;
}

export const soft = (pledge: string) => pledge === "stated" || pledge === "offered";
