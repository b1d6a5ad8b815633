"""HiGHS on the natural model, through its own Python package."""

import sys

import highspy
import numpy

import natural

scenario, target, seconds = sys.argv[1], sys.argv[2], float(sys.argv[3])
model = natural.Model(natural.read(scenario))
m = model.m
h = highspy.Highs()
h.silent()
h.setOptionValue("time_limit", seconds)
lp = highspy.HighsLp()
lp.num_col_, lp.num_row_ = len(m.cost), len(m.rows)
lp.col_cost_ = numpy.array(m.cost)
lp.col_lower_ = numpy.array(m.low)
lp.col_upper_ = numpy.array(m.high)
lp.row_lower_ = numpy.array([r[0] for r in m.rows])
lp.row_upper_ = numpy.array([r[1] for r in m.rows])
lp.a_matrix_.format_ = highspy.MatrixFormat.kRowwise
lp.a_matrix_.start_ = numpy.cumsum([0] + [len(r[2]) for r in m.rows])
lp.a_matrix_.index_ = numpy.array([v for r in m.rows for v, _ in r[2]])
lp.a_matrix_.value_ = numpy.array([a for r in m.rows for _, a in r[2]], dtype=float)
lp.integrality_ = [highspy.HighsVarType.kInteger if i else highspy.HighsVarType.kContinuous for i in m.integer]
h.passModel(lp)
begin = highspy.HighsSolution()
begin.col_value = model.begin()
h.setSolution(begin)
h.run()
info = h.getInfo()
if info.primal_solution_status == highspy.SolutionStatus.kSolutionStatusFeasible:
    natural.write(target, model.plan(h.getSolution().col_value))
natural.report("HiGHS " + h.version(), h.modelStatusToString(h.getModelStatus()).lower(), model)
