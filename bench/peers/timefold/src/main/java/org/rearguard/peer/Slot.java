package org.rearguard.peer;

import ai.timefold.solver.core.api.domain.entity.PlanningEntity;
import ai.timefold.solver.core.api.domain.valuerange.ValueRangeProvider;
import ai.timefold.solver.core.api.domain.variable.PlanningVariable;
import java.util.List;

/** Room for one tour of a unit. */
@PlanningEntity
public class Slot {
    public int unit;
    public List<Tour> choice;
    /** It is a stay at a post on day 0, which ends some day but was. */
    public boolean must;

    @PlanningVariable(allowsUnassigned = true)
    public Tour tour;

    @ValueRangeProvider
    public List<Tour> getChoice() {
        return choice;
    }
}
