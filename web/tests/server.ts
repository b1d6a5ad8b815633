// A server of one scenario to test against: versions of tables, records that are checked and saved with the version that was read, and
// the ways in which a server fails.
import type { Change, GridTable, Schemas, Tables as Read } from "../src/app/client";
import type { Host, News } from "../src/app/editlist";
import type { Rows } from "../src/app/merge";
import { Refusal } from "../src/app/refusal";
import type { Draft } from "../src/app/shelf";

type Sheets = Record<string, Rows>;

export const start: Sheets = {
  scenario: [["key", "value"], ["name", "test"], ["policy", "balanced"]],
  units: [["id", "name", "notice", "home"], ["gbr-1", "First", "30", "bulford"], ["pol-1", "Second", "10", "bemowo"], ["fra-1", "Third", "15", "mourmelon"]],
  "units.caveats": [["of", "area"], ["gbr-1", "north"]],
  pins: [["unit", "post", "note"], ["gbr-1", "tapa", "a"], ["pol-1", "lviv", "b"]],
};

// plain is how the server writes a cell back: numbers without needless figures.
const plain = (c: string) => (/^\d+\.0*$/.test(c) ? c.replace(/\.0*$/, "") : c.trim());
const copy = <T>(x: T): T => JSON.parse(JSON.stringify(x)) as T;

// records are the tables taken apart: what the rows of each record hold, by kind and key.
function records(sheets: Sheets): Map<string, { kind: string; key: string; body: Sheets }> {
  const all = new Map<string, { kind: string; key: string; body: Sheets }>();
  for (const [table, [, ...rows]] of Object.entries(sheets)) {
    rows.forEach((r, i) => {
      const kind = table === "scenario" ? "settings" : table.split(".")[0];
      const key = table === "scenario" ? "settings" : table === "pins" ? String(i + 1).padStart(6, "0") : r[0];
      const record = all.get(`${kind}/${key}`) ?? { kind, key, body: {} };
      (record.body[table] ??= []).push(r.map(plain));
      all.set(`${kind}/${key}`, record);
    });
  }
  return all;
}

export class Server {
  versions: Sheets[] = [copy(start)];
  set: Map<string, number> = new Map([...records(start).keys()].map((k) => [k, 1])); // record to the version that set it
  down = false; // nobody answers
  broken = 0; // the status of every answer, if not 0
  deaf = false; // saves are done, and their answers lost
  signedOut = false;
  saved: { note: string; changes: Change[] }[] = [];
  checks = 0;

  get version() {
    return this.versions.length;
  }

  get now() {
    return this.versions[this.version - 1];
  }

  private answer() {
    if (this.down) throw new TypeError("Failed to fetch");
    if (this.broken) throw new Refusal(this.broken, `the server answers ${this.broken}`, []);
    if (this.signedOut) throw new Refusal(401, "sign in first", []);
  }

  async tables(): Promise<Read> {
    await Promise.resolve();
    this.answer();
    return { version: this.version, whole: true, columns: [], tables: Object.entries(copy(this.now)).map(([name, rows]) => ({ name, rows })) };
  }

  async check(version: number, tables: GridTable[]): Promise<Schemas["Edited"]> {
    this.checks++;
    await Promise.resolve();
    this.answer();
    const before = this.versions[version - 1];
    const after = { ...before, ...Object.fromEntries(copy(tables).map((t) => [t.name, t.rows.filter((r) => r.some((c) => c !== ""))])) };
    const at = after.units.findIndex((r, i) => i > 0 && !/^\d+(\.0*)?$/.test(r[2]));
    if (at > 0) return { changes: [], problems: [{ table: "units", row: at + 1, column: 3, message: "no number", maybe: "", warning: false }] };
    const was = records(before), is = records(after), changes: Change[] = [];
    for (const [name, r] of new Map([...was, ...is])) {
      const body = is.get(name)?.body ?? null;
      if (JSON.stringify(body) !== JSON.stringify(was.get(name)?.body ?? null)) changes.push({ kind: r.kind, key: r.key, body, if_version: was.has(name) ? this.set.get(name)! : 0 });
    }
    return { changes, problems: [] };
  }

  async save(note: string, changes: Change[]): Promise<{ version: number }> {
    await Promise.resolve();
    this.answer();
    for (const c of changes) if ((this.set.get(`${c.kind}/${c.key}`) ?? 0) !== c.if_version) throw new Refusal(412, `${c.kind} ${c.key} was changed meanwhile`, []);
    const next = copy(this.now);
    for (const c of changes) {
      for (const [table, rows] of Object.entries(next)) {
        if ((table === "scenario" ? "settings" : table.split(".")[0]) !== c.kind) continue;
        const theirs = (c.body as Sheets | null)?.[table] ?? [];
        const mine = (r: string[], i: number) => (table === "scenario" ? true : table === "pins" ? i === Number(c.key) : r[0] === c.key);
        const at = rows.findIndex((r, i) => i > 0 && mine(r, i));
        const rest = rows.filter((r, i) => i === 0 || !mine(r, i));
        rest.splice(at < 0 ? rest.length : at, 0, ...theirs);
        next[table] = rest;
      }
    }
    this.versions.push(next);
    for (const c of changes) this.set.set(`${c.kind}/${c.key}`, this.version);
    this.saved.push({ note, changes });
    if (this.deaf) throw new TypeError("Failed to fetch");
    return { version: this.version };
  }

  async since(version: number): Promise<Schemas["Difference"][]> {
    await Promise.resolve();
    this.answer();
    const was = records(this.versions[version - 1]), is = records(this.now);
    return [...new Map([...was, ...is])].map(([name, r]) => ({ kind: r.kind, key: r.key, was: was.get(name)?.body ?? null, is: is.get(name)?.body ?? null })).filter((d) => JSON.stringify(d.was) !== JSON.stringify(d.is));
  }

  // others saves a cell of a unit, as somebody else.
  others(unit: string, column: string, text: string) {
    const next = copy(this.now), at = next.units[0].indexOf(column);
    next.units.find((r) => r[0] === unit)![at] = text;
    this.versions.push(next);
    this.set.set(`units/${unit}`, this.version);
  }

  cell(unit: string, column: string): string | undefined {
    return this.now.units.find((r) => r[0] === unit)?.[this.now.units[0].indexOf(column)];
  }
}

// Browser keeps drafts as a browser does: of windows that are open and closed.
export class Browser {
  drafts = new Map<number, Draft>();
  open = new Set<number>();
  keeps = true;
  private windows = 0;

  // window is the shelf of a new window, and what closes it.
  window() {
    const id = ++this.windows;
    this.open.add(id);
    return {
      close: () => this.open.delete(id),
      shelf: {
        put: async (d: Draft | null) => {
          await Promise.resolve();
          if (!this.keeps) return false;
          if (d) this.drafts.set(id, structuredClone(d));
          else this.drafts.delete(id);
          return true;
        },
        left: async (owner: string) => {
          const found = [...this.drafts].filter(([k, d]) => !this.open.has(k) && d.owner === owner).sort((a, b) => a[1].at - b[1].at);
          return { drafts: found.map(([, d]) => structuredClone(d)), remove: async () => found.forEach(([k]) => this.drafts.delete(k)) };
        },
      },
    };
  }
}

// Page is a host whose clock is turned by hand.
export class Page {
  told: News[] = [];
  waiting: { work: () => void; ms: number }[] = [];
  clock = 1000;
  readonly window;
  readonly host: Host;

  constructor(server: Server, browser = new Browser(), owner = "anna scenario") {
    this.window = browser.window();
    this.host = {
      tables: () => server.tables(), check: (v, t) => server.check(v, t), save: (n, c) => server.save(n, c), since: (v) => server.since(v),
      shelf: this.window.shelf, owner: () => owner, now: () => ++this.clock, tell: (n) => this.told.push(n),
      after: (ms, work) => {
        const item = { work, ms };
        this.waiting.push(item);
        return () => void (this.waiting = this.waiting.filter((x) => x !== item));
      },
    };
  }

  // settle lets what is under way come to its end, without what waits for the clock.
  async settle() {
    await new Promise((done) => setTimeout(done, 0));
  }

  // tick lets what waits for the clock have its turn, once.
  async tick() {
    await this.settle();
    const now = this.waiting;
    this.waiting = [];
    for (const x of now) x.work();
    await this.settle();
  }

  kinds() {
    return this.told.map((n) => n.kind);
  }
}
