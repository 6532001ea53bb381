"""Values and calls between the judge and the student's process."""
