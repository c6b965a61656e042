# SPDX-License-Identifier: EUPL-1.2
# The front door. Everything else is meson's.
#
#   make          install what is missing, build build/rathaus
#   make run      start the demonstration town on http://127.0.0.1:8080
#   make test     every test
#   make bench    every promise of speed, measured
#   make lint     layout, static analysis, licences
#   make fuzz     every parser, SECONDS each (60)
#   make faults kill-runs malformed histories twin-long   the long forms of tests
#   make fresh    both commands on a minimal Debian 12 made for it
#   make clean

LISTEN ?= 127.0.0.1:8080
DATA ?= rathaus-data
SECONDS ?= 60

.PHONY: all build run test bench lint fuzz fresh faults kill-runs malformed histories twin-long clean

all: build

build:
	@scripts/need.sh build
	@[ -x build/rathaus ] || echo "Building: a few minutes, the first time"
	@[ -f build/build.ninja ] || meson setup build >/dev/null
	@ninja -C build $$([ -t 1 ] || echo --quiet) house

run: build
	@exec build/rathaus serve --data $(DATA) --listen $(LISTEN) --demo

test:
	@scripts/need.sh test
	@tests/run.sh

# The long form of the fault tests: 200 rounds of kill -9 under load.
faults: build
	@scripts/need.sh test
	@RATHAUS_ROUNDS=200 node --test tests/scenarios/kill.test.mjs

# The annual run killed at 100 random moments.
kill-runs: build
	@scripts/need.sh test
	@RATHAUS_KILLS=100 node --test tests/scenarios/run.test.mjs

# The town's measured values: killed 100 times under ingest, and asked a million things that are nearly right.
malformed: build
	@scripts/need.sh test
	@RATHAUS_ROUNDS=100 node --test tests/scenarios/city_faults.test.mjs
	@RATHAUS_REQUESTS=1000000 node --test tests/scenarios/city_malformed.test.mjs

# Random histories of charges, payments, decisions and collections beside a model, 10,000 of each kind.
histories: build
	@ninja -C build --quiet pay_history_test pay_claims_history_test pay_round_test
	@for test in history claims_history round; do HISTORIES=10000 build/pay_$${test}_test || exit 1; done

# The flow solver's tests with the finest grids and 3,000 random towns.
twin-long: build
	@scripts/need.sh test
	@FLOW_LONG=1 meson test -C build --timeout-multiplier 20 twin/flow/basin_test twin/flow/random_test

bench: build
	@scripts/need.sh bench
	@bench/run.sh

lint:
	@scripts/need.sh lint
	@scripts/lint.sh

fuzz:
	@scripts/need.sh fuzz
	@scripts/fuzz.sh $(SECONDS)

fresh:
	@scripts/need.sh fresh
	@scripts/fresh.sh

clean:
	@rm -rf build build-*
