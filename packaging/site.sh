#!/usr/bin/env bash
# Builds the site of docs/ into build/site: `make docs`. $1: a Python that has the program; $2: where what builds it lives.
# The pages must all be right (--strict), and fetch nothing from another host. Without the packages there is no site:
# that is said, and is an error in CI alone.
set -euo pipefail
cd "$(dirname "$0")/.."
python=$1 tools=$2

if [ ! -f "$tools/.ready" ] || [ docs/requirements.lock -nt "$tools/.ready" ]; then
    "$python" -m venv "$tools"
    if ! "$tools/bin/python" -m pip --quiet --disable-pip-version-check install --require-hashes -r docs/requirements.lock; then
        echo "The site was not built: what docs/requirements.lock names cannot be fetched." >&2
        [ -z "${CI:-}" ]
        exit
    fi
    touch "$tools/.ready"
fi
"$python" -m docs.build pages build/pages
"$tools/bin/zensical" build --clean --strict --config-file build/zensical.toml
"$python" -m docs.build check build/site
echo "The site: build/site/index.html"
