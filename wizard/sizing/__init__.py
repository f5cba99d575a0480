"""Whether a machine can carry what is asked of it: pure arithmetic over facts and answers."""
