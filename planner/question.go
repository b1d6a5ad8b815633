package planner

import (
	"context"
	"encoding/json"
	"fmt"
	"reflect"
	"slices"
	"strconv"

	"github.com/rearguard/rearguard/internal/words"
	"github.com/rearguard/rearguard/plan"
	"github.com/rearguard/rearguard/scenario"
)

// Question is something to ask about a case beyond its plan. A question is one file of
// this package: its options, what it answers with, how it is found and how it is told.
// Command line, API and jobs offer what [Questions] lists.
type Question struct {
	Name    string   // of its job, in the API and on the command line
	Title   string   // as a person asks it
	Doc     string   // what it does
	Plans   int      // how many plans it is about; 0 is none
	Options []Option // beside its variant and effort

	options reflect.Type
	answer  reflect.Type
	parse   func(data []byte, others []string) (any, error)
	ask     func(ctx context.Context, c *Case, in Input) (any, error)
	told    func(s *scenario.Scenario, answer any) Answer

	divided *Divided // nil if it is answered as a whole
}

// Input is what a question is asked with.
type Input struct {
	Variant Variant
	Search  Search
	Plans   []*plan.Plan // that it is about, as many as the question says
	Options any          // as Parse gives them
}

// Questions lists every question.
func Questions() []*Question { return questions }

var questions = []*Question{
	loseQuestion, dDayQuestion, posturesQuestion, samplesQuestion, robustQuestion, tradeoffQuestion, askQuestion,
	explainQuestion, conflictsQuestion, replanQuestion, compareQuestion, treeQuestion, statusQuestion,
}

// QuestionNamed is the question of a name; nil if there is none.
func QuestionNamed(name string) *Question {
	i := slices.IndexFunc(questions, func(q *Question) bool { return q.Name == name })
	if i < 0 {
		return nil
	}
	return questions[i]
}

// AnswerType is the type of what is found, a struct that can be written as JSON and read
// back.
func (q *Question) AnswerType() reflect.Type { return q.answer }

// OptionsType is the type of the question's own options, a struct.
func (q *Question) OptionsType() reflect.Type { return q.options }

// Parse reads the question's options from a JSON object, which may hold others, by the
// names given. An option that nobody knows, or a value out of its limits, is an
// *[OptionError].
func (q *Question) Parse(data []byte, others ...string) (any, error) { return q.parse(data, others) }

// Ask answers the question: a pointer to a value of its AnswerType.
func (q *Question) Ask(ctx context.Context, c *Case, in Input) (any, error) {
	if len(in.Plans) != q.Plans {
		return nil, &OptionError{Question: q.Name, Option: "plans", Value: strconv.Itoa(len(in.Plans)), Limit: words.Plural(float64(q.Plans), "plan")}
	}
	if in.Options == nil {
		var err error
		if in.Options, err = q.parse(nil, nil); err != nil {
			return nil, err
		}
	}
	return q.ask(ctx, c, in)
}

// Tell says an answer in words. Scenario is the one that it is about, resolved.
func (q *Question) Tell(s *scenario.Scenario, answer any) Answer { return q.told(s, answer).filled() }

// TellJSON is Tell of an answer as JSON.
func (q *Question) TellJSON(s *scenario.Scenario, data []byte) (Answer, error) {
	answer := reflect.New(q.answer).Interface()
	if err := json.Unmarshal(data, answer); err != nil {
		return Answer{}, fmt.Errorf("read the answer to %s: %w", q.Name, err)
	}
	return q.Tell(s, answer), nil
}

// Effort is a search as it is asked for in JSON.
type Effort struct {
	Seconds    float64 `json:"seconds,omitempty" minimum:"0.1" maximum:"86400" doc:"How long to search, all plans together; by default as long as is usual for the question."`
	Iterations int     `json:"iterations,omitempty" minimum:"1" maximum:"100000000" doc:"Stop each search after so many tries instead: then the same seed gives the same answer."`
	Seed       uint64  `json:"seed,omitempty" doc:"1 by default."`
}

// aboutPlans are options of a question about plans.
type aboutPlans interface{ about(plans []*plan.Plan) }

// define makes a question of options O and an answer A.
func define[O, A any](q Question, ask func(*Case, context.Context, Variant, Search, O) (*A, error), told func(*scenario.Scenario, *A) Answer) *Question {
	q.options, q.answer = reflect.TypeFor[O](), reflect.TypeFor[A]()
	q.Options = optionsOf(q.options)
	q.parse = func(data []byte, others []string) (any, error) {
		var o O
		if err := ParseOptions(q.Name, data, &o, others...); err != nil {
			return nil, err
		}
		return o, nil
	}
	q.ask = func(ctx context.Context, c *Case, in Input) (any, error) {
		o := in.Options.(O)
		if p, is := any(&o).(aboutPlans); is {
			p.about(in.Plans)
		}
		a, err := ask(c, ctx, in.Variant, in.Search, o)
		if err != nil {
			return nil, err
		}
		return a, nil
	}
	q.told = func(s *scenario.Scenario, answer any) Answer { return told(s, answer.(*A)) }
	return &q
}
