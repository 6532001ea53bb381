"""The challenge's leaderboard: takes submissions in, scores them in isolation, shows the standings."""
