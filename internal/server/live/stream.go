package live

import (
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"time"

	"github.com/rearguard/rearguard/internal/server/auth"
)

// ContentType is that of server-sent events.
const ContentType = "text/event-stream"

// write writes an event as it goes over the connection.
func write(w io.Writer, name string, data []byte) error {
	_, err := fmt.Fprintf(w, "event: %s\ndata: %s\n\n", name, data)
	return err
}

// alive is the pause between two signs of life, patience how long a connection may take
// nothing until it is taken for gone.
const (
	alive    = 15 * time.Second
	patience = 20 * time.Second
)

// Serve streams what happens to a scenario until its reader goes, does not keep up, or is
// no longer who it was, which good says; the reader joins again and reads what it shows
// anew. The error is of an event that cannot be written.
func (h *Hub) Serve(w http.ResponseWriter, r *http.Request, principal *auth.Principal, scenario string, hello Event, good func() bool) error {
	s := &subscriber{scenario: scenario, principal: principal, events: make(chan Event, behind), lost: make(chan struct{})}
	defer h.join(s)()
	out := http.NewResponseController(w)
	defer func() { _ = out.SetWriteDeadline(time.Time{}) }()
	w.Header().Set("Content-Type", ContentType)
	send := func(e Event) (more bool, err error) {
		b, err := json.Marshal(e.Data)
		if err != nil {
			return false, fmt.Errorf("write the event %s: %w", e.Name, err)
		}
		_ = out.SetWriteDeadline(time.Now().Add(patience)) //nolint:forbidigo // the connection goes by the machine's clock
		return write(w, e.Name, b) == nil && out.Flush() == nil, nil
	}
	tick := time.NewTicker(alive)
	defer tick.Stop()
	for next := hello; ; {
		if more, err := send(next); !more {
			return err
		}
		select {
		case <-r.Context().Done():
			return nil
		case <-s.lost:
			return nil
		case next = <-s.events:
		case <-tick.C:
			if !good() {
				return nil
			}
			next = Event{"alive", struct{}{}}
		}
	}
}
