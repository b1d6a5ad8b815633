package org.rearguard.peer;

import ai.timefold.solver.core.api.domain.solution.PlanningEntityCollectionProperty;
import ai.timefold.solver.core.api.domain.solution.PlanningScore;
import ai.timefold.solver.core.api.domain.solution.PlanningSolution;
import ai.timefold.solver.core.api.score.buildin.hardsoftlong.HardSoftLongScore;
import java.util.List;

/** Which tours the units make. */
@PlanningSolution
public class Problem {
    @PlanningEntityCollectionProperty
    public List<Slot> slots;

    @PlanningScore
    public HardSoftLongScore score;

    /** What limits the tours, and what they are for. */
    public Row[] rows;
    public int units;
    public double mobilise;

    /** A sum over tours: at most {@code right}, or a price for each {@code scale} that it lacks or exceeds. */
    public record Row(boolean hard, double right, int sign, double scale, double cost) {
        /** Hard units, or the cost. */
        double penalty(double sum) {
            double off = sign * (right - sum);
            return off <= 1e-9 ? 0 : hard ? off : off / scale * cost;
        }
    }
}
