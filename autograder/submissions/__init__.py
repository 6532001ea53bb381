"""What students handed in: collecting, reading and repairing it."""
