#!/usr/bin/env bash
# What a newcomer does on a machine with python3, python3-venv, make and git: clone, then the commands at the top of the
# README, word for word, at the smoke scale. Usage: steps.sh REPOSITORY, in an empty folder; outcomes go to steps.md and
# run.md there.
set -euo pipefail
here=$PWD

# The Makefile passes these on to Snakemake; no command of the README has to be changed for it.
export ARGS="--configfile config/smoke.yaml"

note() { # note STEP OUTCOME SECONDS: a row of the table of outcomes
    echo "| $1 | $2 | $3 |" >>"$here/steps.md"
}

step() { # step NAME COMMAND...: run the command; a failure ends the script
    local name=$1 start=$SECONDS status=0
    shift
    echo "== $name"
    "$@" || status=$?
    if ((status)); then
        note "$name" "**failed** (status $status)" $((SECONDS - start))
        echo "== $name: failed with status $status after $((SECONDS - start)) s"
        exit "$status"
    fi
    note "$name" passed $((SECONDS - start))
    echo "== $name: $((SECONDS - start)) s"
}

first_commands() { # the first block of make commands of the README, without comments
    awk '/^    make /{sub(/[ \t]*#.*/, ""); sub(/^ +/, ""); print; found = 1; next} found {exit}' README.md
}

step "git clone" git clone --quiet "$1" bornscape
cd bornscape
mapfile -t commands < <(first_commands)
if ((${#commands[@]} != 2)); then
    note "README.md" "**failed**: expected two commands, got ${#commands[@]}" 0
    echo "README.md: expected a first block of two make commands, got: ${commands[*]:-none}" >&2
    exit 1
fi
begun=$(date +%s)
for command in "${commands[@]}"; do
    # shellcheck disable=SC2086 # words of a command
    step "\`$command\`" $command
done
step "artifact contract" .venv/bin/python -m bornscape.run.contract results/smoke

.venv/bin/python - "$begun" >"$here/run.md" <<'END'
"""What the run was: its environment, its jobs and its verdicts."""
import json
import sys
from pathlib import Path

run = Path("results/smoke")
manifest = json.loads((run / "manifest.json").read_text())
claims = json.loads((run / "claims.json").read_text())
environment = Path(".venv/.installed").stat().st_mtime - int(sys.argv[1])
jobs = sum(rule["jobs"] for rule in manifest["cost"].values())
seconds = sum(rule["cpu_seconds"] for rule in manifest["cost"].values())
verdicts = ", ".join(f"{count} {verdict}" for verdict, count in claims.items() if count)
print(f"Of the first command's time {environment:.0f} s went into the environment. The workflow ran {jobs:.0f} jobs "
      f"in {seconds:.0f} s of CPU time and left {len(manifest['artifacts'])} artifacts. Claims: {verdicts}.")
END
cat "$here/run.md"
