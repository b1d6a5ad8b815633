// A table with the habits of a spreadsheet: arrows walk, typing edits, Enter goes down, Tab right, a block is pasted, Delete clears.
// Only the rows in view are drawn.
import { useSignal } from "@preact/signals";
import { useEffect, useLayoutEffect, useMemo, useRef } from "preact/hooks";
import type { CellProblem, GridColumn } from "../app/client";
import { font } from "../parts/canvas";
import { text } from "../text";

interface Cell {
  row: number;
  column: number;
}

interface Props {
  name: string;
  rows: string[][]; // the first is the head
  before?: string[][]; // what they were read as, to mark what changed
  columns: GridColumn[];
  problems: CellProblem[];
  words: (column: GridColumn) => string[]; // what a cell may hold, to complete
  edit?: (cells: { row: number; column: number; text: string }[]) => void;
  remove?: (rows: number[]) => void;
  add?: () => void;
  go?: Cell | null; // a cell to lead to
  chosen?: string; // the id whose row is chosen
  choose?: (id: string, row: number) => void;
  filter: string;
}

// Problems lists what is wrong with some tables; each leads to its cell.
export function Problems({ list, most, head, lead }: { list: CellProblem[]; most: number; head: (table: string) => string[] | undefined; lead: (p: CellProblem) => void }) {
  const t = text.app.tables;
  return (
    <ul class="problems">
      {list.slice(0, most).map((p) => (
        <li class={p.warning ? "odd" : "wrong"}><button type="button" class="link" onClick={() => lead(p)}>{p.row > 0 ? t.where(p.table, p.row - 1, head(p.table)?.[p.column - 1] ?? "") : p.table || t.whole}</button> {p.message}{p.maybe && ` ${t.maybe(p.maybe)}`}</li>
      ))}
    </ul>
  );
}

const rowHeight = 26;

const pen = document.createElement("canvas").getContext("2d")!;

// measured is how wide a cell's text is, in pixels.
function measured(s: string, bold: boolean): number {
  pen.font = font(13, bold ? 600 : 400);
  return pen.measureText(s).width;
}

export function Sheet(props: Props) {
  const { name, rows, columns, problems, edit } = props;
  const head = rows[0] ?? [];
  const at = useSignal<Cell>({ row: 1, column: 0 });
  const end = useSignal<Cell>({ row: 1, column: 0 }); // the other corner of what is marked
  const editing = useSignal<string | null>(null);
  const scroll = useSignal(0);
  const high = useSignal(480);
  const box = useRef<HTMLDivElement>(null);
  const input = useRef<HTMLInputElement>(null);
  const t = text.app.sheet;

  const about = useMemo(() => head.map((h) => columns.find((c) => c.name === h)), [head, columns]);
  const wanted = props.filter.trim().toLowerCase();
  const shown = useMemo(() => {
    const all = rows.map((_, i) => i).slice(1);
    return wanted ? all.filter((i) => rows[i].some((c) => c.toLowerCase().includes(wanted))) : all;
  }, [rows, wanted]);
  const wrong = useMemo(() => {
    const m = new Map<string, CellProblem>();
    for (const p of problems) {
      const key = `${p.row}/${p.column}`, had = m.get(key);
      if (!had || (had.warning && !p.warning)) m.set(key, p);
    }
    return m;
  }, [problems]);
  const key = useMemo(() => Math.max(0, head.indexOf("id")), [head]);
  const was = useMemo(() => {
    const m = new Map<string, string[]>();
    for (const r of props.before?.slice(1) ?? []) if (!m.has(r[key])) m.set(r[key], r);
    return m;
  }, [props.before, key]);
  const widths = useMemo(() => head.map((h, i) => {
    let longest = "";
    for (const r of rows.slice(1, 300)) if ((r[i] ?? "").length > longest.length) longest = r[i];
    return Math.max(52, Math.min(300, Math.ceil(Math.max(measured(h, true), measured(longest, i === 0))) + 22));
  }), [rows, head]);
  const across = widths.reduce((a, b) => a + b, 0) + 48;

  const first = Math.max(0, Math.floor(scroll.value / rowHeight) - 6);
  const last = Math.min(shown.length, Math.ceil((scroll.value + high.value) / rowHeight) + 6);

  const see = (c: Cell) => {
    const el = box.current;
    if (!el) return;
    const n = shown.indexOf(c.row);
    const top = n * rowHeight, room = el.clientHeight - rowHeight * 2;
    if (top < el.scrollTop) el.scrollTop = top;
    if (top > el.scrollTop + room) el.scrollTop = top - room + rowHeight;
    const left = widths.slice(0, c.column).reduce((a, b) => a + b, 48), w = widths[c.column] ?? 0;
    const frozen = 48 + (widths[0] ?? 0);
    if (c.column > 0 && left - frozen < el.scrollLeft) el.scrollLeft = Math.max(0, left - frozen);
    if (left + w > el.scrollLeft + el.clientWidth) el.scrollLeft = left + w - el.clientWidth;
  };
  const move = (c: Cell, mark = false) => {
    const n = Math.max(0, Math.min(shown.length - 1, shown.indexOf(c.row) < 0 ? 0 : shown.indexOf(c.row)));
    const to = { row: shown[n] ?? 1, column: Math.max(0, Math.min(head.length - 1, c.column)) };
    end.value = to;
    if (!mark) {
      at.value = to;
      props.choose?.(rows[to.row]?.[key] ?? "", to.row);
    }
    see(to);
  };
  const step = (c: Cell, down: number, right: number, mark = false) => {
    const n = shown.indexOf(c.row) + down;
    move({ row: shown[Math.max(0, Math.min(shown.length - 1, n))] ?? 1, column: c.column + right }, mark);
  };
  const commit = () => {
    const v = editing.value;
    if (v === null) return;
    editing.value = null;
    if (v !== (rows[at.value.row]?.[at.value.column] ?? "")) edit?.([{ ...at.value, text: v }]);
  };
  const marked = (): Cell[] => {
    const a = at.value, b = end.value;
    const from = Math.min(shown.indexOf(a.row), shown.indexOf(b.row)), to = Math.max(shown.indexOf(a.row), shown.indexOf(b.row));
    const left = Math.min(a.column, b.column), right = Math.max(a.column, b.column);
    const list = [];
    for (let n = from; n <= to; n++) for (let column = left; column <= right; column++) list.push({ row: shown[n], column });
    return list;
  };
  const inside = (row: number, column: number) => {
    const a = at.value, b = end.value;
    if (a.row === b.row && a.column === b.column) return false;
    const n = shown.indexOf(row), from = shown.indexOf(a.row), to = shown.indexOf(b.row);
    return n >= Math.min(from, to) && n <= Math.max(from, to) && column >= Math.min(a.column, b.column) && column <= Math.max(a.column, b.column);
  };

  // Rows may move when others' edits come in: the cursor, and what is being typed, stay with their record.
  const held = useRef<{ row: number; id: string }>({ row: 0, id: "" });
  useLayoutEffect(() => {
    const c = at.value, h = held.current;
    if (h.row === c.row && h.id && rows[c.row]?.[key] !== h.id) {
      const row = rows.findIndex((r, i) => i > 0 && r[key] === h.id);
      if (row > 0) at.value = end.value = { row, column: c.column };
    }
    held.current = { row: at.value.row, id: rows[at.value.row]?.[key] ?? "" };
  }, [rows, at.value, key]);
  useEffect(() => {
    if (props.go) {
      move(props.go);
      box.current?.focus();
    }
  }, [props.go]);
  useLayoutEffect(() => {
    if (editing.value !== null) {
      input.current?.focus();
      if (input.current && document.activeElement !== input.current) input.current.focus();
    }
  }, [editing.value === null]);
  useEffect(() => {
    const watch = new ResizeObserver(() => (high.value = box.current?.clientHeight ?? high.value));
    watch.observe(box.current!);
    return () => watch.disconnect();
  }, []);
  useEffect(() => {
    if (!props.chosen || rows[at.value.row]?.[key] === props.chosen) return;
    const row = rows.findIndex((r, i) => i > 0 && r[key] === props.chosen);
    if (row > 0) {
      at.value = end.value = { row, column: at.value.column };
      see(at.value);
    }
  }, [props.chosen, rows]);

  const onKeyDown = (e: KeyboardEvent) => {
    const c = e.shiftKey && editing.value === null ? end.value : at.value;
    const busy = editing.value !== null;
    const command = e.ctrlKey || e.metaKey;
    switch (e.key) {
      case "Enter":
        if (busy) {
          commit();
          step(at.value, e.shiftKey ? -1 : 1, 0);
          box.current?.focus();
        } else if (edit) editing.value = rows[at.value.row]?.[at.value.column] ?? "";
        break;
      case "Tab":
        if (!busy && ((e.shiftKey && at.value.column === 0) || (!e.shiftKey && at.value.column === head.length - 1))) return;
        commit();
        step(at.value, 0, e.shiftKey ? -1 : 1);
        box.current?.focus();
        break;
      case "Escape":
        editing.value = null;
        end.value = at.value;
        box.current?.focus();
        break;
      case "ArrowDown": if (busy) return; step(c, command ? shown.length : 1, 0, e.shiftKey); break;
      case "ArrowUp": if (busy) return; step(c, command ? -shown.length : -1, 0, e.shiftKey); break;
      case "ArrowRight": if (busy) return; step(c, 0, command ? head.length : 1, e.shiftKey); break;
      case "ArrowLeft": if (busy) return; step(c, 0, command ? -head.length : -1, e.shiftKey); break;
      case "PageDown": step(c, Math.floor(high.value / rowHeight) - 2, 0, e.shiftKey); break;
      case "PageUp": step(c, 2 - Math.floor(high.value / rowHeight), 0, e.shiftKey); break;
      case "F2": if (edit) editing.value = rows[at.value.row]?.[at.value.column] ?? ""; break;
      case "Delete": case "Backspace":
        if (busy) return;
        edit?.(marked().map((m) => ({ ...m, text: "" })));
        break;
      default:
        if (busy || command || e.altKey || e.key.length !== 1 || !edit) return;
        editing.value = e.key;
    }
    e.preventDefault();
  };
  const onPaste = (e: ClipboardEvent) => {
    if (!edit || editing.value !== null) return;
    const block = (e.clipboardData?.getData("text/plain") ?? "").replace(/\r\n?/g, "\n").replace(/\n$/, "").split("\n").map((l) => l.split("\t"));
    const start = shown.indexOf(at.value.row), cells: { row: number; column: number; text: string }[] = [];
    const targets = marked();
    if (block.length === 1 && block[0].length === 1 && targets.length > 1) for (const m of targets) cells.push({ ...m, text: block[0][0].trim() });
    else block.forEach((line, n) => line.forEach((value, k) => {
      const row = start + n < shown.length ? shown[start + n] : rows.length + (start + n - shown.length);
      cells.push({ row, column: at.value.column + k, text: value.trim() });
    }));
    edit(cells);
    e.preventDefault();
  };
  const onCopy = (e: ClipboardEvent) => {
    if (editing.value !== null) return;
    const lines = new Map<number, string[]>();
    for (const m of marked()) lines.set(m.row, [...(lines.get(m.row) ?? []), rows[m.row]?.[m.column] ?? ""]);
    e.clipboardData?.setData("text/plain", [...lines.values()].map((l) => l.join("\t")).join("\n"));
    e.preventDefault();
  };

  const c = at.value, column = about[c.column];
  const here = wrong.get(`${c.row + 1}/${c.column + 1}`) ?? null;
  const offered = editing.value !== null && column ? props.words(column) : [];
  const lines = [];
  for (let n = first; n < last; n++) {
    const row = shown[n], r = rows[row], past = was.get(r[key] ?? "");
    lines.push(
      <div role="row" aria-rowindex={row + 1} class={r[key] && r[key] === props.chosen ? "line chosen" : "line"} style={{ top: `${(n + 1) * rowHeight}px`, width: `${across}px` }} key={row}>
        <span class="count" role="rowheader">{row}</span>
        {head.map((_, i) => {
          const bad = wrong.get(`${row + 1}/${i + 1}`), is = row === c.row && i === c.column;
          const value = r[i] ?? "";
          const changed = props.before !== undefined && (past ? (past[i] ?? "") !== value : value !== "");
          const cls = ["cell", about[i]?.number ? "number" : "", bad ? (bad.warning ? "odd" : "wrong") : "", changed ? "changed" : "", is ? "at" : "", inside(row, i) ? "marked" : "", i === 0 ? "frozen" : ""].filter(Boolean).join(" ");
          return (
            <span
              role="gridcell" id={`${name}-${row}-${i}`} class={cls} style={{ width: `${widths[i]}px` }} title={bad?.message ?? (value.length > 30 ? value : undefined)} aria-invalid={bad && !bad.warning ? true : undefined}
              onPointerDown={(e) => {
                if (is && editing.value !== null) return;
                commit();
                move({ row, column: i }, e.shiftKey);
              }}
              onPointerEnter={(e) => e.buttons === 1 && editing.value === null && move({ row, column: i }, true)}
              onDblClick={() => edit && (editing.value = value)}
            >
              {is && editing.value !== null ? (
                <input
                  ref={input} value={editing.value} list={offered.length > 0 ? `${name}-words` : undefined} aria-label={`${head[i]}, ${t.row(row)}`}
                  onInput={(e) => (editing.value = e.currentTarget.value)} onBlur={commit}
                />
              ) : value}
            </span>
          );
        })}
      </div>,
    );
  }
  return (
    <div class="sheet">
      <div class="about">
        <strong>{head[c.column] ?? ""}</strong> <span class="quiet">{column?.doc ?? ""}{column && column.words.length > 0 ? ` ${t.oneOf(column.words)}` : ""}</span>
        {here && <p class={here.warning ? "caution" : "mistake"} role="status">{here.message}{here.maybe && ". "}{here.maybe && edit && <button type="button" onClick={() => edit([{ ...c, text: here.maybe }])}>{t.maybe(here.maybe)}</button>}</p>}
      </div>
      <div
        class="cells" style={{ height: `min(58vh, ${(shown.length + 1) * rowHeight + 20}px)` }} ref={box} role="grid" tabIndex={0} aria-label={name} aria-rowcount={rows.length} aria-colcount={head.length} aria-activedescendant={shown.length > 0 ? `${name}-${c.row}-${c.column}` : undefined}
        onScroll={(e) => (scroll.value = e.currentTarget.scrollTop)} onKeyDown={onKeyDown} onPaste={onPaste} onCopy={onCopy}
      >
        <div class="all" style={{ height: `${(shown.length + 1) * rowHeight}px`, width: `${across}px` }}>
          <div role="row" aria-rowindex={1} class="line head" style={{ width: `${across}px` }}>
            <span class="count" role="columnheader"><span class="unseen">{t.number}</span></span>
            {head.map((h, i) => <span role="columnheader" class={`cell ${about[i]?.number ? "number" : ""} ${i === 0 ? "frozen" : ""}`} style={{ width: `${widths[i]}px` }} title={about[i]?.doc}>{h}</span>)}
          </div>
          {lines}
        </div>
      </div>
      {offered.length > 0 && <datalist id={`${name}-words`}>{offered.slice(0, 400).map((w) => <option value={w} />)}</datalist>}
      <div class="tools">
        {props.add && <button type="button" onClick={() => { props.add!(); }}>{t.add}</button>}
        {props.remove && <button type="button" onClick={() => props.remove!([...new Set(marked().map((m) => m.row))])}>{t.remove(new Set(marked().map((m) => m.row)).size)}</button>}
        <span class="quiet">{t.shown(shown.length, rows.length - 1)} {edit ? t.hint : t.readOnly}</span>
      </div>
    </div>
  );
}
