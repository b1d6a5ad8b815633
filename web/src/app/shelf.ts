// The browser's own keep of edits that are not saved: one draft for each window in which they are made, by person and scenario.
import type { Change } from "./client";
import type { Conflict, Rows } from "./merge";

// Sent is a save whose answer has not come, or whose records were not read again yet.
export interface Sent {
  version: number; // of the tables that it was made from
  tables: Record<string, Rows>; // as they were edited then
  changes: Change[];
  saved: number; // the version that it made; 0 while that is not known
}

export interface Draft {
  owner: string; // person and scenario
  at: number; // when the last edit was made, in milliseconds since 1970
  version: number; // of the tables that were edited
  base: Record<string, Rows>; // as they were read, those that are edited or sent
  mine: Record<string, Rows>;
  conflicts: Conflict[];
  sent: Sent | null;
}

export interface Shelf {
  // put keeps the draft of this window in place of the one before, null for none, and says whether it could.
  put: (draft: Draft | null) => Promise<boolean>;
  // left are the owner's drafts of windows that are no longer open, the oldest first, with a way to be rid of them.
  left: (owner: string) => Promise<{ drafts: Draft[]; remove: () => Promise<void> }>;
}

interface Kept extends Draft {
  id: string; // of the window
}

const asked = <T>(r: IDBRequest<T>): Promise<T> => new Promise((done, fail) => ((r.onsuccess = () => done(r.result)), (r.onerror = () => fail(r.error))));

const completed = (t: IDBTransaction): Promise<void> => new Promise((done, fail) => ((t.oncomplete = () => done()), (t.onabort = () => fail(t.error))));

// browserShelf keeps drafts in IndexedDB. Where the browser keeps nothing, put says so.
export function browserShelf(): Shelf {
  const id = [...crypto.getRandomValues(new Uint8Array(12))].map((b) => b.toString(16).padStart(2, "0")).join("");
  const before = remembered(id); // what this window was before it was loaded again
  const lock = (name: string) => `rearguard draft ${name}`;
  // A window that is open holds a lock of its name, where the browser has locks: over plain HTTP they are missing.
  void navigator.locks?.request(lock(id), () => new Promise(() => {}));
  let opened: Promise<IDBDatabase> | null = null;
  const drafts = async (mode: IDBTransactionMode) => {
    opened ??= (() => {
      const r = indexedDB.open("rearguard", 1);
      r.onupgradeneeded = () => r.result.createObjectStore("drafts", { keyPath: "id" });
      return asked(r);
    })();
    return (await opened).transaction("drafts", mode).objectStore("drafts");
  };
  const write = async (draft: Draft | null): Promise<boolean> => {
    try {
      const to = await drafts("readwrite"), written = completed(to.transaction);
      if (draft === null) to.delete(id);
      else to.put({ ...draft, id });
      to.transaction.commit(); // at once, since the page may be left
      await written;
      return true;
    } catch {
      opened = null; // it is tried again with the next edit
      return draft === null;
    }
  };
  let busy: Promise<boolean> | null = null, next: { draft: Draft | null } | null = null;
  const put = (draft: Draft | null): Promise<boolean> => {
    next = { draft }; // one that waits for its turn is passed over
    busy ??= (async () => {
      let kept = true;
      while (next) {
        const { draft: now } = next;
        next = null;
        kept = await write(now);
      }
      busy = null;
      return kept;
    })();
    return busy;
  };
  const closed = async (k: Kept): Promise<boolean> =>
    k.id === before || !navigator.locks || (await navigator.locks.request(lock(k.id), { ifAvailable: true }, (held) => held !== null));
  const left = async (owner: string) => {
    try {
      const all = (await asked((await drafts("readonly")).getAll())) as Kept[];
      const found: Kept[] = [];
      for (const k of all) if (k.owner === owner && k.id !== id && (await closed(k))) found.push(k);
      found.sort((a, b) => a.at - b.at);
      return {
        drafts: found as Draft[],
        remove: async () => {
          const from = await drafts("readwrite"), written = completed(from.transaction);
          for (const k of found) from.delete(k.id);
          await written;
        },
      };
    } catch {
      return { drafts: [], remove: async () => {} };
    }
  };
  return { put, left };
}

// remembered is the name that this window had when it was last loaded; it gets a new one.
function remembered(id: string): string {
  try {
    const had = sessionStorage.getItem("draft") ?? "";
    sessionStorage.setItem("draft", id);
    return had;
  } catch {
    return "";
  }
}
