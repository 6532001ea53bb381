"""Grading with unmodified nbgrader, one submission after another."""
