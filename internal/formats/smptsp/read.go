package smptsp

import (
	"bytes"
	"iter"
	"slices"
	"strconv"
	"strings"

	"github.com/rearguard/rearguard/internal/formats"
)

// instance is what a file holds.
type instance struct {
	tasks   []task
	workers [][]int // of each worker: the tasks that it can do, ascending
}

// task is to be done on [start, end), in minutes.
type task struct{ start, end int }

const (
	maxCount = 200_000     // tasks or workers
	maxCan   = 2_000_000   // tasks that workers can do, summed
	maxTime  = 100_000_000 // minutes
)

// reader goes through a file line by line and collects problems.
type reader struct {
	file string
	rest []byte
	line int
	text string // of the line
	can  int    // tasks that workers can do so far
	formats.Problems
}

// problem notes what is wrong at a column, from 1, of the line.
func (r *reader) problem(column int, format string, args ...any) {
	r.Fail(formats.Place{File: r.file, Line: r.line, Column: column}, "", format, args...)
}

// warning notes what is odd at a line.
func (r *reader) warning(line int, format string, args ...any) {
	r.Warn(formats.Place{File: r.file, Line: line, Column: 1}, "", format, args...)
}

// next goes to the next line that holds anything but a comment.
func (r *reader) next() bool {
	for len(r.rest) > 0 {
		var line []byte
		line, r.rest, _ = bytes.Cut(r.rest, []byte("\n"))
		r.line++
		r.text = strings.TrimRight(string(line), " \t\r")
		if s := strings.TrimSpace(r.text); s != "" && s[0] != '#' {
			return true
		}
	}
	r.line, r.text = r.line+1, ""
	return false
}

// instance reads the whole file.
func (r *reader) instance() (in instance) {
	switch kind, ok := r.header("Type", 1_000_000); {
	case !ok:
		return in
	case kind != 1:
		r.problem(1, "Type = %d; only type 1, fixed tasks and a list of tasks for each worker, can be read", kind)
		return in
	}
	jobs, ok := r.header("Jobs", maxCount)
	if !ok {
		return in
	}
	var at []int // line of each task
	for len(in.tasks) < jobs {
		if !r.next() || strings.Contains(r.text, "=") {
			r.problem(1, "%d tasks follow Jobs = %d", len(in.tasks), jobs)
			return in
		}
		in.tasks, at = append(in.tasks, r.task()), append(at, r.line)
	}
	workers, ok := r.header("Qualifications", maxCount)
	if !ok {
		return in
	}
	for len(in.workers) < workers {
		if !r.next() {
			r.problem(1, "%d workers follow Qualifications = %d", len(in.workers), workers)
			return in
		}
		in.workers = append(in.workers, r.worker(jobs))
		if r.can > maxCan {
			r.problem(1, "the workers can do more than %d tasks, summed", maxCan)
			return in
		}
		if !r.Failed() && len(in.workers[len(in.workers)-1]) == 0 {
			r.warning(r.line, "worker %d can do no task; left out", len(in.workers)-1)
		}
	}
	if r.next() {
		r.problem(1, "%s follows the last worker; Jobs or Qualifications is too small", quote(r.text))
	}
	if !r.Failed() {
		r.orphans(in, at)
	}
	return in
}

// orphans warns of tasks that nobody can do; at has the line of each task.
func (r *reader) orphans(in instance, at []int) {
	done := make([]bool, len(in.tasks))
	any := false
	for _, can := range in.workers {
		for _, j := range can {
			done[j], any = true, true
		}
	}
	if !any {
		r.problem(1, "there are %d tasks and %d workers, and nobody can do anything", len(in.tasks), len(in.workers))
		return
	}
	for j, ok := range done {
		if !ok {
			r.warning(at[j], "nobody can do task %d", j)
		}
	}
}

// header reads a line `key = number`.
func (r *reader) header(key string, most int) (int, bool) {
	if !r.next() {
		r.problem(1, "the file ends before %s = ...; an instance has Type, Jobs and Qualifications, in this order", key)
		return 0, false
	}
	name, value, ok := strings.Cut(r.text, "=")
	if !ok || strings.TrimSpace(name) != key {
		r.problem(1, "%s where %s = ... should be; an instance has Type, Jobs and Qualifications, in this order", quote(r.text), key)
		return 0, false
	}
	return r.number(whole(value, len(name)+1), key, most)
}

// field is a word of a line, with its column.
type field struct {
	text   string
	column int
}

// fields are the words of a text that begins after so many bytes of the line.
func fields(text string, before int) iter.Seq[field] {
	return func(yield func(field) bool) {
		for i := 0; i < len(text); {
			if text[i] == ' ' || text[i] == '\t' {
				i++
				continue
			}
			end := i
			for end < len(text) && text[end] != ' ' && text[end] != '\t' {
				end++
			}
			if !yield(field{text[i:end], before + i + 1}) {
				return
			}
			i = end
		}
	}
}

// whole is a text that begins after so many bytes of the line, without the
// blanks around it.
func whole(text string, before int) field {
	trimmed := strings.TrimLeft(text, " \t")
	return field{strings.TrimSpace(text), before + len(text) - len(trimmed) + 1}
}

// number is a whole number from 0 to most.
func (r *reader) number(f field, what string, most int) (int, bool) {
	n, err := strconv.Atoi(f.text)
	switch {
	case err != nil:
		r.problem(f.column, "%s %s is not a whole number", what, quote(f.text))
	case n < 0 || n > most:
		r.problem(f.column, "%s %d is not between 0 and %d", what, n, most)
	default:
		return n, true
	}
	return 0, false
}

// task reads a line `start end`.
func (r *reader) task() task {
	var f []field
	for x := range fields(r.text, 0) {
		if f = append(f, x); len(f) > 2 {
			break
		}
	}
	if len(f) != 2 {
		r.problem(1, "a task is its start and its end, two numbers, not %s", quote(r.text))
		return task{}
	}
	start, ok := r.number(f[0], "start", maxTime)
	end, good := r.number(f[1], "end", maxTime)
	if ok && good && end <= start {
		r.problem(f[1].column, "the end %d is not after the start %d", end, start)
	}
	return task{start, end}
}

// worker reads a line `n: task task ...`.
func (r *reader) worker(jobs int) (can []int) {
	before, list, ok := strings.Cut(r.text, ":")
	if !ok {
		r.problem(1, "a worker is a count, a colon and so many tasks, not %s", quote(r.text))
		return nil
	}
	n, ok := r.number(whole(before, 0), "the count", jobs)
	words := 0
	for f := range fields(list, len(before)+1) {
		words++
		if j, ok := r.number(f, "task", jobs-1); ok && words <= jobs {
			can = append(can, j)
		}
	}
	if r.can += words; ok && n != words {
		r.problem(1, "the count is %d, but %d tasks follow", n, words)
	}
	slices.Sort(can)
	return slices.Compact(can)
}

// quote quotes a text of the file, cut to a readable length.
func quote(s string) string {
	const most = 40
	if r := []rune(s); len(r) > most {
		s = string(r[:most]) + "…"
	}
	return strconv.Quote(s)
}
