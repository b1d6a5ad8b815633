package plan

import "github.com/rearguard/rearguard/scenario"

// Metrics are what a plan achieves. Days of exposure and of shortfall are sums
// over lines and days of the missing part of the floor and of the target, 0 to
// 1 each.
type Metrics struct {
	Objective      float64                     `json:"objective"`
	Bound          float64                     `json:"bound"` // no plan can have a lower objective
	Gap            float64                     `json:"gap"`   // (objective - bound) / objective
	GapOfCover     float64                     `json:"gap_of_cover"`
	ExposureDays   Tally                       `json:"exposure_days"`
	Unavoidable    *Unavoidable                `json:"unavoidable,omitempty"` // nil where nothing was proven
	ShortfallDays  Tally                       `json:"shortfall_days"`
	WorstDay       WorstDay                    `json:"worst_day"`
	IOC            map[string]*scenario.Date   `json:"ioc"` // operation to day; nil if never
	FOC            map[string]*scenario.Date   `json:"foc"`
	NewExposure    *float64                    `json:"new_exposure"` // nil where no plan without the operations was made
	CoverByPledge  map[scenario.Pledge]float64 `json:"cover_by_pledge"`
	UnitsUsed      int                         `json:"units_used"`
	Moves          int                         `json:"moves"`
	Backfills      int                         `json:"backfills"`
	Changes        int                         `json:"changes,omitempty"` // legs added or dropped against the plan in force
	Iterations     int                         `json:"iterations"`
	Stop           Stop                        `json:"stop"`
	Seed           uint64                      `json:"seed"`
	ScenarioSHA256 string                      `json:"scenario_sha256"`
}

// Tally is a number of days by what it is counted over.
type Tally struct {
	Total       float64            `json:"total"`
	Standing    float64            `json:"standing"`
	Operations  float64            `json:"operations"`
	ByArea      map[string]float64 `json:"by_area"` // a parent area includes its children
	ByPost      map[string]float64 `json:"by_post"` // posts with none are left out
	ByOperation map[string]float64 `json:"by_operation"`
}

// Unavoidable is the exposure that no plan avoids, in exposure-days: what even all units
// together do not reach in time.
type Unavoidable struct {
	Standing   float64 `json:"standing"`
	Operations float64 `json:"operations"`
}

// WorstDay is the day of the largest sum of exposure, the earliest of equals.
type WorstDay struct {
	Date     scenario.Date `json:"date"`
	Exposure float64       `json:"exposure"`
}
