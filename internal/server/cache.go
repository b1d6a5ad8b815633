package server

import "sync"

// cache remembers what was made last, by key.
type cache[T any] struct {
	most  int
	mu    sync.Mutex
	all   map[string]T
	order []string // the oldest first
}

// newCache remembers so many at the most.
func newCache[T any](most int) *cache[T] { return &cache[T]{most: most, all: map[string]T{}} }

func (c *cache[T]) get(key string) (x T, had bool) {
	c.mu.Lock()
	defer c.mu.Unlock()
	x, had = c.all[key]
	return x, had
}

func (c *cache[T]) put(key string, x T) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if _, had := c.all[key]; !had {
		c.order = append(c.order, key)
	}
	c.all[key] = x
	for len(c.order) > c.most {
		delete(c.all, c.order[0])
		c.order = c.order[1:]
	}
}
