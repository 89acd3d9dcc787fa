"""From staged partitions to the file that analysts open: commit, build, check, publish, forget."""
