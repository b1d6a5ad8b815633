// The edits of a scenario's tables that are not saved. They are kept in the browser from the moment they are made, checked by the server
// when it answers, put upon what others save meanwhile, and leave the list record by record, when they are saved or discarded.
import { computed, signal } from "@preact/signals";
import type { CellProblem, Change, GridColumn, GridTable, Schemas, Tables as Read } from "./client";
import { differing, listed, merged, put, recordOf, taken, unsettled, type Conflict, type Edit, type Rows, type Tables } from "./merge";
import { away, over, Refusal } from "./refusal";
import type { Draft, Sent, Shelf } from "./shelf";

// Host is what the list needs from the page around it.
export interface Host {
  tables: () => Promise<Read>; // the newest
  check: (version: number, tables: GridTable[]) => Promise<Schemas["Edited"]>;
  save: (note: string, changes: Change[]) => Promise<{ version: number }>;
  since: (version: number) => Promise<Schemas["Difference"][]>; // what differs between that version and the newest
  shelf: Shelf;
  owner: () => string; // person and scenario
  now: () => number; // milliseconds since 1970
  after: (ms: number, work: () => void) => () => void; // does work later, unless what it returns is called before
  tell: (news: News) => void;
}

// News is what happened that its author has to hear of.
export type News =
  | { kind: "saved"; records: number; version: number }
  | { kind: "refused"; why: unknown } // a save
  | { kind: "lost" } // the answer to a save
  | { kind: "landed"; records: number } // of a save whose answer was lost
  | { kind: "clash"; records: number } // that others changed too
  | { kind: "renewed" } // others saved the same records, and both go together
  | { kind: "restored"; records: number; at: number }
  | { kind: "known" } // what was restored is saved already
  | { kind: "closed"; why: Closed }
  | { kind: "discarded"; records: number }
  | { kind: "failed"; why: unknown } // to read or check
  | { kind: "out" }; // the session has ended

// Checked is how the edits stand with the server: not asked, asked, answered, not reached, refused an answer, or the session has ended.
export type Checked = "no" | "asked" | "yes" | "away" | "refused" | "out";

// Closed is why nothing can be saved now; empty if it can.
export type Closed = "" | "nothing" | "saving" | "unknown" | "away" | "refused" | "out" | "checking" | "wrong" | "conflict";

interface State {
  tables: Tables; // those that differ from what was read
  conflicts: Conflict[];
}

const nothing: State = { tables: new Map(), conflicts: [] };
const pause = 250, soonest = 2_000, latest = 30_000; // milliseconds before a check, and before it is tried again

export const tablesOf = (read: Read): Tables => new Map(read.tables.map((t) => [t.name, t.rows]));
const record = (tables: Tables): Record<string, Rows> => Object.fromEntries(tables);

export class EditList {
  readonly read = signal<Read | null>(null); // as they were read
  private readonly state = signal<State>(nothing);
  readonly edited = computed(() => this.state.value.tables);
  readonly conflicts = computed(() => this.state.value.conflicts);
  private readonly base = computed<Tables>(() => (this.read.value ? tablesOf(this.read.value) : new Map()));
  readonly list = computed<Edit[]>(() => listed(this.base.value, this.edited.value));
  readonly records = computed(() => new Set(this.list.value.map(recordOf)).size);
  readonly dirty = computed(() => this.edited.value.size > 0);

  readonly checked = signal<Checked>("no");
  readonly changes = signal<Change[]>([]); // by the last check that was answered
  readonly problems = signal<CellProblem[]>([]);
  readonly wrong = computed(() => this.problems.value.filter((p) => !p.warning));
  readonly reason = signal(""); // why a check was refused

  readonly saving = signal(false);
  readonly sent = signal<Sent | null>(null);
  readonly kept = signal(true); // in the browser
  readonly keeping = signal(0); // writes to the browser that are under way
  readonly restored = signal(0); // when the edits that came back were made; 0 if none did
  readonly canUndo = signal(false);
  readonly canRedo = signal(false);

  // savable are the changes without those of records in conflict.
  readonly savable = computed(() => {
    const torn = this.conflicts.value;
    return this.changes.value.filter((c) => !torn.some((x) => x.kind === c.kind && (x.key === c.key || x.key === "")));
  });
  readonly closed = computed<Closed>(() => {
    if (this.saving.value) return "saving";
    if (this.sent.value) return "unknown";
    if (!this.dirty.value) return "nothing";
    const checked = this.checked.value;
    if (checked === "no" || checked === "asked") return "checking";
    if (checked !== "yes") return checked;
    if (this.wrong.value.length > 0) return "wrong";
    if (this.savable.value.length === 0) return this.conflicts.value.length > 0 ? "conflict" : "nothing";
    return "";
  });

  private past: State[] = [];
  private future: State[] = [];
  private at = 0; // when the last edit was made
  private turn = 0; // of checks; an answer to an earlier one says nothing
  private wait = soonest;
  private cancel = () => {};
  private reading: Promise<boolean> | null = null;
  private meeting: Promise<void> = Promise.resolve();
  private searched = false; // the shelf, for what was left there

  constructor(private readonly host: Host) {}

  readonly rowsOf = (table: string): Rows => this.edited.value.get(table) ?? this.base.value.get(table) ?? [];
  readonly columnsOf = (table: string): GridColumn[] => (this.read.value?.columns ?? []).filter((c) => c.table === table);

  // load reads the tables, once.
  readonly load = async (): Promise<boolean> => {
    if (this.read.peek()) return true;
    this.reading ??= (async () => {
      try {
        this.read.value = await this.host.tables();
        return true;
      } catch (e) {
        this.host.tell(over(e) ? { kind: "out" } : { kind: "failed", why: e });
        return false;
      } finally {
        this.reading = null;
      }
    })();
    return this.reading;
  };

  // change replaces rows of some tables, as one step to undo.
  readonly change = (tables: Record<string, Rows>) => {
    this.step({ ...this.state.peek(), tables: new Map([...this.edited.peek(), ...Object.entries(tables)]) });
  };

  readonly setCells = (table: string, cells: { row: number; column: number; text: string }[]) => {
    const rows = [...this.rowsOf(table)];
    const width = rows[0]?.length ?? 0;
    for (const c of cells) {
      if (c.column >= width || c.row < 1) continue;
      while (rows.length <= c.row) rows.push(Array<string>(width).fill(""));
      const row = [...rows[c.row]];
      while (row.length < width) row.push("");
      row[c.column] = c.text;
      rows[c.row] = row;
    }
    this.change({ [table]: rows });
  };

  readonly removeRows = (table: string, list: number[]) => {
    this.change({ [table]: this.rowsOf(table).filter((_, i) => !list.includes(i)) });
  };

  // addRow appends a row with some of its cells, by the names of their columns.
  readonly addRow = (table: string, cells: Record<string, string>) => {
    const rows = this.rowsOf(table);
    const head = rows[0] ?? [];
    this.change({ [table]: [...rows, head.map((name) => cells[name] ?? "")] });
  };

  // setSettings sets keys of the table of what is given once.
  readonly setSettings = (values: Record<string, string>) => {
    const rows = this.rowsOf("scenario").map((r) => (r[0] in values ? [r[0], values[r[0]]] : r));
    for (const [key, value] of Object.entries(values)) if (!rows.some((r) => r[0] === key)) rows.push([key, value]);
    this.change({ scenario: rows });
  };

  // takeBack makes a record as it was read.
  readonly takeBack = (record: { kind: string; key: string }) => {
    this.step({ ...this.state.peek(), tables: put(this.edited.peek(), new Map([...this.base.peek()].filter(([name]) => this.edited.peek().has(name))), [record]) });
  };

  // decide settles a conflict: mine stands, or theirs is taken.
  readonly decide = (c: Conflict, whose: "mine" | "theirs") => {
    const now = this.state.peek(), conflicts = now.conflicts.filter((x) => x !== c);
    this.step({ conflicts, tables: whose === "mine" ? now.tables : new Map(now.tables).set(c.table, taken(c, now.tables)) });
  };

  readonly undo = () => this.back(this.past, this.future);
  readonly redo = () => this.back(this.future, this.past);

  private back(from: State[], to: State[]) {
    const state = from.pop();
    if (!state) return;
    to.push(this.state.peek());
    this.touched();
    this.set(state);
  }

  // discard takes all edits back, as one step to undo.
  readonly discard = () => {
    const records = this.records.peek();
    if (!this.dirty.peek()) return;
    this.step(nothing);
    this.host.tell({ kind: "discarded", records });
  };

  private step(next: State) {
    this.past.push(this.state.peek());
    this.future = [];
    this.touched();
    this.set(next);
  }

  private touched() {
    this.at = this.host.now();
    this.restored.value = 0;
  }

  private set(next: State) {
    const tables = differing(this.base.peek(), next.tables);
    this.state.value = { tables, conflicts: next.conflicts.filter((c) => unsettled(c, tables)) };
    this.canUndo.value = this.past.length > 0;
    this.canRedo.value = this.future.length > 0;
    void this.shelve();
    this.later(pause);
  }

  // shelve keeps what is not saved in the browser.
  private async shelve() {
    const read = this.read.peek(), mine = this.edited.peek(), sent = this.sent.peek();
    if (!read) return;
    const base: Record<string, Rows> = {};
    for (const name of [...mine.keys(), ...Object.keys(sent?.tables ?? {})]) base[name] = this.base.peek().get(name) ?? [];
    const draft: Draft = { owner: this.host.owner(), at: this.at, version: read.version, base, mine: record(mine), conflicts: this.conflicts.peek(), sent };
    const needed = mine.size > 0 || sent !== null;
    this.keeping.value++;
    this.kept.value = (await this.host.shelf.put(needed ? draft : null)) || !needed;
    this.keeping.value--;
  }

  // later has the edits checked a moment after the last of them.
  private later(ms: number) {
    this.cancel();
    const mine = ++this.turn;
    if (!this.dirty.peek()) {
      this.changes.value = [];
      this.problems.value = [];
      this.checked.value = "no";
      if (!this.sent.peek()) return;
    } else if (this.checked.peek() !== "away") this.checked.value = "asked";
    this.cancel = this.host.after(ms, () => void this.ask(mine));
  }

  private async ask(mine: number) {
    if (this.saving.peek()) return; // they are checked after it
    if (this.sent.peek()) return void this.meet();
    try {
      const said = await this.host.check(this.read.peek()!.version, [...this.edited.peek()].map(([name, rows]) => ({ name, rows })));
      if (mine !== this.turn) return;
      this.wait = soonest;
      this.problems.value = said.problems ?? [];
      this.changes.value = said.changes ?? [];
      this.checked.value = "yes";
    } catch (e) {
      if (mine === this.turn) this.fault(e);
    }
  }

  // fault is what becomes of the edits' standing when the server does not answer as it should: it is asked again, less and less often.
  private fault(e: unknown) {
    if (away(e)) {
      this.checked.value = "away";
      this.later(this.wait);
      this.wait = Math.min(2 * this.wait, latest);
      return;
    }
    this.checked.value = over(e) ? "out" : "refused";
    this.reason.value = e instanceof Error ? e.message : String(e);
    this.host.tell(over(e) ? { kind: "out" } : { kind: "failed", why: e });
  }

  // heard is for when the server says which version is the newest: when it is back, and when somebody saves.
  readonly heard = (version: number) => {
    if (!this.searched) void this.restore();
    const read = this.read.peek();
    if (!read || this.saving.peek()) return;
    if (this.sent.peek() || version !== read.version) void this.meet();
    else if (this.dirty.peek() && this.checked.peek() !== "yes" && this.checked.peek() !== "asked") this.again();
  };

  private again() {
    this.wait = soonest;
    this.checked.value = "asked";
    this.later(0);
  }

  // save saves what is checked and not in conflict, all or nothing, and returns how many records that were. What is not saved stays.
  readonly save = async (note: string): Promise<number> => {
    const why = this.closed.peek();
    if (why !== "") {
      this.host.tell({ kind: "closed", why });
      return 0;
    }
    const sent: Sent = { version: this.read.peek()!.version, tables: record(this.edited.peek()), changes: this.savable.peek(), saved: 0 };
    this.saving.value = true;
    this.sent.value = sent;
    try {
      await this.shelve(); // so that it is looked up if this window does not live to hear the answer
      const { version } = await this.host.save(note, sent.changes);
      this.sent.value = { ...sent, saved: version };
      void this.shelve();
      this.host.tell({ kind: "saved", records: sent.changes.length, version });
    } catch (e) {
      if (away(e)) {
        this.host.tell({ kind: "lost" });
        this.fault(e);
        return 0;
      }
      this.sent.value = null;
      void this.shelve();
      if (over(e)) this.fault(e);
      else {
        if (!(e instanceof Refusal && e.status === 412)) this.host.tell({ kind: "refused", why: e });
        if (!(await this.meet())) this.again();
      }
      return 0;
    } finally {
      this.saving.value = false;
    }
    await this.meet();
    return sent.changes.length;
  };

  // meet reads the newest version and puts the edits upon it; one after the other. It says whether that was another version.
  private meet(): Promise<boolean> {
    const met = this.meeting.then(() => this.catchUp());
    this.meeting = met.then(() => {});
    return met;
  }

  private async catchUp(): Promise<boolean> {
    const sent = this.sent.peek();
    let fresh: Read, saved: Change[];
    try {
      saved = await this.landed(sent);
      fresh = await this.host.tables();
    } catch (e) {
      this.fault(e);
      return false;
    }
    const before = this.read.peek()!, changed = fresh.version !== before.version;
    const base = saved.length > 0 ? put(this.base.peek(), new Map(Object.entries(sent!.tables)), saved) : this.base.peek();
    const torn = this.conflicts.peek().length, had = this.dirty.peek();
    this.read.value = fresh;
    this.sent.value = null;
    if (saved.length > 0) this.past = this.future = [];
    else {
      this.past = this.past.map((s) => rebased(s, base, this.base.peek()));
      this.future = this.future.map((s) => rebased(s, base, this.base.peek()));
    }
    this.set(rebased(this.state.peek(), base, this.base.peek()));
    if (sent && sent.saved === 0 && saved.length > 0) this.host.tell({ kind: "landed", records: saved.length });
    if (this.conflicts.peek().length > torn) this.host.tell({ kind: "clash", records: new Set(this.conflicts.peek().map(recordOf)).size });
    else if (had && changed && saved.length === 0 && touches(before, fresh, this.list.peek())) this.host.tell({ kind: "renewed" });
    return changed;
  }

  // landed are the changes of a save that came about, as far as that is known or what has changed since shows it.
  private async landed(sent: Sent | null): Promise<Change[]> {
    if (!sent || sent.saved > 0) return sent?.changes ?? [];
    try {
      const since = new Map((await this.host.since(sent.version)).map((d) => [recordOf(d), d.is]));
      return sent.changes.filter((c) => since.has(recordOf(c)) && alike(since.get(recordOf(c)), c.body));
    } catch (e) {
      if (away(e) || over(e)) throw e;
      return []; // the server does not know that version any more
    }
  }

  // restore brings back what windows left that are no longer open.
  readonly restore = async (): Promise<void> => {
    this.searched = true;
    const { drafts, remove } = await this.host.shelf.left(this.host.owner());
    if (drafts.length === 0) return;
    const saved: Change[][] = [];
    try {
      for (const d of drafts) saved.push(await this.landed(d.sent));
      if (!(await this.load())) throw new Error("nothing was read");
    } catch {
      this.searched = false; // it is tried again when the server is back
      return;
    }
    const onto = this.base.peek();
    let state = this.state.peek();
    drafts.forEach((d, i) => {
      const base: Tables = new Map(Object.entries(d.base)), from = d.sent ? put(base, new Map(Object.entries(d.sent.tables)), saved[i]) : base;
      state = joined(onto, state, rebased({ tables: new Map(Object.entries(d.mine)), conflicts: d.conflicts }, from, onto));
      this.at = d.at;
    });
    this.set(state);
    this.restored.value = this.dirty.peek() ? this.at : 0;
    await this.shelve();
    if (this.kept.peek()) await remove();
    this.host.tell(this.dirty.peek() ? { kind: "restored", records: this.records.peek(), at: this.at } : { kind: "known" });
    if (this.conflicts.peek().length > 0) this.host.tell({ kind: "clash", records: new Set(this.conflicts.peek().map(recordOf)).size });
  };
}

// rebased are edits of a base, put upon another.
function rebased(s: State, base: Tables, onto: Tables): State {
  const m = merged(base, s.tables, onto);
  const again = new Set(m.conflicts.map(placeOf));
  return { tables: m.tables, conflicts: [...s.conflicts.filter((c) => !again.has(placeOf(c))), ...m.conflicts] };
}

const placeOf = (c: Conflict) => JSON.stringify([c.table, c.kind, c.key, c.id, c.column, c.id === "" ? c.mine ?? c.theirs : null]);

// joined are the edits of two windows; where they clash, those of the later one stand.
function joined(base: Tables, first: State, second: State): State {
  const tables = new Map(first.tables), conflicts = [...first.conflicts, ...second.conflicts];
  for (const [name, rows] of second.tables) {
    const theirs = first.tables.get(name) ?? base.get(name) ?? [];
    const m = merged(base, new Map([[name, rows]]), new Map([[name, theirs]]));
    tables.set(name, m.tables.get(name)!);
    conflicts.push(...m.conflicts);
  }
  return { tables, conflicts };
}

// alike compares what JSON holds, whatever the order of its keys.
function alike(a: unknown, b: unknown): boolean {
  if (a === b || (a ?? null) === (b ?? null)) return true;
  if (typeof a !== "object" || typeof b !== "object" || !a || !b || Array.isArray(a) !== Array.isArray(b)) return false;
  const x = a as Record<string, unknown>, y = b as Record<string, unknown>, keys = Object.keys(x);
  return keys.length === Object.keys(y).length && keys.every((k) => k in y && alike(x[k], y[k]));
}

// touches says whether others changed records that are edited.
function touches(before: Read, after: Read, list: Edit[]): boolean {
  const mine = new Set(list.map(recordOf));
  return listed(tablesOf(before), differing(tablesOf(before), tablesOf(after))).some((e) => mine.has(recordOf(e)));
}
