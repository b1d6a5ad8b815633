.DEFAULT_GOAL := help

VERSION ?= $(shell git describe --tags --always --dirty 2>/dev/null || echo development)
LDFLAGS := -s -w -X github.com/rearguard/rearguard/internal/cli.version=$(VERSION)

LINTER_VERSION := v2.15.0
LINTER := bin/golangci-lint-$(LINTER_VERSION)

BENCHSTAT_VERSION := v0.0.0-20260908200009-22c9c6c9d4da
BENCHSTAT := bin/benchstat-$(BENCHSTAT_VERSION)

help: ## list what can be made
	@grep -hE '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | awk -F':.*## ' '{printf "  make %-14s %s\n", $$1, $$2}'

build: ## build bin/rearguard, one static binary
	CGO_ENABLED=0 go build -trimpath -ldflags '$(LDFLAGS)' -o bin/rearguard ./cmd/rearguard

demo: build ## plan the reassurance example for 40 seconds and print the page
	bin/rearguard plan examples/reassurance.yaml --time 40s

demo-web: build ## plan the reassurance example and open its page in the browser
	bin/rearguard serve examples/reassurance.yaml --open

test: ## run every test, and name those that this machine could not run
	go run ./internal/suite ./...

# What works side by side. A site for each operation makes the server's tests the longest.
RACED := ./internal/engine ./planner ./internal/jobs ./internal/server/... ./internal/store ./internal/group

test-race: ## run what works side by side under the race detector, with fewer random cases; needs a C compiler
	go test -race -short -timeout 20m $(RACED)

lint: $(LINTER) ## check format, style and the arrows between packages
	$(LINTER) run ./...

# Built by this Go through the module proxy, so that it knows the language version of the code.
$(LINTER):
	mkdir -p bin
	GOBIN=$(CURDIR)/bin go install github.com/golangci/golangci-lint/v2/cmd/golangci-lint@$(LINTER_VERSION)
	mv bin/golangci-lint $@

web: ## build web/dist, which is committed, from its TypeScript, and run its unit tests; needs Node.js
	cd web && npm ci --no-audit --no-fund --loglevel=error && npm run build && npm test

bench-web: build ## measure the page in the browser: how soon it is interactive, how smoothly the Gantt chart scrolls
	node web/journeys/speed.mjs bin/rearguard

pictures: ## follow the browser journeys and take the pictures of docs/guide/app.md
	RG_PICTURES=1 go test ./web -run 'TestJourneys|TestRestarts' -count 1

BENCH := go run -ldflags '-X main.version=$(VERSION)' ./bench

bench: ## measure everything on this machine, as long as it takes
	$(BENCH)

bench-standard: ## the same in 40 minutes at most, 25 without other solvers
	$(BENCH) -mode standard

bench-quick: ## the same in about ten minutes: up to 10,000 units, shorter times
	$(BENCH) -mode quick

bench-peers: ## install the other solvers that bench measures: CP-SAT, HiGHS, CBC, Timefold
	bench/peers/setup

COUNT ?= 6

bench-go: ## print Go's benchmarks COUNT times for benchstat: make bench-go > new.txt
	@go test -run '^$$' -bench . -count $(COUNT) ./internal/...

bench-stat: $(BENCHSTAT) ## compare two outputs of bench-go: make bench-stat OLD=old.txt NEW=new.txt
	@$(BENCHSTAT) $(OLD) $(NEW)

$(BENCHSTAT):
	mkdir -p bin
	GOBIN=$(CURDIR)/bin go install golang.org/x/perf/cmd/benchstat@$(BENCHSTAT_VERSION)
	mv bin/benchstat $@

release: ## zip binaries for Windows, macOS and Linux with checksums into dist/
	go run ./internal/release -version '$(VERSION)'

.PHONY: help build demo demo-web test test-race lint web bench-web pictures bench bench-standard bench-quick bench-go bench-stat release
