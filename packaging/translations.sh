#!/bin/sh
# Collect the window's texts into the .ts file and compile it: run after texts changed, then translate what is new.
set -eu
cd "$(dirname "$0")/.."
TS=resources/i18n/fhirdesk_ko.ts
BIN=${BIN:-.venv/bin}
"$BIN/pyside6-lupdate" -silent -extensions py -locations none -no-obsolete -source-language en -target-language ko_KR \
    -tr-function-alias QT_TRANSLATE_NOOP+=mark $(git ls-files 'ui/*.py' | sort) -ts "$TS"
"$BIN/pyside6-lrelease" -silent "$TS" -qm "${TS%.ts}.qm"
