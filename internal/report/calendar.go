package report

import (
	"fmt"
	"time"

	ics "github.com/arran4/golang-ical"
	"github.com/rearguard/rearguard/internal/words"
)

// Calendar writes the decide-by and order-by dates of a brief as iCalendar (RFC
// 5545), one all-day event each. The same brief gives the same bytes.
func (b *Brief) Calendar() []byte {
	cal := ics.NewCalendarFor("Rearguard")
	cal.SetMethod(ics.MethodPublish)
	cal.SetName(b.Scenario + ": decisions and orders")
	stamp := b.Start.Time()
	for i, m := range b.Moves {
		from := ""
		if m.From != "" {
			from = " from " + m.From
		}
		details := fmt.Sprintf("%s goes%s to %s, %s: departs %s, effective %s, until %s.",
			m.Unit, from, m.To, m.Lift, words.Day(m.Depart), words.Day(m.Effective), words.Day(m.Until))
		add := func(kind, summary string, on time.Time) {
			e := cal.AddEvent(fmt.Sprintf("%s-%d-%s@rearguard", kind, i+1, on.Format("20060102")))
			e.SetDtStampTime(stamp)
			e.SetAllDayStartAt(on)
			e.SetAllDayEndAt(on.AddDate(0, 0, 1))
			e.SetSummary(summary)
			e.SetDescription(details)
		}
		add("decide", fmt.Sprintf("Decide by today: %s sends %s to %s", m.Contributor, m.Unit, m.To), m.DecideBy.Time())
		add("order", fmt.Sprintf("Order by today: %s to %s", m.Unit, m.To), m.OrderBy.Time())
	}
	return []byte(cal.Serialize(ics.WithNewLineWindows))
}
