import sys
from pathlib import Path

import pandas as pd

claims = pd.read_csv(snakemake.input[0])
against = set(claims.loc[claims["verdict"] == "contradicted", "claim"])
kept = [pd.read_csv(path) for path in snakemake.params.kept if Path(path).exists()]
known = {claim for run in kept for claim in run.loc[run["verdict"] == "contradicted", "claim"]}
lines = [f"{row.claim}: {row.verdict}. {row.evidence}" for row in claims.itertuples()]
with open(snakemake.log[0], "w", encoding="utf-8") as log:
    log.write("\n".join(lines) + "\n")
print("\n".join(f"{row.verdict:>13}  {row.claim}" for row in claims.itertuples()))
if against & known:
    print(f"contradicted here as in the kept runs (docs/findings.md): {', '.join(sorted(against & known))}")
if new := sorted(against - known):
    sys.exit(f"{len(new)} of {len(claims)} claims contradicted, and in no kept run: {', '.join(new)}")
