"""CBC, Debian's, on the natural model as an MPS file."""

import os
import re
import resource
import shutil
import subprocess
import sys
import tempfile

import natural

if not shutil.which("cbc"):
    sys.exit(75)
GRACE = 60  # seconds; in its first relaxation CBC minds its limit seldom

scenario, target, seconds = sys.argv[1], sys.argv[2], float(sys.argv[3])
model = natural.Model(natural.read(scenario))
m = model.m


def mps(f):
    columns = [[(0, c)] for c in m.cost]
    print("NAME          natural\nROWS\n N  r0", file=f)
    for i, (low, high, terms) in enumerate(m.rows, 1):
        print(f" {'E' if low == high else 'G' if high == natural.INFINITY else 'L'}  r{i}", file=f)
        for v, a in terms:
            columns[v].append((i, a))
    print("COLUMNS\n    MARKER                 'MARKER'                 'INTORG'", file=f)
    whole = True
    for v in sorted(range(len(m.cost)), key=lambda v: not m.integer[v]):
        if whole and not m.integer[v]:
            print("    MARKER                 'MARKER'                 'INTEND'", file=f)
            whole = False
        for i, a in columns[v]:
            print(f"    x{v}  r{i}  {a!r}", file=f)
    if whole:
        print("    MARKER                 'MARKER'                 'INTEND'", file=f)
    print("RHS", file=f)
    for i, (low, high, _) in enumerate(m.rows, 1):
        print(f"    RHS  r{i}  {(low if high == natural.INFINITY else high)!r}", file=f)
    print("BOUNDS", file=f)
    for v in range(len(m.cost)):
        if m.low[v]:
            print(f" LO BND  x{v}  {m.low[v]!r}", file=f)
        if m.high[v] < natural.INFINITY:
            print(f" UP BND  x{v}  {m.high[v]!r}", file=f)
    print("ENDATA", file=f)


with tempfile.TemporaryDirectory() as folder:
    problem, solution = (os.path.join(folder, n) for n in ("m.mps", "s.txt"))
    with open(problem, "w") as f:
        mps(f)
    # Nothing to begin with: Debian's CBC 2.10.8 crashes on a start of this size.
    command = ["cbc", problem, "timeMode", "elapsed", "threads", "2", "seconds", str(seconds), "solve", "solution", solution]
    values = [0.0] * len(m.cost)
    status, out = "no solution", ""
    try:
        out = subprocess.run(command, capture_output=True, text=True, timeout=seconds + GRACE).stdout
    except subprocess.TimeoutExpired:
        status = "did not end by itself"
    if os.path.exists(solution):
        with open(solution) as f:
            status = next(f).split(" - ")[0].strip().lower()
            for line in f:
                parts = line.replace("**", " ").split()
                values[int(parts[1][1:])] = float(parts[2])
        # Without an incumbent CBC writes the relaxation's values.
        broken = any(abs(x - round(x)) > 1e-5 for x, whole in zip(values, m.integer) if whole)
        if status != "infeasible" and not broken and any(values):
            natural.write(target, model.plan(values))
version = re.search(r"Version: (\S+)", out or subprocess.run(["cbc", "-quit"], capture_output=True, text=True).stdout)
natural.report("CBC " + (version.group(1) if version else "unknown"), status, model, who=resource.RUSAGE_CHILDREN)
