"""Timefold's local search (community edition, one thread) over the tours of the natural model."""

import os
import resource
import shutil
import subprocess
import sys
import tempfile
from collections import defaultdict

import natural

here = os.path.dirname(os.path.abspath(__file__))
if not shutil.which("java") or not os.path.isdir(os.path.join(here, "target", "classes", "org")):
    sys.exit(75)
scenario, target, seconds = sys.argv[1], sys.argv[2], float(sys.argv[3])
model = natural.Model(natural.read(scenario), most=600_000)  # local search minds their number less
m = model.m


def write(f):
    rows, terms = [], defaultdict(list)
    for low, high, row in m.rows:
        whole = [(v, a) for v, a in row if v in model.x]
        rest = [(v, a) for v, a in row if v not in model.x]
        if low == high or any(m.integer[v] for v, _ in rest):
            continue  # the stay of day 0 and the count of units are the slots' own
        if rest:
            (e, a), right, sign = rest[0], (low if high == natural.INFINITY else high), (1 if high == natural.INFINITY else -1)
            rows.append(f"0 {right!r} {sign} {abs(a)!r} {m.cost[e]!r}")
        else:
            rows.append(f"1 {high!r} -1 1 0")
        for v, a in whole:
            terms[v].append(f"{len(rows) - 1} {a!r}")
    units = defaultdict(lambda: ([], []))
    for v, (u, t) in model.x.items():
        units[u["id"]][bool(t["lift"])].append(v)
    print(len(rows), len(units), model.weights["mobilise"], file=f)
    print("\n".join(rows), file=f)
    for stays, moves in units.values():
        spans = [model.x[v][1]["free"] - model.x[v][1]["depart"] for v in moves]
        slots = min(6, model.H // min(spans) + 1) if spans else 0
        print(len(stays), len(moves), slots, file=f)
        for v in stays + moves:
            print(v, m.cost[v], len(terms[v]), *terms[v], file=f)


with tempfile.TemporaryDirectory() as folder:
    path = os.path.join(folder, "model.txt")
    with open(path, "w") as f:
        write(f)
    classes = ":".join(os.path.join(here, "target", p) for p in ("classes", "lib/*"))
    done = subprocess.run(["java", "-Xmx6g", "-cp", classes, "org.rearguard.peer.Main", path, str(seconds)], capture_output=True, text=True)
    if done.returncode:
        sys.exit(done.stderr)
status, *chosen = done.stdout.split()
x = defaultdict(float, {int(v): 1.0 for v in chosen})
if status == "feasible":
    natural.write(target, model.plan(x))
natural.report("Timefold 1.24.0", status, model, who=resource.RUSAGE_CHILDREN)
