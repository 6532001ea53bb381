"""What students get: the release of an assignment and the student branch."""
