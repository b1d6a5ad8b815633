// All English text of the pages, so that it can be translated in one place. Numbers and dates come in as they are and go out
// as people read them.

export const months = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];

const grouped = new Intl.NumberFormat("en-GB", { maximumFractionDigits: 0 });

// quantity writes a number without false precision.
export function quantity(x: number): string {
  if (x === 0) return "0";
  if (Math.abs(x) < 0.05) return "<0.1";
  if (Math.abs(x) < 9.95 && Math.abs(x - Math.round(x)) > 0.04) return x.toFixed(1);
  return grouped.format(Math.round(x)).replace("-", "−");
}

export function percent(x: number): string {
  if (x === 0) return "0 %";
  if (x < 0.001) return "<0.1 %";
  return `${x < 0.0995 ? (100 * x).toFixed(1) : Math.round(100 * x)} %`;
}

export function count(n: number, one: string, many = one + "s"): string {
  const q = quantity(n);
  return `${q} ${q === "1" ? one : many}`;
}

// range writes both ends, or one number where they read the same.
export function range(low: number, high: number): string {
  const a = quantity(low), b = quantity(high);
  return a === b ? a : `${a} to ${b}`;
}

const signed = (n: number) => (n < 0 ? `−${-n}` : `+${n}`);

export const status = {
  none: "nothing required",
  held: "held",
  over: "more than needed",
  below: "below target",
  exposed: "exposed",
};

export const text = {
  dDay: "D-day",
  dOffset: (n: number) => `D${signed(n)}`,
  ioc: "IOC",
  iocMeaning: "initial capability: every floor holds",
  foc: "FOC",
  focMeaning: "full capability: every target holds",
  never: "not reached",
  newExposure: "New exposure",
  newExposureMeaning: (ops: string) => `exposure-days at standing posts because of ${ops}`,
  newExposureUnknown: "not measured: made from a plan without its comparison",
  standing: "Standing posts",
  standingMeaning: "exposure-days in all",
  atOperations: "Operations",
  atOperationsMeaning: "exposure-days at their posts",
  worstDay: (day: string, lines: string) => `Worst day ${day}: what is missing adds up to ${lines}.`,
  lines: (n: number) => count(n, "whole line"),
  verified: "Verified",
  verifiedMeaning: "An independent checker recomputed every date, rule and number of this plan.",
  notVerified: "Does not hold",
  broken: (n: number) => `This plan breaks ${count(n, "rule or number", "rules or numbers")} of the scenario. Do not act on it.`,
  brokenMore: (n: number) => `and ${n} more; rearguard verify lists all`,
  another: (how: string) => `This plan was ${how}. The page shows it in the scenario given.`,
  gapOfCover: (x: number) => `gap ${percent(x)} of the cover`,
  optimal: "proven optimal",
  policy: (name: string) => `policy ${name}`,
  maturity: (name: string) => (name === "stated" ? "counts on every pledge" : `counts on pledges ${name} or firmer`),
  unclassified: "Unclassified. Allocation and scheduling only.",
  generated: (hash: string) => `Scenario ${hash.slice(0, 12)}`,
  exposureWhy: "Exposure is the missing part of a floor, summed over lines and days: one line wholly uncovered for one day is one exposure-day.",

  theme: "Colours",
  themes: { auto: "as the system", light: "light", dark: "dark" },
  contents: "Parts of this report",
  asTable: "As a table",
  showAll: (n: number) => `Show all ${grouped.format(n)}`,
  showFewer: "Show fewer",
  shownOf: (n: number, all: number) => `The first ${grouped.format(n)} of ${grouped.format(all)}`,
  rowsPrinted: (n: number, all: number) => `Rows 1 to ${grouped.format(n)} of ${grouped.format(all)}; the file itself shows all.`,
  nothing: "Nothing to show.",
  home: "home",
  fromHome: "from home",

  map: {
    title: "Map",
    label: "Map of posts and movements",
    day: "Day shown",
    play: "Play",
    pause: "Pause",
    theatre: "Posts",
    all: "Everything",
    zoomIn: "Zoom in",
    zoomOut: "Zoom out",
    hint: "Drag to move, Ctrl and wheel or + and − to zoom, arrow keys to move.",
    ring: "A ring fills with cover up to the target.",
    curve: "exposure of all posts by day",
    postsHere: (n: number) => count(n, "post"),
    cover: (pct: string) => `covered ${pct} of target`,
    moving: (n: number) => `${count(n, "unit")} under way`,
    exposedNow: (n: number, worst: string) => (n === 0 ? "No post exposed" : `${count(n, "post")} exposed${worst ? `: ${worst}` : ""}`),
    columns: ["Post", "Area", "State", "Cover", "Units there"],
    caption: (day: string) => `Posts on ${day}`,
    land: "Outlines: Natural Earth.",
  },

  areas: {
    title: "Exposure by area",
    caption: "Exposure by area, in exposure-days",
    columns: ["Area", "Exposure-days", "of floor", "Worst day"],
    days: (x: number) => count(x, "exposure-day"),
    none: "held every day",
    scale: (top: string) => `All areas on one scale: the top is ${top} missing on one day.`,
  },

  flow: {
    title: "Who backfills whom",
    label: "Flow of backfills from where the units come to the area whose posts they take",
    lead: (n: number, c: number) => `${count(n, "backfill")} after ${count(c, "departure")} from standing posts.`,
    none: "Nobody leaves a standing post for elsewhere.",
    fromHome: "from home stations",
    comesFrom: "Reliefs come from",
    takes: "and take posts in",
    chains: "The chains",
    leaves: (unit: string, post: string, to: string, day: string) => `${unit} leaves ${post} for ${to} on ${day}`,
    takesPost: (unit: string, post: string) => `${unit} takes ${post}`,
    orderBy: (day: string) => `order by ${day}`,
    effective: (day: string) => `effective ${day}`,
    before: (n: number) => `${count(n, "day")} before`,
    without: (n: number) => `${count(n, "day")} without`,
    sameDay: "the same day",
    forOperation: "for an operation",
    columns: ["From", "To", "Backfills"],
    more: (n: number) => `and ${count(n, "backfill")} further down the chain`,
  },

  coverage: {
    title: "Coverage",
    label: "Coverage of each post by day",
    hint: "Ctrl and wheel or + and − zoom, drag moves, arrow keys walk from post to post and day to day. Weeks show their worst day.",
    exposure: "exposure-days",
    floor: "floor",
    target: "target",
    cover: "cover",
    units: (names: string[], more: number) => (more > 0 ? `${names.join(", ")} and ${more} more` : names.join(", ")),
    nobody: "nobody",
    caption: "Days in each state",
    columns: ["Post", "Area", "Exposed", "Below target", "Held", "More than needed", "Exposure-days"],
    elsewhere: "Elsewhere",
    homes: "At home",
  },

  gantt: {
    title: "Gantt chart",
    label: "Gantt chart of tours",
    byContributor: "By contributor",
    byPost: "By post",
    hint: "Click a heading to fold it. Ctrl and wheel or + and − zoom, drag moves, arrow keys walk.",
    travel: "under way",
    handover: "handover",
    onPost: "on post",
    rest: "resting",
    soft: "soft pledge",
    decide: "decide by",
    order: "order by",
    atHome: "at home",
    units: (n: number) => count(n, "unit"),
    columns: ["Unit", "Contributor", "Post", "Departs", "Effective", "Until"],
    caption: "Stays",
    since: "from the start",
  },

  burden: {
    title: "Burden",
    caption: "Burden by contributor",
    columns: ["Contributor", "Units", "Persons at peak", "Part of the operations", "Agreed share"],
    lead: "The bar is the part of the operations' person-days that a contributor carries; the mark is the share agreed.",
    none: "none agreed",
    above: "above its share",
    under: "below its share",
  },

  timetable: {
    title: "Decision timetable",
    caption: "Decisions and orders by date",
    columns: ["Decide by", "Order by", "Contributor", "Unit", "From", "To", "Lift", "Effective", "Until"],
    filter: "Contributor",
    everybody: "all",
    lead: (n: number, c: number, first: string) => `${count(n, "decision")} of ${count(c, "contributor")}; the first by ${first}.`,
    month: (label: string, n: number) => `${label}: ${count(n, "decision")}`,
    none: "Nobody has to decide or order anything.",
    soft: "stated or offered only",
  },

  live: {
    controls: "What to plan for",
    dDay: (op: string) => `D-day of ${op}`,
    lose: "What if one does not come?",
    nobody: (lost: number) => (lost === 0 ? "everybody comes" : "leave out another"),
    without: (name: string) => `without ${name}`,
    back: "bring back",
    policy: "Policy",
    maturity: "Pledges from",
    time: "Search for",
    seconds: (n: number) => count(n, "second"),
    planning: "planning…",
    progress: (cost: string, gap: string, s: number) => `cost ${cost}${gap && `, gap ${gap} of the cover`}, ${s.toFixed(1)} s`,
    stop: "Stop",
    again: "Search on",
    loading: "Reading the plan…",
    offline: (why: string) => `The server does not answer: ${why}. Start it again with rearguard serve and reload this page.`,
    failed: (why: string) => `No plan: ${why}. The page shows the plan before.`,
    against: "Against the plan at the start:",
    same: "no difference in readiness, exposure or moves",
    later: (of: string, op: string) => `days from D-day to ${of} of ${op}`,
    lost: (of: string, op: string) => `${of} of ${op} no longer reached`,
    won: (of: string, op: string) => `${of} of ${op} reached now`,
    standing: "exposure-days at standing posts",
    operations: "exposure-days at operations",
    moves: "moves",
    change: (name: string, by: number) => `${by > 0 ? "+" : "−"}${quantity(Math.abs(by))} ${name}`,
  },
  answers: {
    title: "The next questions",
    bars: (what: string) => `Bars: ${what}; the figures are in the table below.`,
    curve: (x: string, y: string) => `Curve of ${y} by ${x}; the figures are in the table below.`,
    missing: "× not reached in the calendar",
    marked: "The large point is the knee: beyond it the one costs more and more of the other.",
  },
  gaps: {
    title: "Gaps and what binds",
    none: "Nothing: every floor holds on every day.",
    lead: (n: number) => `${count(n, "time")} below a floor, those with most exposure first.`,
    columns: ["Post", "Lacks", "From", "Until", "Missing", "Exposure-days", "Units that could, on the worst day"],
    upTo: (x: number) => `up to ${percent(x)}`,
    able: {
      here: (n: number) => `${n} here`,
      posted: (n: number) => `${n} at other posts`,
      moving: (n: number) => `${n} under way`,
      resting: (n: number) => `${n} resting`,
      home: (n: number) => `${n} at home`,
    },
    nobody: "no unit provides it",
    homeMeans: "Units at home are barred by a caveat, not ready or not there in time, without lift, or worth more unsent; rearguard explain says which.",
  },

  today: {
    short: "Plan and facts",
    title: (day: string) => `Plan and facts on ${day}`,
    holds: "The plan holds: nothing is late by more than the tolerance, and no post is exposed that was to be held.",
    parted: (n: number, more: string) => `${n > 0 ? `${count(n, "leg")} not as planned` : "Everything is on time"}${more && `; ${more} exposure-days more than planned from today on`}. Plan again with rearguard replan.`,
    lead: (facts: number, legs: number, days: number) => `${count(facts, "fact")}; ${count(legs, "leg")} due or reported. What is due and not reported is taken as done for ${count(days, "day")}, then as not done yet.`,
    off: "Not as planned",
    legs: "All legs that are due or reported",
    all: (n: number) => `All ${grouped.format(n)} legs that are due or reported`,
    columns: ["Unit", "Post", "State", "Planned from", "As things stand", "Late", "Why"],
    states: { left: "left early", cancelled: "does not come" } as Record<string, string>,
    never: "never",
    late: (n: number) => (n < 0 ? `${count(-n, "day")} early` : count(n, "day")),
    assumed: "nothing is reported",
    open: "What that leaves open",
    openColumns: ["Post", "Lacks", "Planned today", "There today", "Exposure-days more", "From", "Until"],
    onlyIf: "if it wears fast",
    strength: "Strength on tour",
    strengthLead: "The pale part is the range; the mark is the strength under which a unit does not count.",
    strengthOf: (low: number, high: number, least: number) => `${low} to ${high} percent of its strength; it counts from ${least} percent`,
    percent: (low: number, high: number) => (low === high ? `${low} %` : `${low} to ${high} %`),
    ends: (day: string) => `does not count from ${day}`,
    unplanned: (list: string[]) => `Reported, but not in the plan: ${list.join("; ")}.`,
    fact: (unit: string, event: string, post: string, day: string) => `${unit} ${event}${post && ` (${post})`} on ${day}`,
  },

  conditions: {
    short: "Conditions",
    title: (day: string) => `Conditions on ${day}`,
    lead: (n: number) => (n === 0 ? "No report counts." : `By ${count(n, "report")}; what came later does not count.`),
    states: { open: "open", met: "met", failed: "failed" },
    disputed: "disputed",
    since: (day: string) => `Since ${day}:`,
    due: (day: string) => `Met on ${day} if nothing more is reported;`,
    claim: (state: string, reports: string) => `${state} if ${reports || "the other side"} is right`,
    change: (what: string) => `Would change it: ${what}`,
    phases: "Operations and phases",
    phaseColumns: ["Operation or phase", "Begins"],
    neverBegins: (k: string) => `does not happen: “${k}” has failed`,
    started: (day: string) => `started on ${day}`,
    starts: (day: string) => `starts on ${day}`,
    waits: (k: string, day: string) => `waits for “${k}”; planned for ${day}`,
    planned: (day: string) => `planned for ${day}`,
    raised: "Requirements that grow with incidents",
    raisedColumns: ["Post", "Requires", "As written", "Added", "Why", "What was added, by day"],
    history: (steps: string[]) => steps.join("; "),
  },

  method: {
    title: "Method and proof",
    search: (stop: string, iterations: string, seed: number) =>
      `The search stopped because of ${({ time: "the time given", iterations: "the number of tries given", optimal: "a proof that nothing is better", interrupted: "an interruption" } as Record<string, string>)[stop] ?? stop}, after ${iterations} tries with seed ${seed}.`,
    bound: "Beside the search runs a relaxation: it prices what units share (lines, lift, caps) and lets each unit choose its best schedule at those prices. What that costs, no plan can undercut. The gap is the distance between the two.",
    scale: (bound: string, cost: string) => `No plan costs less than ${bound}; this one costs ${cost}.`,
    checker: "The checker shares no code with the search. It recomputes travel, loading, notice, rest, caveats, lift, cover, exposure, readiness and cost from the scenario alone.",
    cover: (missing: string) => `At most ${missing} of what full cover is worth could still be gained by any plan.`,
    words: "Words",
    glossary: [
      ["floor", "below it, a post is exposed"],
      ["target", "what is wanted; between floor and target a post is below target"],
      ["exposure-day", "one line wholly below its floor for one day; parts count in part"],
      ["backfill", "a unit takes the post that another left for elsewhere"],
      ["handover", "relief in place: both units are there, and the new one does not count yet"],
      ["IOC, FOC", "the first day from which every floor (IOC) or target (FOC) of an operation holds for a week"],
      ["soft pledge", "stated or offered, but not confirmed or assigned"],
    ] as [string, string][],
  },
};
