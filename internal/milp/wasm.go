package milp

import (
	"bytes"
	"compress/gzip"
	"context"
	_ "embed" // for the solver
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"math"
	"os"
	"path/filepath"
	"sync"
	"time"

	"github.com/tetratelabs/wazero"
	"github.com/tetratelabs/wazero/api"

	"github.com/rearguard/rearguard/internal/group"
)

//go:generate go run ./generate

//go:embed highs/highs.wasm.gz
var highsCompressed []byte

// highs is HiGHS, compiled. Compiling takes seconds, once on a machine: the
// result is kept in the user's cache folder.
type highs struct {
	runtime wazero.Runtime
	module  wazero.CompiledModule
}

// loading is HiGHS on its way: highs or err hold once done is closed.
type loading struct {
	done  chan struct{}
	highs *highs
	err   error
}

// loadHighs starts to load HiGHS, once. It goes on when those who asked first have
// left: the next will want it too.
var loadHighs = sync.OnceValue(func() *loading {
	l := &loading{done: make(chan struct{})}
	go func() {
		defer close(l.done)
		l.err = group.Call(func() (err error) {
			l.highs, err = compileHighs(context.Background(), openCache())
			return err
		})
		if l.err != nil {
			l.err = fmt.Errorf("load HiGHS: %w", l.err)
		}
	}()
	return l
})

// openCache returns nil where there is no folder to write to: then every run
// compiles.
func openCache() wazero.CompilationCache {
	folder, err := os.UserCacheDir()
	if err != nil {
		return nil
	}
	cache, err := wazero.NewCompilationCacheWithDir(filepath.Join(folder, "rearguard", "wasm"))
	if err != nil {
		return nil
	}
	return cache
}

func compileHighs(ctx context.Context, cache wazero.CompilationCache) (*highs, error) {
	unzip, err := gzip.NewReader(bytes.NewReader(highsCompressed))
	if err != nil {
		return nil, err
	}
	code, err := io.ReadAll(unzip)
	if err != nil {
		return nil, err
	}
	// CloseOnContextDone stays off: it makes the solver several times slower.
	config := wazero.NewRuntimeConfig()
	if cache != nil {
		config = config.WithCompilationCache(cache)
	}
	h := &highs{runtime: wazero.NewRuntimeWithConfig(ctx, config)}
	if err := serveImports(ctx, h.runtime); err != nil {
		return nil, err
	}
	if h.module, err = h.runtime.CompileModule(ctx, code); err != nil {
		return nil, err
	}
	return h, nil
}

// instance is one HiGHS with a memory of its own. After an error it is spoilt.
type instance struct {
	ctx    context.Context
	module api.Module
	err    error // the first; later calls do nothing
}

func (h *highs) start(ctx context.Context) (*instance, error) {
	module, err := h.runtime.InstantiateModule(ctx, h.module, wazero.NewModuleConfig().WithName("").WithStartFunctions())
	if err != nil {
		return nil, fmt.Errorf("start HiGHS: %w", err)
	}
	i := &instance{ctx: ctx, module: module}
	if i.call("constructors"); i.err != nil {
		i.close()
		return nil, i.err
	}
	return i, nil
}

// close gives the memory back.
func (i *instance) close() { _ = i.module.Close(context.WithoutCancel(i.ctx)) }

// call returns the first result, or 0. Arguments are addresses, integers and
// doubles as wazero wants them. Nothing is called once ctx has ended.
func (i *instance) call(name string, arguments ...uint64) uint64 {
	if i.err == nil {
		i.err = i.ctx.Err()
	}
	if i.err != nil {
		return 0
	}
	function := i.module.ExportedFunction(exportNames[name])
	if function == nil {
		i.err = fmt.Errorf("HiGHS has no function %s", name)
		return 0
	}
	results, err := function.Call(i.ctx, arguments...)
	if err != nil {
		i.err = fmt.Errorf("HiGHS: %s: %w", name, cause(err))
		return 0
	}
	if len(results) == 0 {
		return 0
	}
	return results[0]
}

// cause leaves out the stack of a trap, which says nothing to a user.
func cause(err error) error {
	var t trap
	var e ended
	switch {
	case errors.As(err, &t):
		return t
	case errors.As(err, &e):
		return e.error
	}
	return err
}

// must calls a function that returns a HiGHS status, where -1 is an error.
func (i *instance) must(name string, arguments ...uint64) {
	if status := int32(i.call(name, arguments...)); status < 0 && i.err == nil {
		i.err = fmt.Errorf("HiGHS: %s failed", name)
	}
}

func (i *instance) allocate(size int) uint32 {
	address := uint32(i.call("malloc", uint64(max(size, 1))))
	if address == 0 && i.err == nil {
		i.err = errors.New("HiGHS: out of memory (2 GiB)")
	}
	return address
}

func (i *instance) put(data []byte) uint64 {
	address := i.allocate(len(data))
	if i.err == nil && !i.module.Memory().Write(address, data) {
		i.err = errors.New("HiGHS: out of memory (2 GiB)")
	}
	return uint64(address)
}

func (i *instance) text(s string) uint64 { return i.put(append([]byte(s), 0)) }

func (i *instance) doubles(count int, value func(int) float64) uint64 {
	data := make([]byte, 0, 8*count)
	for k := range count {
		data = binary.LittleEndian.AppendUint64(data, math.Float64bits(value(k)))
	}
	return i.put(data)
}

func (i *instance) integers(count int, value func(int) int32) uint64 {
	data := make([]byte, 0, 4*count)
	for k := range count {
		data = binary.LittleEndian.AppendUint32(data, uint32(value(k)))
	}
	return i.put(data)
}

func (i *instance) readDoubles(address uint64, count int) []float64 {
	if i.err != nil {
		return nil
	}
	data, ok := i.module.Memory().Read(uint32(address), uint32(8*count))
	if !ok {
		i.err = errors.New("HiGHS: an address outside of its memory")
		return nil
	}
	values := make([]float64, count)
	for k := range values {
		values[k] = math.Float64frombits(binary.LittleEndian.Uint64(data[8*k:]))
	}
	return values
}

func (i *instance) info(h uint64, name string) float64 {
	address := uint64(i.allocate(8))
	i.must("Highs_getDoubleInfoValue", h, i.text(name), address)
	if v := i.readDoubles(address, 1); v != nil {
		return v[0]
	}
	return math.NaN()
}

// solveHere runs HiGHS in this process. A stop by ctx or by time can come
// late, for HiGHS does not look at the clock in all of its phases. A time limit
// counts from the call, the loading of HiGHS included.
func solveHere(ctx context.Context, m *Model, o Options) (Solution, error) {
	return loadHighs().solve(ctx, m, o)
}

// solve waits until HiGHS has been loaded, but not for longer than it may, and runs it.
func (l *loading) solve(ctx context.Context, m *Model, o Options) (Solution, error) {
	began := time.Now()
	var up <-chan time.Time
	if o.TimeLimit > 0 {
		timer := time.NewTimer(o.TimeLimit)
		defer timer.Stop()
		up = timer.C
	}
	select {
	case <-l.done:
	case <-ctx.Done():
	case <-up:
		return startOrNothing(m, o), nil
	}
	if err := ctx.Err(); err != nil {
		return Solution{}, err
	}
	if l.err != nil {
		return Solution{}, l.err
	}
	if o.TimeLimit > 0 {
		o.TimeLimit = max(o.TimeLimit-time.Since(began), time.Millisecond)
	}
	i, err := l.highs.start(withClock(ctx, o.TimeLimit > 0))
	if err != nil {
		return Solution{}, err
	}
	defer i.close()
	s := i.solve(m, o)
	return s, i.err
}

// noLimit is the time limit, in seconds, where none is wanted.
const noLimit = 1e8

func (i *instance) solve(m *Model, o Options) Solution {
	h := i.call("Highs_create")
	i.setOptions(h, m, o)
	i.pass(h, m)
	if o.Start != nil && m.HasIntegers() {
		// A warning is fine: a start that breaks a row is repaired or ignored.
		i.must("Highs_setSolution", h, i.doubles(len(o.Start), func(k int) float64 { return o.Start[k] }), 0, 0, 0)
	}
	i.must("Highs_run", h)
	return i.answer(h, m)
}

func (i *instance) setOptions(h uint64, m *Model, o Options) {
	i.must("Highs_setBoolOptionValue", h, i.text("output_flag"), 0)
	number := func(name string, v float64) {
		i.must("Highs_setDoubleOptionValue", h, i.text(name), api.EncodeF64(v))
	}
	whole := func(name string, v int) { i.must("Highs_setIntOptionValue", h, i.text(name), uint64(uint32(v))) }
	limit := noLimit
	switch {
	case o.TimeLimit > 0:
		limit = min(limit, o.TimeLimit.Seconds())
	case o.Looks > 0:
		limit = (time.Duration(o.Looks) * tick).Seconds()
	}
	number("time_limit", limit)
	number("mip_rel_gap", o.Gap)
	number("mip_abs_gap", o.AbsoluteGap)
	whole("threads", 1)
	whole("random_seed", o.Seed)
	if o.NodeLimit > 0 {
		whole("mip_max_nodes", o.NodeLimit)
	}
	if o.Method == InteriorPoint && !m.HasIntegers() {
		i.must("Highs_setStringOptionValue", h, i.text("solver"), i.text("ipm"))
	}
}

func (i *instance) pass(h uint64, m *Model) {
	const byColumn, minimise = 1, 1
	starts, rows, coefficients := m.byColumn()
	columnValues := func(of func(*Column) float64) uint64 {
		return i.doubles(len(m.Columns), func(k int) float64 { return of(&m.Columns[k]) })
	}
	sides := func(of func(*Row) float64) uint64 {
		return i.doubles(len(m.Rows), func(k int) float64 { return of(&m.Rows[k]) })
	}
	arguments := []uint64{
		h, uint64(len(m.Columns)), uint64(len(m.Rows)), uint64(len(rows)), byColumn, minimise, api.EncodeF64(m.Offset),
		columnValues(func(c *Column) float64 { return c.Cost }),
		columnValues(func(c *Column) float64 { return c.Lower }),
		columnValues(func(c *Column) float64 { return c.Upper }),
		sides(func(r *Row) float64 { return r.Lower }),
		sides(func(r *Row) float64 { return r.Upper }),
		i.integers(len(starts), func(k int) int32 { return starts[k] }),
		i.integers(len(rows), func(k int) int32 { return rows[k] }),
		i.doubles(len(rows), func(k int) float64 { return coefficients[k] }),
	}
	pass := "Highs_passLp"
	if m.HasIntegers() {
		pass = "Highs_passMip"
		arguments = append(arguments, i.integers(len(m.Columns), func(k int) int32 {
			if m.Columns[k].Integer {
				return 1
			}
			return 0
		}))
	}
	i.must(pass, arguments...)
	for _, address := range arguments[7:] { // HiGHS has copied them
		i.call("free", address)
	}
}

// statuses are the model statuses of HiGHS that are an answer
// (kHighsModelStatus in highs_c_api.h).
var statuses = map[int32]Status{
	7: Optimal, 8: Infeasible, 9: InfeasibleOrUnbounded, 10: Unbounded, 13: TimeLimit,
	14: NodeLimit, 16: NodeLimit, // the limit of iterations or of solutions: a limit of nodes is reported as the latter
}

func (i *instance) answer(h uint64, m *Model) Solution {
	code := int32(i.call("Highs_getModelStatus", h))
	status, known := statuses[code]
	if !known && i.err == nil {
		i.err = fmt.Errorf("HiGHS gave up with model status %d; is the model well scaled?", code)
	}
	s := Solution{Status: status, Bound: math.Inf(-1)}
	if m.HasIntegers() {
		s.Bound = i.info(h, "mip_dual_bound")
	}
	if violation := i.info(h, "max_primal_infeasibility"); !(violation <= slack) || i.err != nil {
		return s // no solution, or not yet one
	}
	columns := 8 * len(m.Columns)
	x, reduced := uint64(i.allocate(columns)), uint64(i.allocate(columns))
	activity, duals := uint64(i.allocate(8*len(m.Rows))), uint64(i.allocate(8*len(m.Rows)))
	i.must("Highs_getSolution", h, x, reduced, activity, duals)
	s.X = i.readDoubles(x, len(m.Columns))
	s.ReducedCosts = i.readDoubles(reduced, len(m.Columns))
	s.RowDuals = i.readDoubles(duals, len(m.Rows))
	return s
}
