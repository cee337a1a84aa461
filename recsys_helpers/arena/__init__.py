"""The Arena: learners' platforms compete for the same simulated listeners. `join` is where a player begins."""
