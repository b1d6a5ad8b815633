package planner

// Answer is a question with its answer in words: sentences, the most important first, a
// chart where one says more, and the figures as a table.
type Answer struct {
	Title   string     `json:"title"`
	Text    []string   `json:"text"`
	Chart   *Chart     `json:"chart"` // nil: none
	Head    []string   `json:"head"`
	Numbers []int      `json:"numbers"` // columns that are right-aligned
	Rows    [][]string `json:"rows"`
}

// Chart is drawn from its series alone.
type Chart struct {
	Kind   string   `json:"kind"` // bars, one label each; or curve, points joined by a line
	X      string   `json:"x"`    // what the axes say
	Y      string   `json:"y"`
	Labels []string `json:"labels"` // of bars, or of the values of x
	Series []Series `json:"series"`
}

// Series is one colour of a chart.
type Series struct {
	Name string     `json:"name"`
	X    []float64  `json:"x"`    // of a curve; empty for bars
	Y    []*float64 `json:"y"`    // null is not reached
	Mark int        `json:"mark"` // index of the point that is marked, -1 none
}

// filled has no list that is null in JSON.
func (a Answer) filled() Answer {
	a.Text, a.Head, a.Numbers, a.Rows = list(a.Text), list(a.Head), list(a.Numbers), list(a.Rows)
	if a.Chart == nil {
		return a
	}
	a.Chart.Labels, a.Chart.Series = list(a.Chart.Labels), list(a.Chart.Series)
	for i := range a.Chart.Series {
		s := &a.Chart.Series[i]
		s.X, s.Y = list(s.X), list(s.Y)
	}
	return a
}

func list[T any](x []T) []T {
	if x == nil {
		return []T{}
	}
	return x
}

// mostBars of a chart; the table has all.
const mostBars = 15

// bar is the length of a bar; nothing below 0 is drawn.
func bar(x float64) *float64 {
	x = max(0, x)
	return &x
}

// point is a number of days on a curve; nil is not reached.
func point(days *int) *float64 {
	if days == nil {
		return nil
	}
	x := float64(*days)
	return &x
}
