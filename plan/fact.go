package plan

import "github.com/rearguard/rearguard/scenario"

// Event is what has really been done with a leg, or is known of it.
type Event string

// The events of execution.
const (
	Ordered   Event = "ordered"   // the order to go has been given
	Departed  Event = "departed"  // it has left for the post
	Delayed   Event = "delayed"   // it arrives on another day
	Arrived   Event = "arrived"   // it is at the post's place; reception and handover begin
	Left      Event = "left"      // it is no longer at the post
	Cancelled Event = "cancelled" // it does not come
	Present   Event = "strength"  // what is left of it
)

// Events lists the events of execution.
var Events = []Event{Ordered, Departed, Delayed, Arrived, Left, Cancelled, Present}

// Fact is a report of what has really been done of a plan. A fact is never
// changed or taken away: a later one supersedes it.
type Fact struct {
	ID         string         `json:"id"`
	Date       scenario.Date  `json:"date"`
	Received   scenario.Date  `json:"received"` // the date by default
	Unit       string         `json:"unit"`     // of the resolved scenario
	Post       string         `json:"post"`     // empty for the leg nearest to the date
	Event      Event          `json:"event"`
	Expected   *scenario.Date `json:"expected"`       // arrival of one that is delayed; first day of one cancelled on which it can be sent again
	Low        float64        `json:"low,omitempty"`  // percent of its strength that is present
	High       float64        `json:"high,omitempty"` // the same, at most
	Source     string         `json:"source"`
	Statement  string         `json:"statement"`
	Supersedes string         `json:"supersedes"`
}
