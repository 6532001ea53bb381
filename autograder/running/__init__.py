"""Running submissions: the plan, the warm processes, the judge and the student's process."""
