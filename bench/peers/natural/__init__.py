"""A natural model of a Rearguard scenario for general solvers, as an analyst would
write it: a binary variable for each tour "this unit, to this post, by this lift, from
this day until that", in steps of a day, a week or more; tours of one unit exclude each
other, and what they cover is held against each line's floor and target.

A tour is exact by the day: travel, loading, orders, rest and dwell are computed as
docs/model.md has them, and only its first and last day of cover lie on the grid. Left
out, as a first model would: redeployment from post to post within a tour, and posts
that are minima at home. So a bound of the model says nothing about the scenario.
"""

import datetime
import json
import math
import resource
from collections import defaultdict

EARTH_KM = 6371.0088
SPEED = {"air": 7500, "sea": 700, "rail": 500, "road": 400}
PRIORITY = {1: 16, 2: 8, 3: 4, 4: 2, 5: 1}
PLEDGES = ["stated", "offered", "confirmed", "assigned"]
MOST_TOURS = 60_000  # about; above it the grid gets coarser
# Days of a step, ways to travel, and lengths of a tour from each start, 0 for all.
GRIDS = [(1, 3, 0), (7, 3, 3), (7, 2, 2), (14, 2, 2), (14, 1, 2), (28, 1, 2), (28, 1, 1)]
INFINITY = float("inf")


def ceil(x):
    """Rounds up, but not for the noise of binary fractions."""
    return math.ceil(x - 1e-9)


class Travel:
    """Days of loading, moving and unloading, as docs/model.md has them."""

    def __init__(self, s):
        self.places = {p["id"]: p for p in s["places"]}
        below = {a["id"]: set(a["descendants"]) for a in s["areas"]}
        self.pools = []
        for p in s["lift"]:
            served = lambda areas: set().union(*(below[a] for a in areas)) if areas else set()
            self.pools.append((p, served(p["from"]), served(p["to"])))
        self.routes = {}
        for r in s["routes"]:
            self.routes[r["from"], r["to"], r["mode"]] = r["days"]
            if not r["one_way"]:
                self.routes.setdefault((r["to"], r["from"], r["mode"]), r["days"])

    def move(self, a, b, mode, speed):
        if a == b:
            return 0
        if (a, b, mode) in self.routes:
            return self.routes[a, b, mode]
        p, q = self.places[a], self.places[b]
        la, lb = math.radians(p["lat"]), math.radians(q["lat"])
        dlat, dlon = lb - la, math.radians(q["lon"] - p["lon"])
        h = math.sin(dlat / 2) ** 2 + math.cos(la) * math.cos(lb) * math.sin(dlon / 2) ** 2
        return max(1, ceil(1.3 * 2 * EARTH_KM * math.asin(min(1, math.sqrt(h))) / (speed or SPEED[mode])))

    def carriers(self, u, a, b):
        """Yields lift, its pool or None, and days of moving for each way from a to b."""
        own = u["self_deploys"]
        if own:
            yield "self", None, self.move(a, b, own["mode"], own["speed"])
        here, there = self.places[a]["area"], self.places[b]["area"]
        for p, one, other in self.pools:
            if (here in one and there in other) or (not p["one_way"] and here in other and there in one):
                yield p["id"], p, self.move(a, b, p["mode"], p["speed"])

    def legs(self, u, a, b):
        """The ways from home a to a post's place b: (lift, load, move, unload)."""
        t, p = u["tonnes"] or 0, u["persons"] or 0
        limits = self.places[b]["throughput"] or {}
        unload = ceil(max([0] + [x / limits[k] for x, k in ((t, "tonnes"), (p, "persons")) if limits.get(k)]))
        for lift, pool, move in self.carriers(u, a, b):
            load = 0
            if pool:
                load = ceil(max([pool["load"] or 0] + [x / pool[k] for x, k in ((t, "tonnes"), (p, "persons")) if pool[k]]))
            yield lift, load, move, unload

    def back(self, u, a, b):
        return min((m for _, _, m in self.carriers(u, a, b)), default=None)


class Rows:
    """A linear model: minimise cost x, rows of low <= sum a x <= high."""

    def __init__(self):
        self.cost, self.low, self.high, self.integer = [], [], [], []
        self.rows = []  # (low, high, [(variable, coefficient)])
        self.start = {}  # a solution to begin with: the variables above 0

    def variable(self, cost=0.0, low=0.0, high=1.0, integer=True):
        self.cost.append(cost)
        self.low.append(low)
        self.high.append(high)
        self.integer.append(integer)
        return len(self.cost) - 1

    def row(self, low, high, terms):
        self.rows.append((low, high, terms))


def cliques(tours):
    """The largest sets of tours that share a day."""
    days = sorted({t["depart"] for t in tours})
    for d, following in zip(days, [*days[1:], None]):
        active = [t for t in tours if t["depart"] <= d < t["free"]]
        if following is None or any(t["free"] <= following for t in active):
            yield active


class Model:
    """The rows of a scenario, and the plan that a solution of them means."""

    def __init__(self, s, most=MOST_TOURS):
        self.s, self.travel, self.m = s, Travel(s), Rows()
        self.H = s["calendar"]["days"]
        self.posts = {p["id"]: p for p in s["posts"]}
        self.operations = {o["id"]: o for o in s["operations"]}
        self.contributors = {c["id"]: c for c in s["contributors"]}
        self.capabilities = {c["id"]: c for c in s["capabilities"]}
        self.weights = s["weights"]
        services = {u["id"]: list(self.services(u)) for u in s["units"]}
        total = sum(len(x) for x in services.values())
        for self.G, self.ways, self.lengths in GRIDS:
            if total * (self.H / self.G) * self.ways * (self.lengths or 30) <= most:
                break
        self.W = ceil(self.H / self.G)
        self.cover = defaultdict(list)  # (post, line, step) -> [(variable, quantity)]
        self.loads = defaultdict(list)  # (pool or place, what, day) -> [(variable, a day's part)]
        self.away = defaultdict(list)  # (contributor, step) -> [(variable, persons)]
        self.on_operation = defaultdict(list)  # (operation, contributor, step) -> the same
        self.held = {}  # contributor -> step -> persons whom the stays of day 0 can hold
        self.x = {}  # variable -> (unit, tour)
        for u in s["units"]:
            self.unit(u, services[u["id"]])
        self.lines()
        self.limits()

    def days(self, w):
        return min(self.H, (w + 1) * self.G) - w * self.G

    def services(self, u):
        """Yields (post, as) for all that the unit can give something as."""
        for p in self.s["posts"]:
            asked = {l["capability"] for l in p["lines"]}
            if asked & set(u["provides"]):
                yield p["id"], "all"
            for c in sorted(asked - set(u["provides"])):
                if set(u["provides"]) & set(self.capabilities[c]["substitutes"] or {}):
                    yield p["id"], c

    def gives(self, u, as_, capability):
        """What a unit that serves as `as_` covers of a capability."""
        if as_ == "all":
            given = u["provides"].get(capability, 0)
        elif as_ == capability:
            stands_in = self.capabilities[capability]["substitutes"] or {}
            given = sum(n * stands_in.get(x, 0) for x, n in u["provides"].items())
        else:
            return 0
        factor = self.capabilities[capability]["on_station"]
        return given / factor if factor else given

    def barred(self, u, post, as_):
        """The intervals in which the unit may not be at a post as something."""
        p = self.posts[post]
        place = self.travel.places[p["place"]]
        above = {a["id"] for a in self.s["areas"] if place["area"] in a["descendants"]}
        serves = set(u["provides"]) if as_ == "all" else {as_}
        found = []
        for c in (u["caveats"] or []) + (self.contributors[u["contributor"]]["caveats"] or []):
            if c["operation"] and p["operation"] not in c["operation"]:
                continue
            if c["post"] and post not in c["post"] or c["area"] and not above & set(c["area"]) or c["host"] and place["host"] not in c["host"]:
                continue
            if c["domain"] and not any(self.capabilities[x]["domain"] in c["domain"] for x in serves):
                continue
            if c["capability"] and not serves & set(c["capability"]):
                continue
            if not c["phase"]:
                return [(0, self.H + 1)]
            if p["operation"]:
                for f in self.operations[p["operation"]]["phases"]:
                    if f["id"] in c["phase"]:
                        found.append((f["from"], f["until"] if f["until"] is not None else self.H))
        return found

    def earliest(self, u, post):
        """First day on which the unit can depart from home for a post."""
        today, notice = self.s["today"] or 0, u["notice"] or 0
        ready = max(0, u["ready"] or 0)
        p = self.posts[post]
        if not p["operation"]:
            return max(ready, today + notice)
        o, c = self.operations[p["operation"]], self.contributors[u["contributor"]]
        approval = c["approval"] or 0
        known = max(today, o["d_day"] - (o["warning"] or 0))
        return max(ready, notice + known, notice + approval + (today if c["approves_ahead"] else known))

    def unit(self, u, services):
        """A binary variable for each tour that the model knows; those of a unit that overlap exclude each other."""
        tours = list(self.held_at_first(u)) if u["at"] else []
        if PLEDGES.index(u["pledge"]) >= PLEDGES.index(self.s["maturity"]):
            tours += (t for service in services for t in self.tours(u, *service))
        m, G, persons = self.m, self.G, u["persons"] or 0
        used = None
        for t in tours:
            x = m.variable(self.weights["move"] if t["lift"] else 0.0)
            self.x[x] = (u, t)
            t["x"] = x
            p = self.posts[t["post"]]
            for i, l in enumerate(p["lines"]):
                given = self.gives(u, t["as"], l["capability"])
                if given:
                    for w in range(t["effective"] // G, ceil(t["until"] / G)):
                        self.cover[p["id"], i, w].append((x, given))
            for w in range(max(0, t["depart"]) // G, ceil(t["until"] / G)):
                self.away[u["contributor"], w].append((x, persons))
                if p["operation"]:
                    self.on_operation[p["operation"], u["contributor"], w].append((x, persons))
            for what, whole in (("tonnes", u["tonnes"] or 0), ("persons", persons)):
                for d in range(t["depart"], t["depart"] + t["load"]):
                    self.loads[t["lift"], what, d].append((x, whole / t["load"]))
                for d in range(t["arrive"] - t["unload"], t["arrive"]):
                    self.loads["at " + p["place"], what, d].append((x, whole / t["unload"]))
        # Intervals of days exclude each other exactly if one begins within the other.
        for active in cliques(tours):
            m.row(-INFINITY, 1, [(t["x"], 1) for t in active])
        if u["at"] and tours and not tours[0]["lift"]:
            stays = [t for t in tours if not t["lift"]]
            m.row(1, 1, [(t["x"], 1) for t in stays])
            m.start[stays[-1]["x"]] = 1
            for t in stays:
                self.held.setdefault(u["contributor"], {}).setdefault(0, 0)
            for w in range(ceil(stays[-1]["until"] / G)):
                self.held[u["contributor"]][w] = self.held[u["contributor"]].get(w, 0) + persons
        moves = [t for t in tours if t["lift"]]
        if moves and self.weights["mobilise"]:
            used = m.variable(self.weights["mobilise"])
            for active in cliques(moves):
                m.row(-INFINITY, 0, [(used, -1), *((t["x"], 1) for t in active)])

    def limits_of(self, u):
        longest = u["tour"]["max"] if u["tour"]["max"] is not None else 10**6
        return (u["tour"]["min"] or 0), longest

    def free(self, u, post, depart, until):
        """Day from which the unit can depart again."""
        home = until + (self.travel.back(u, self.posts[post]["place"], u["home"]) or 0)
        return home + max(u["rest"] or 0, ceil((u["dwell"] or 0) * (until - depart)))

    def held_at_first(self, u):
        """The ways in which a unit at a post on day 0 can end its stay there."""
        low, high = self.limits_of(u)
        since, post = u["at"]["since"], u["at"]["post"]
        last = min(self.H, high + since)
        if last <= 0:
            return  # its tour is over already
        stay = self.posts[post]["stay"]["min"] or 0
        need = max(low + since, min(stay, last), 1)
        ends = {d for d in range(0, last + 1, self.G) if d >= need}
        if last == self.H or not ends:
            ends.add(last)
        for until in sorted(ends):
            yield {"post": post, "as": "all", "lift": None, "depart": since, "arrive": 0, "load": 0, "unload": 0, "effective": 0, "until": until, "free": max(self.free(u, post, since, until), 1)}

    def tours(self, u, post, as_):
        """Single-leg tours on the grid: each start, by each lift, and of each length."""
        G, H, p = self.G, self.H, self.posts[post]
        if self.travel.back(u, p["place"], u["home"]) is None:
            return
        low, high = self.limits_of(u)
        stay, settle = p["stay"], (p["rsom"] or 0) + (p["handover"] or 0)
        barred, first = self.barred(u, post, as_), self.earliest(u, post)
        windows = [(w["from"], w["until"]) for w in u["available"]] or [(-H, H)]
        wanted = [l for l in p["lines"] if self.gives(u, as_, l["capability"])]
        opens, closes = min(l["from"] for l in wanted), max(l["until"] for l in wanted)
        for lift, load, move, unload in sorted(self.travel.legs(u, u["home"], p["place"]), key=lambda x: sum(x[1:]))[: self.ways]:
            lead = load + move + unload + settle
            for effective in range(opens // G * G, closes, G):
                depart, arrive = effective - lead, effective - settle
                if depart < first:
                    continue
                end = min([H, effective + (high - lead) // G * G, effective + (stay["max"] or H) // G * G, *(b for a, b in windows if a <= depart < b)])
                end = min([end, ceil(closes / G) * G, *(a for a, b in barred if a > arrive)])
                end = H if end == H else end // G * G
                least = min(H, effective + max(stay["min"] or 0, low - lead, 1))
                if end < least or end <= effective or any(a <= arrive < b for a, b in barred) or not any(a <= depart and end <= b for a, b in windows):
                    continue
                ends = {end - k * max(1, (end - least) // G // max(1, self.lengths - 1)) * G for k in range(self.lengths)} if self.lengths else set(range(end, least - 1, -1))
                for until in sorted(e for e in ends if e >= least and (e == H or e % G == 0)):
                    yield {"post": post, "as": as_, "lift": lift, "depart": depart, "arrive": arrive, "load": load, "unload": unload, "effective": effective, "until": until, "free": self.free(u, post, depart, until)}

    def lines(self):
        m, G = self.m, self.G
        for p in self.s["posts"]:
            kind = "operation" if p["operation"] else "standing"
            price = PRIORITY[p["priority"] or 3]
            for i, l in enumerate(p["lines"]):
                for w in range(self.W):
                    days = min(l["until"], w * G + self.days(w)) - max(l["from"], w * G)
                    if days <= 0:
                        continue
                    for what, need in (("exposure", l["floor"]), ("shortfall", l["target"])):
                        weight = price * self.weights[what][kind]
                        if need and weight:
                            e = m.variable(weight * days, integer=False)
                            m.row(need, INFINITY, [(e, need), *self.cover[p["id"], i, w]])

    def limits(self):
        m, G = self.m, self.G
        pools = {p["id"]: p for p in self.s["lift"]}
        for (who, what, day), terms in self.loads.items():
            limit = self.travel.places[who[3:]]["throughput"] if who.startswith("at ") else pools.get(who)
            limit = (limit or {}).get(what)
            if limit is not None and sum(x for _, x in terms) > limit:
                m.row(-INFINITY, limit, terms)
        for c in self.s["contributors"]:
            if c["max_deployed"] is None:
                continue
            for w in range(self.W):
                # Those held on day 0 may be more than the limit: then nobody else goes while they stay.
                terms = self.away[c["id"], w]
                if sum(x for _, x in terms) > c["max_deployed"]:
                    m.row(-INFINITY, max(c["max_deployed"], self.held.get(c["id"], {}).get(w, 0)), terms)
        for (o, c, w), terms in self.on_operation.items():
            share, size = self.contributors[c]["share"], self.operations[o]["size"]
            if share is None or not size or not self.weights["share"]:
                continue
            over = m.variable(self.weights["share"] * self.days(w), high=INFINITY, integer=False)
            m.row(-INFINITY, share * size, [*terms, (over, -size)])

    def begin(self):
        """The solution to begin with, whole: nobody moves, and what that leaves open."""
        x = [self.m.start.get(v, 0.0) for v in range(len(self.m.cost))]
        for low, high, terms in self.m.rows:
            open_ = [(v, a) for v, a in terms if not self.m.integer[v]]
            if open_:  # one variable that pays for what a row lacks
                (v, a), fixed = open_[0], sum(b * x[w] for w, b in terms if self.m.integer[w])
                x[v] = max(x[v], (low - fixed) / a if high == INFINITY else (high - fixed) / a)
        return x

    def plan(self, x):
        """The plan.json of a solution's values."""
        s, G = self.s, self.G
        start = datetime.date.fromisoformat(s["calendar"]["start"])
        date = lambda d: (start + datetime.timedelta(days=d)).isoformat()
        tours = [self.tour(*self.x[v], date) for v in self.x if x[v] > 0.5]
        return {
            "rearguard_plan": 1, "scenario": s["name"], "policy": s["policy"], "weights": s["weights"],
            "options": {"d_day": {o["id"]: date(o["d_day"]) for o in s["operations"]}, "maturity": s["maturity"], "without": [], "today": date(s["today"] or 0)},
            "tours": tours, "seed": 0, "iterations": 0,
        }

    def tour(self, u, t, date):
        p = self.posts[t["post"]]
        home = t["until"] + (self.travel.back(u, p["place"], u["home"]) or 0)
        leg = {"post": t["post"], "as": t["as"], "lift": t["lift"], "decide_by": None, "order_by": None}
        leg |= {"depart": date(max(0, t["depart"])), "arrive": date(t["arrive"]), "effective": date(t["effective"]), "until": date(t["until"])}
        if t["lift"]:
            order = t["depart"] - (u["notice"] or 0)
            decide = order - ((self.contributors[u["contributor"]]["approval"] or 0) if p["operation"] else 0)
            leg |= {"decide_by": date(decide), "order_by": date(order)}
        return {"unit": u["id"], "legs": [leg], "home": date(home)}


def read(path):
    with open(path) as f:
        return json.load(f)


def write(path, plan):
    with open(path, "w") as f:
        json.dump(plan, f)


def report(version, status, model, bound=None, who=resource.RUSAGE_SELF):
    peak = resource.getrusage(who).ru_maxrss / 1024
    print(json.dumps({"version": f"{version}, grid of {model.G} days", "status": status, "bound": bound, "peak_mb": peak}))
