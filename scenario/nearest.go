package scenario

// Nearest returns the name that a misspelt one most likely means, or "" if none
// is near: at most a third of its letters inserted, dropped, changed or swapped
// with the next (optimal string alignment distance). Of equals the first wins.
func Nearest(name string, among []string) string {
	best, least := "", max(1, len([]rune(name))/3)+1
	for _, candidate := range among {
		if d := distance([]rune(name), []rune(candidate), least); d < least {
			best, least = candidate, d
		}
	}
	return best
}

// distance counts the edits from a to b, or returns limit if there are as many.
func distance(a, b []rune, limit int) int {
	if len(a)-len(b) >= limit || len(b)-len(a) >= limit {
		return limit
	}
	before, last, row := make([]int, len(b)+1), make([]int, len(b)+1), make([]int, len(b)+1)
	for j := range last {
		last[j] = j
	}
	for i := 1; i <= len(a); i++ {
		row[0] = i
		for j := 1; j <= len(b); j++ {
			change := 1
			if a[i-1] == b[j-1] {
				change = 0
			}
			row[j] = min(last[j]+1, row[j-1]+1, last[j-1]+change)
			if i > 1 && j > 1 && a[i-1] == b[j-2] && a[i-2] == b[j-1] {
				row[j] = min(row[j], before[j-2]+1)
			}
		}
		before, last, row = last, row, before
	}
	return min(limit, last[len(b)])
}
