"""Makes the student release from `solutions/` and grades what students hand in; see README.md."""
