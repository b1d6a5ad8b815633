package server

import (
	"context"
	"crypto/rand"
	"crypto/subtle"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"strings"
	"sync"
	"time"

	"github.com/danielgtaylor/huma/v2"
	"golang.org/x/crypto/argon2"

	"github.com/rearguard/rearguard/internal/access"
	"github.com/rearguard/rearguard/internal/store"
)

const (
	cookieName  = "rearguard_session"
	sessionTime = 12 * time.Hour
	inviteTime  = 7 * 24 * time.Hour
	shareTime   = 30 * 24 * time.Hour
	tokenTime   = 365 * 24 * time.Hour
)

// who is the one that a request comes from.
type who struct {
	person *store.Person // nil if nobody has signed in
	secret *store.Secret // session or token; nil if nobody has to sign in
	reads  bool          // a token that may only read
	origin string
	id     string // of the request
}

func whoOf(ctx context.Context) *who {
	w, _ := ctx.Value(whoKey).(*who)
	if w == nil {
		return &who{}
	}
	return w
}

// by is the one for the record.
func (w *who) by() store.By {
	name := "nobody"
	if w.person != nil {
		name = w.person.ID
	}
	return store.By{Who: name, Origin: w.origin, Request: w.id}
}

// over reports whether the session or the token has expired.
func (w *who) over() bool { return w.secret != nil && w.secret.Expires.Before(time.Now()) }

// viewer is what the one may see.
func (w *who) viewer() access.Viewer {
	if w.person == nil {
		return access.Viewer{}
	}
	return access.Viewer{All: w.person.Role == store.Coordinator, Contributor: w.person.Contributor}
}

// need is who may call an operation. What is seen or changed by it is decided again for
// each record.
type need int

const (
	anybody     need = iota
	signs            // whoever has signed in
	edits            // not viewers
	plans            // coordinators and planners
	coordinates      // coordinators
)

var needText = map[need]string{anybody: "anybody", signs: "whoever has signed in", edits: "coordinators, planners and liaisons", plans: "coordinators and planners", coordinates: "coordinators"}

func (n need) met(w *who) bool {
	if n == anybody {
		return true
	}
	if w.person == nil {
		return false
	}
	switch w.person.Role {
	case store.Coordinator:
		return true
	case store.Planner:
		return n <= plans
	case store.Liaison:
		return n <= edits
	default:
		return n <= signs
	}
}

// refusal says why a need is not met, as an HTTP status and words.
func (n need) refusal(w *who, method string) (status int, detail string) {
	switch {
	case n != anybody && w.person == nil:
		return http.StatusUnauthorized, "sign in first: with POST /api/session, or a token as Authorization: Bearer"
	case !n.met(w):
		return http.StatusForbidden, fmt.Sprintf("this is for %s; you are a %s", needText[n], w.person.Role)
	case w.reads && method != http.MethodGet && method != http.MethodHead:
		return http.StatusForbidden, "this token may only read"
	}
	return 0, ""
}

// signed guards a handler that is no operation.
func (x *Server) signed(n need, next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if status, detail := n.refusal(whoOf(r.Context()), r.Method); status != 0 {
			fail(w, r, status, detail)
			return
		}
		next.ServeHTTP(w, r)
	})
}

// identify finds who a request comes from: by the session's cookie or by a token, or who
// everybody is that comes without.
func (x *Server) identify(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		id, _ := r.Context().Value(requestKey).(string)
		one := &who{origin: origin(r), id: id}
		kind, value := store.Session, ""
		if c, err := r.Cookie(cookieName); err == nil {
			value = c.Value
		}
		if bearer, ok := strings.CutPrefix(r.Header.Get("Authorization"), "Bearer "); ok {
			kind, value = store.Token, bearer
		}
		if value != "" {
			if err := x.prove(r.Context(), one, kind, value); err != nil {
				if !errors.Is(err, store.ErrNotFound) {
					x.log.Error("cannot identify a request", "request", id, "error", err)
					fail(w, r, http.StatusServiceUnavailable, "the database does not answer; try again")
					return
				}
				if kind == store.Token {
					fail(w, r, http.StatusUnauthorized, "the token is unknown, taken back or has expired")
					return
				}
			}
		}
		if one.person == nil && x.local != nil {
			one.person = x.local.Person
		}
		next.ServeHTTP(w, r.WithContext(context.WithValue(r.Context(), whoKey, one)))
	})
}

func (x *Server) prove(ctx context.Context, one *who, kind, value string) error {
	secret, err := x.store.Proven(ctx, kind, value)
	if err != nil {
		return err
	}
	p, err := x.store.Person(ctx, secret.Person)
	if err != nil {
		return err
	}
	if p.Disabled {
		return store.ErrNotFound
	}
	var grants struct {
		Scope string `json:"scope"`
	}
	_ = json.Unmarshal(secret.Grants, &grants)
	one.person, one.secret, one.reads = p, secret, kind == store.Token && grants.Scope != "write"
	return nil
}

// register adds an operation that who has the need may call.
func register[I, O any](x *Server, n need, o huma.Operation, do func(context.Context, *I) (*O, error)) {
	o.OperationID = operationID(o.Method, o.Path)
	o.Description = strings.TrimSpace(o.Description + "\n\nFor " + needText[n] + ".")
	if n != anybody {
		o.Security = []map[string][]string{{"session": {}}, {"token": {}}}
	}
	o.Middlewares = append(huma.Middlewares{func(ctx huma.Context, next func(huma.Context)) {
		if status, detail := n.refusal(whoOf(ctx.Context()), ctx.Method()); status != 0 {
			_ = huma.WriteErr(x.api, ctx, status, detail)
			return
		}
		next(ctx)
	}}, o.Middlewares...)
	x.needs[o.OperationID] = n
	huma.Register(x.api, o, func(ctx context.Context, in *I) (*O, error) {
		out, err := do(ctx, in)
		if err != nil {
			return nil, x.problem(ctx, err)
		}
		return out, nil
	})
}

func operationID(method, path string) string {
	return strings.ToLower(method) + strings.NewReplacer("/api", "", "/", "-", "{", "", "}", "").Replace(path)
}

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

// freeTries may fail before anybody has to wait; most is how many keys are remembered.
const (
	freeTries  = 5
	mostKeys   = 10_000
	forgetTime = 15 * time.Minute
)

// wait is how long none of the keys may be tried.
func (t *throttle) wait(now time.Time, keys ...string) (left time.Duration) {
	t.mu.Lock()
	defer t.mu.Unlock()
	for _, k := range keys {
		if f := t.all[k]; f != nil {
			left = max(left, f.until.Sub(now))
		}
	}
	return left
}

func (t *throttle) failed(now time.Time, keys ...string) {
	t.mu.Lock()
	defer t.mu.Unlock()
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

// The cost of a password, after the second choice of RFC 9106, section 4: 64 MiB, 3
// passes.
const (
	argonPasses  = 3
	argonMemory  = 64 << 10 // KiB
	argonThreads = 4
	argonKey     = 32
)

// leastPassword is the least length of a password (NIST SP 800-63B asks for 8; a
// passphrase is easier to keep than rules).
const leastPassword = 10

// one at a time, so that guesses cannot exhaust the memory.
var hashing sync.Mutex

// hashPassword is the PHC string of a password.
func hashPassword(password string) string {
	salt := make([]byte, 16)
	_, _ = rand.Read(salt) // never fails
	hashing.Lock()
	defer hashing.Unlock()
	key := argon2.IDKey([]byte(password), salt, argonPasses, argonMemory, argonThreads, argonKey)
	e := base64.RawStdEncoding.EncodeToString
	return fmt.Sprintf("$argon2id$v=%d$m=%d,t=%d,p=%d$%s$%s", argon2.Version, argonMemory, argonPasses, argonThreads, e(salt), e(key))
}

// nobodys is hashed where there is no account, so that the time taken does not tell.
var nobodys = sync.OnceValue(func() string { return hashPassword("nobody has this password") })

// passes compares a password with its hash.
func passes(hash, password string) bool {
	known := hash != ""
	if !known {
		hash = nobodys()
	}
	var version, passes, memory, threads int
	var salt, key string
	parts := strings.Split(hash, "$")
	if len(parts) != 6 || parts[1] != "argon2id" {
		return false
	}
	if _, err := fmt.Sscanf(parts[2]+" "+parts[3], "v=%d m=%d,t=%d,p=%d", &version, &memory, &passes, &threads); err != nil {
		return false
	}
	salt, key = parts[4], parts[5]
	s, err := base64.RawStdEncoding.DecodeString(salt)
	k, also := base64.RawStdEncoding.DecodeString(key)
	if err != nil || also != nil {
		return false
	}
	hashing.Lock()
	defer hashing.Unlock()
	got := argon2.IDKey([]byte(password), s, uint32(passes), uint32(memory), uint8(threads), uint32(len(k)))
	return subtle.ConstantTimeCompare(got, k) == 1 && known
}
