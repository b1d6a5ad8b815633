package planner

import (
	"context"
	"math"
	"math/rand/v2"
	"reflect"
	"slices"
	"testing"

	"github.com/rearguard/rearguard/internal/formats"
	"github.com/rearguard/rearguard/scenario"
)

func sampled(t *testing.T, n, threads int, u Uncertainty, edit func(*scenario.Scenario)) *Samples {
	t.Helper()
	s, _, err := formats.ReadScenario("../examples/tiny.yaml")
	if err != nil {
		t.Fatal(err)
	}
	if edit != nil {
		edit(s)
	}
	drops := map[scenario.Pledge]float64{}
	for _, pledge := range scenario.Pledges {
		drops[pledge] = u.Drops[pledge]
	}
	x, err := Checked(s).Samples(context.Background(), Variant{}, Search{Seed: 1, Iterations: 100, Threads: threads}, SamplesOptions{N: n, Drops: drops, Slip: &u.Slip})
	if err != nil {
		t.Fatal(err)
	}
	return x
}

func TestSamplesWithoutDoubtAreTheBase(t *testing.T) {
	x := sampled(t, 5, 0, Uncertainty{}, nil)
	want := x.Base.ExposureOperations
	if b := x.Operations; b.Low != want || b.Median != want || b.High != want || b.Mean != want || len(x.Drivers) != 0 {
		t.Errorf("%+v and drivers %v, want %v throughout and none", b, x.Drivers, want)
	}
	if d := x.IOC["reassurance"]; d.Reached != 1 || *d.Median != 17 {
		t.Errorf("IOC %+v, want D+17 in all", d)
	}
}

// TestSamplesDropPledges drops whatever is not assigned: what is left is the one
// battlegroup at Tapa, and nobody at Lviv.
func TestSamplesDropPledges(t *testing.T) {
	all := map[scenario.Pledge]float64{scenario.Stated: 1, scenario.Offered: 1, scenario.Confirmed: 1}
	x := sampled(t, 3, 0, Uncertainty{Drops: all}, nil)
	if d := x.IOC["reassurance"]; d.Reached != 0 || d.High != nil {
		t.Errorf("IOC %+v, want it never reached", d)
	}
}

func TestSamplesFindTheDriver(t *testing.T) {
	x := sampled(t, 200, 0, Uncertainty{Drops: map[scenario.Pledge]float64{scenario.Stated: 0.5}}, nil)
	if len(x.Drivers) == 0 || x.Drivers[0].Input != "units of NOR" || x.Drivers[0].Direction != -1 {
		t.Errorf("drivers %+v, want the hospital of NOR first, less of it more exposure", x.Drivers)
	}
}

func TestSamplesOnAnyThreads(t *testing.T) {
	u := Doubts()
	vary := func(s *scenario.Scenario) {
		s.Operations[0].DDay.Earliest, s.Operations[0].DDay.Latest = scenario.DayTime(25), scenario.DayTime(40)
		s.Units[0].Tonnes = scenario.Quantity{Low: 3000, Likely: 6000, High: 9000}
		s.Posts[0].Lines[0].Floor = scenario.Quantity{Low: 1, Likely: 1, High: 2}
	}
	a, b := sampled(t, 20, 1, u, vary), sampled(t, 20, 2, u, vary)
	a.Base.plan, b.Base.plan = nil, nil
	if !reflect.DeepEqual(a, b) {
		t.Errorf("one thread %+v, two %+v", a, b)
	}
}

func TestTriangular(t *testing.T) {
	rng := rand.New(rand.NewPCG(1, 2))
	sum := 0.0
	for range 20000 {
		x := triangular(rng, 2, 3, 8)
		if x < 2 || x > 8 {
			t.Fatalf("%v is outside 2 to 8", x)
		}
		sum += x
	}
	if mean := sum / 20000; math.Abs(mean-13.0/3) > 0.05 {
		t.Errorf("mean %v, want %v", mean, 13.0/3)
	}
	if x := triangular(rng, 4, 4, 4); x != 4 {
		t.Errorf("%v, want 4", x)
	}
}

func TestRanksShareTies(t *testing.T) {
	if got := ranks([]float64{5, 1, 5, 9}); !slices.Equal(got, []float64{1.5, 0, 1.5, 3}) {
		t.Error(got)
	}
	if r := correlation(ranks([]float64{1, 2, 3, 4}), ranks([]float64{-1, -5, -6, -9})); math.Abs(r+1) > 1e-9 {
		t.Errorf("correlation %v, want -1", r)
	}
	if r := correlation([]float64{1, 1}, []float64{1, 2}); r != 0 {
		t.Errorf("correlation %v of what does not vary, want 0", r)
	}
}

func TestPercentilesOfDaysNotReached(t *testing.T) {
	d := days([]int{3, 1}, 4)
	if *d.Low != 1 || *d.Median != 3 || d.High != nil || d.Reached != 0.5 {
		t.Errorf("%+v", d)
	}
}
