import sys

import pandas as pd

claims = pd.read_csv(snakemake.input[0])
against = claims[claims["verdict"] == "contradicted"]
lines = [f"{row.claim}: {row.verdict}. {row.evidence}" for row in claims.itertuples()]
with open(snakemake.log[0], "w", encoding="utf-8") as log:
    log.write("\n".join(lines) + "\n")
print("\n".join(f"{row.verdict:>13}  {row.claim}" for row in claims.itertuples()))
if len(against):
    sys.exit(f"{len(against)} of {len(claims)} claims contradicted: {', '.join(against['claim'])}")
