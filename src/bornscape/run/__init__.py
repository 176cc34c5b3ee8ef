"""A run as a whole: logs of jobs, the manifest, the artifact contract, memory, runs put together."""
