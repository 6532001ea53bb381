"""What an instructor wants to see of a class: one page an assignment, one page a term."""
