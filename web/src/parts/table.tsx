// Tables, legends, and what stays folded until it is asked for.
import { useSignal } from "@preact/signals";
import type { ComponentChildren } from "preact";
import type { State } from "../model";
import { printing } from "../state";
import { text } from "../text";
import { stateMeaning, stateName } from "./states";

interface TableProps {
  caption: string;
  head: string[];
  rows: ComponentChildren[][];
  numbers?: number[]; // columns that are right-aligned
  first?: number; // rows shown until all are asked for
}

export function Table({ caption, head, rows, numbers = [], first = Infinity }: TableProps) {
  const all = useSignal(false);
  const shown = all.value && !printing.value ? rows : rows.slice(0, first);
  const kind = (i: number) => (numbers.includes(i) ? "number" : undefined);
  return (
    <div class="wide">
      <table>
        <caption class="unseen">{caption}</caption>
        <thead>
          <tr>{head.map((h, i) => <th scope="col" class={kind(i)}>{h}</th>)}</tr>
        </thead>
        <tbody>
          {shown.map((r) => <tr>{r.map((x, i) => <td class={kind(i)}>{x}</td>)}</tr>)}
        </tbody>
      </table>
      {rows.length > first && (
        <p class="quiet">
          <span>{text.shownOf(shown.length, rows.length)} </span>
          <button type="button" class="screen" onClick={() => (all.value = !all.value)}>{all.value ? text.showFewer : text.showAll(rows.length)}</button>
        </p>
      )}
    </div>
  );
}

// More makes its content when it is first opened.
export function More({ label, children }: { label: string; children: () => ComponentChildren }) {
  const open = useSignal(false);
  return (
    <details class="screen" onToggle={(e) => (open.value = e.currentTarget.open)}>
      <summary>{label}</summary>
      {open.value && children()}
    </details>
  );
}

export function Legend({ states, children }: { states: State[]; children?: ComponentChildren }) {
  return (
    <ul class="legend">
      {states.map((s) => <li title={stateMeaning[s]}><i class={`key state-${s}`} />{stateName[s]}</li>)}
      {children}
    </ul>
  );
}
