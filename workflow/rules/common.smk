# What every stage uses: the checked configuration, the catalogue, the run's folder, and what a script stands on.

import sys

from bornscape.extras import without_url_grammar

without_url_grammar()

from bornscape.planning.catalogue import bandwidths_of
from bornscape.planning.code_behind import code
from bornscape.planning.job_resources import asks, memory, minutes
from bornscape.planning.opening import inert, one_of, open_run, rebuild_options
from bornscape.planning.shown import Shown
from bornscape.planning.targets import target_path
from bornscape.run.forked_jobs import fork_jobs, scripts_of
from bornscape.run.lock import check_writable, hold_run
from bornscape.run.one_timer import use_one_timer
from bornscape.run.same_arithmetic import use_shared_instructions
from bornscape.tables.verdicts import verdicts_in_words
from bornscape.run.summary import models_summary, run_summary

CATALOGUE, CLAIMS, RUN, SEED = open_run(
    config,
    files=["config/config.yaml", *workflow.overwrite_configfiles],
    command_line=workflow.config_settings.config,
    # Jobs of a cluster read this file again: only the run itself has to check it.
    checked=workflow.is_main_process,
)
RUN_LOCK = []
use_one_timer()
use_shared_instructions()
# These delete without a job, so that nothing else would ask for the lock.
if any(argument.startswith("--delete-") for argument in sys.argv):
    RUN_LOCK.append(hold_run(".snakemake/run.lock"))

# What later stages take from earlier ones; each stage adds its own.
EVIDENCE = []
"""Tables that claims are judged by."""
ARTIFACTS = []
"""What a finished run holds. Snakemake makes a file that is gone only if it is asked for, so ``all`` asks for each."""
NEEDED_TARGETS = []
"""(data sets, sizes) that a stage uses, so that only those are made."""
