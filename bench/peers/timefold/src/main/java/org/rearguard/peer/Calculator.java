package org.rearguard.peer;

import ai.timefold.solver.core.api.score.buildin.hardsoftlong.HardSoftLongScore;
import ai.timefold.solver.core.api.score.calculator.IncrementalScoreCalculator;

/** Keeps each row's sum while tours come and go. */
public class Calculator implements IncrementalScoreCalculator<Problem, HardSoftLongScore> {
    private Problem problem;
    private double[] sums;
    private int[] moving; // tours with a move, by unit
    private double hard, soft;

    @Override
    public void resetWorkingSolution(Problem p) {
        problem = p;
        sums = new double[p.rows.length];
        moving = new int[p.units];
        hard = soft = 0;
        for (int i = 0; i < sums.length; i++) {
            add(p.rows[i], p.rows[i].penalty(0));
        }
        for (Slot s : p.slots) {
            count(s, 1);
        }
    }

    private void add(Problem.Row r, double penalty) {
        if (r.hard()) {
            hard += penalty;
        } else {
            soft += penalty;
        }
    }

    private void count(Slot s, int sign) {
        Tour t = s.tour;
        if (t == null) {
            hard += s.must ? sign : 0;
            return;
        }
        soft += sign * t.cost();
        if (t.moves()) {
            int before = moving[s.unit];
            moving[s.unit] = before + sign;
            if (before == 0 || moving[s.unit] == 0) {
                soft += sign * problem.mobilise;
            }
        }
        for (int i = 0; i < t.rows().length; i++) {
            int row = t.rows()[i];
            Problem.Row r = problem.rows[row];
            add(r, -r.penalty(sums[row]));
            sums[row] += sign * t.parts()[i];
            add(r, r.penalty(sums[row]));
        }
    }

    @Override
    public void beforeVariableChanged(Object entity, String variable) {
        count((Slot) entity, -1);
    }

    @Override
    public void afterVariableChanged(Object entity, String variable) {
        count((Slot) entity, 1);
    }

    @Override
    public void beforeEntityAdded(Object entity) {}

    @Override
    public void afterEntityAdded(Object entity) {
        count((Slot) entity, 1);
    }

    @Override
    public void beforeEntityRemoved(Object entity) {
        count((Slot) entity, -1);
    }

    @Override
    public void afterEntityRemoved(Object entity) {}

    @Override
    public HardSoftLongScore calculateScore() {
        return HardSoftLongScore.of(-Math.round(hard * 1000), -Math.round(soft * 1000));
    }
}
