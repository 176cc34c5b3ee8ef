# One target for each result and each figure: snakemake --cores N theorem_2.

for name in SHOWN.targets:

    rule:
        name:
            name
        input:
            SHOWN.target_files(name),
