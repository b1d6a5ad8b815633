package auth

import (
	"fmt"
	"net/http"
	"sync"
	"time"
)

// throttle slows guessing down: after some failures, an address or an account has to
// wait, longer each time.
type throttle struct {
	mu  sync.Mutex
	all map[string]*failures
}

type failures struct {
	n     int
	until time.Time
	last  time.Time
}

// freeTries may fail before anybody has to wait; mostKeys is how many keys are remembered.
const (
	freeTries  = 5
	mostKeys   = 10_000
	forgetTime = 15 * time.Minute
)

// check refuses a try while one of the keys has to wait.
func (t *throttle) check(now time.Time, keys ...string) error {
	t.mu.Lock()
	defer t.mu.Unlock()
	left := time.Duration(0)
	for _, k := range keys {
		if f := t.all[k]; f != nil {
			left = max(left, f.until.Sub(now))
		}
	}
	if left <= 0 {
		return nil
	}
	left = left.Truncate(time.Second) + time.Second
	return &Refused{Status: http.StatusTooManyRequests, Detail: fmt.Sprintf("too many failures; wait %d seconds", int(left.Seconds())), Wait: left}
}

func (t *throttle) failed(now time.Time, keys ...string) {
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.all == nil {
		t.all = map[string]*failures{}
	}
	if len(t.all) > mostKeys {
		for k, f := range t.all {
			if now.Sub(f.last) > forgetTime {
				delete(t.all, k)
			}
		}
	}
	for _, k := range keys {
		f := t.all[k]
		if f == nil || now.Sub(f.last) > forgetTime {
			f = &failures{}
			t.all[k] = f
		}
		f.n, f.last = f.n+1, now
		if over := f.n - freeTries; over >= 0 {
			f.until = now.Add(min(forgetTime, time.Second<<min(over, 9)))
		}
	}
}

func (t *throttle) passed(keys ...string) {
	t.mu.Lock()
	defer t.mu.Unlock()
	for _, k := range keys {
		delete(t.all, k)
	}
}
