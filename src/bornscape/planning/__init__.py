"""What the rules of the workflow ask before a job runs: paths, jobs, targets, resources, the code behind a job."""
