"""CP-SAT on the natural model, with both cores and a plan to begin with."""

import sys

import ortools
from ortools.sat.python import cp_model

import natural

SCALE = 1000  # CP-SAT computes in whole numbers

scenario, target, seconds = sys.argv[1], sys.argv[2], float(sys.argv[3])
model = natural.Model(natural.read(scenario))
m = model.m
cp = cp_model.CpModel()
x = []
for i in range(len(m.cost)):
    if m.integer[i]:
        x.append(cp.new_int_var(int(m.low[i]), int(m.high[i]), ""))
    else:
        high = m.high[i] if m.high[i] < natural.INFINITY else 1e6
        x.append(cp.new_int_var(natural.ceil(m.low[i] * SCALE), natural.ceil(high * SCALE) + 1, ""))
for low, high, terms in m.rows:
    # Whole variables as they are, fractions in thousandths; every row in thousandths of thousandths if it has fractions.
    fractions = any(not m.integer[v] for v, _ in terms)
    plain = not fractions and all(float(a).is_integer() for _, a in terms) and all(b in (natural.INFINITY, -natural.INFINITY) or float(b).is_integer() for b in (low, high))
    scale = 1 if plain else SCALE
    whole = SCALE if fractions else 1
    # A limit must hold after rounding too: what a row adds up is rounded up where it is limited, down where it is asked for.
    turn = natural.ceil if high < natural.INFINITY else lambda a: -natural.ceil(-a)
    sum_ = cp_model.LinearExpr.weighted_sum([x[v] for v, _ in terms], [turn(a * scale) * (whole if m.integer[v] else 1) for v, a in terms])
    if high < natural.INFINITY:
        cp.add(sum_ <= -natural.ceil(-high * scale) * whole)
    if low > -natural.INFINITY:
        cp.add(sum_ >= natural.ceil(low * scale) * whole)
cp.minimize(sum(cp_model.LinearExpr.term(x[i], round(c * SCALE) * (SCALE if m.integer[i] else 1)) for i, c in enumerate(m.cost) if c))
for i, value in enumerate(model.begin()):
    cp.add_hint(x[i], int(value) if m.integer[i] else natural.ceil(value * SCALE) + 1)
solver = cp_model.CpSolver()
solver.parameters.max_time_in_seconds = seconds
solver.parameters.num_workers = 2
status = solver.solve(cp)
if status in (cp_model.OPTIMAL, cp_model.FEASIBLE):
    natural.write(target, model.plan([solver.value(v) for v in x]))
natural.report("OR-tools " + ortools.__version__, solver.status_name(status).lower(), model)
