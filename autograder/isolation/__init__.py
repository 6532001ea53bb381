"""What keeps a submission from the rest of the machine, and how that is examined."""
