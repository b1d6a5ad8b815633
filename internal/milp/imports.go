package milp

import (
	"context"
	"encoding/binary"
	"fmt"
	"time"

	"github.com/tetratelabs/wazero"
	"github.com/tetratelabs/wazero/api"
)

// trap is what HiGHS ended itself with.
type trap string

func (t trap) Error() string { return string(t) }

// clock is what HiGHS takes for the time.
type clock struct {
	start time.Time
	real  bool // else each look is a tick, so that time can decide nothing
	ticks time.Duration
}

// tick is how far each look takes a clock that is not real.
const tick = time.Microsecond

type clockKey struct{}

func withClock(ctx context.Context, limited bool) context.Context {
	return context.WithValue(ctx, clockKey{}, &clock{start: time.Now(), real: limited})
}

// ended is what HiGHS is stopped with when its context has ended: it comes out of
// the call as an error, and the instance is closed.
type ended struct{ error }

func (e ended) Unwrap() error { return e.error }

// goOn stops HiGHS if its context has ended. It cannot be told by the clock: HiGHS
// takes differences, and the first look may come after the end.
func goOn(ctx context.Context) {
	if err := ctx.Err(); err != nil {
		panic(ended{err})
	}
}

// now is the time since the start.
func now(ctx context.Context) time.Duration {
	goOn(ctx)
	c, ok := ctx.Value(clockKey{}).(*clock)
	if !ok {
		return 0
	}
	if c.real {
		return time.Since(c.start)
	}
	c.ticks += tick
	return c.ticks
}

// Error numbers of the C library that HiGHS was built with.
const (
	badFile      = 8
	noEntry      = 44
	notSupported = 59
	pageSize     = 1 << 16
	mostPages    = 1 << 15 // 2 GiB
)

// hostFunctions are what HiGHS needs of its surroundings: a clock, memory and
// an end. It has no files, no environment, and what it prints is dropped.
// The keys are the names in the glue code of the package.
var hostFunctions = map[string]any{
	"__cxa_throw": func(_ context.Context, _ api.Module, _, _, _ uint32) {
		panic(trap("an exception was thrown; most often it is out of memory (2 GiB)"))
	},
	"_abort_js": func(context.Context, api.Module) { panic(trap("aborted")) },
	"exit":      func(_ context.Context, _ api.Module, code uint32) { panic(trap(fmt.Sprintf("exit %d", code))) },
	"proc_exit": func(_ context.Context, _ api.Module, code uint32) { panic(trap(fmt.Sprintf("exit %d", code))) },

	"emscripten_date_now": func(ctx context.Context, _ api.Module) float64 { return now(ctx).Seconds() * 1000 },
	"emscripten_get_now":  func(ctx context.Context, _ api.Module) float64 { return now(ctx).Seconds() * 1000 },
	"clock_time_get": func(ctx context.Context, m api.Module, _ uint32, _ uint64, result uint32) uint32 {
		m.Memory().WriteUint64Le(result, uint64(now(ctx)))
		return 0
	},
	"_tzset_js": func(_ context.Context, m api.Module, zone, daylight, _, _ uint32) {
		m.Memory().WriteUint32Le(zone, 0)
		m.Memory().WriteUint32Le(daylight, 0)
	},
	"_setitimer_js": func(context.Context, api.Module, uint32, float64) uint32 { return 0 },

	"emscripten_resize_heap": resizeHeap,

	"environ_get": func(context.Context, api.Module, uint32, uint32) uint32 { return 0 },
	"environ_sizes_get": func(_ context.Context, m api.Module, count, size uint32) uint32 {
		m.Memory().WriteUint32Le(count, 0)
		m.Memory().WriteUint32Le(size, 0)
		return 0
	},
	"__syscall_fcntl64":                   func(context.Context, api.Module, uint32, uint32, uint32) int32 { return 0 },
	"__syscall_ioctl":                     func(context.Context, api.Module, uint32, uint32, uint32) int32 { return -notSupported },
	"__syscall_openat":                    func(context.Context, api.Module, uint32, uint32, uint32, uint32) int32 { return -noEntry },
	"fd_close":                            func(context.Context, api.Module, uint32) uint32 { return 0 },
	"fd_read":                             func(context.Context, api.Module, uint32, uint32, uint32, uint32) uint32 { return badFile },
	"fd_seek":                             func(context.Context, api.Module, uint32, uint64, uint32, uint32) uint32 { return badFile },
	"fd_write":                            dropOutput,
	"_emscripten_runtime_keepalive_clear": func(context.Context, api.Module) {},
}

// resizeHeap grows by a fifth at least, for growing copies the memory.
func resizeHeap(ctx context.Context, m api.Module, wanted uint32) uint32 {
	goOn(ctx)
	have := m.Memory().Size() / pageSize
	need := uint32((uint64(wanted) + pageSize - 1) / pageSize)
	if need > mostPages {
		return 0
	}
	to := min(max(need, have+have/5), mostPages)
	if to > have {
		if _, ok := m.Memory().Grow(to - have); !ok {
			return 0
		}
	}
	return 1
}

func dropOutput(ctx context.Context, m api.Module, _, vectors, count, written uint32) uint32 {
	goOn(ctx)
	total := uint32(0)
	data, ok := m.Memory().Read(vectors, 8*count)
	if !ok {
		return badFile
	}
	for k := range count {
		total += binary.LittleEndian.Uint32(data[8*k+4:])
	}
	m.Memory().WriteUint32Le(written, total)
	return 0
}

func serveImports(ctx context.Context, runtime wazero.Runtime) error {
	module := runtime.NewHostModuleBuilder("a")
	for name, short := range importNames {
		function, known := hostFunctions[name]
		if !known {
			return fmt.Errorf("HiGHS needs %s, which is not served", name)
		}
		module = module.NewFunctionBuilder().WithFunc(function).Export(short)
	}
	_, err := module.Instantiate(ctx)
	return err
}
