#!/bin/sh
# Collect the texts of the code into the Korean catalogue and compile it: run after texts changed, then translate what is
# new in fhirdesk.po, and run again.
set -eu
cd "$(dirname "$0")/.."
BIN=${BIN:-.venv/bin}
LOCALE=fhirdesk/i18n/locale
POT=$(mktemp)
trap 'rm -f "$POT"' EXIT
"$BIN/pybabel" --quiet extract --keyword=N_ --no-location --sort-output --width=120 --omit-header -o "$POT" fhirdesk ui
"$BIN/pybabel" --quiet update -i "$POT" -d $LOCALE -D fhirdesk -l ko --no-fuzzy-matching --ignore-obsolete \
    --ignore-pot-creation-date --width=120
"$BIN/pybabel" --quiet compile -d $LOCALE -D fhirdesk --statistics
