"""Keeping results so that nothing can lose them, and giving them to other programs."""
