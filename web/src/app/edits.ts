// The page's edits: the list of those that are not saved, with the server, the browser and the person that it needs.
import { api } from "./client";
import { EditList, type Closed, type News } from "./editlist";
import { browserShelf } from "./shelf";
import { ended, meta, person, problem, say, scenarioID } from "./site";
import { text } from "../text";

const t = text.app.edits;

export const closedBecause = (why: Closed): string => (why === "refused" ? t.closed.refused(edits.reason.value) : why === "wrong" ? t.closed.wrong(edits.wrong.value.length) : t.closed[why]);

function tell(news: News) {
  switch (news.kind) {
    case "saved":
      if (meta.value) meta.value = { ...meta.value, version: Math.max(meta.value.version, news.version) };
      return say(text.app.saved(news.records, news.version));
    case "refused": return say(t.refused(problem(news.why)), true);
    case "failed": return say(problem(news.why), true);
    case "lost": return say(t.lost, true);
    case "landed": return say(t.landed(news.records));
    case "clash": return say(t.clash(news.records), true);
    case "renewed": return say(t.renewed);
    case "restored": return; // the bar says it for as long as it is so
    case "known": return say(t.known);
    case "closed": return say(closedBecause(news.why), true);
    case "discarded": return say(t.discarded(news.records), false, { label: text.app.trial.undo, run: () => edits.undo() });
    case "out": return ended();
  }
}

export const edits: EditList = new EditList({
  tables: () => api.tables(scenarioID.value),
  check: (version, tables) => api.check(scenarioID.value, version, tables),
  save: (note, changes) => api.save(scenarioID.value, note, changes),
  since: (version) => api.diff(scenarioID.value, version, 0).then((page) => page.items ?? []),
  shelf: browserShelf(),
  owner: () => `${person.value?.id ?? ""} ${scenarioID.value}`,
  now: Date.now,
  after: (ms, work) => {
    const timer = setTimeout(work, ms);
    return () => clearTimeout(timer);
  },
  tell,
});
