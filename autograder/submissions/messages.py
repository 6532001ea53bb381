"""What the process that opens students' files is asked; `wire/protocol.md` describes it."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class ReadJob:
    """Something of a student's to be read."""

    folder: str  # path of the submission's folder, or of a notebook whose cells are to be counted
    seconds: int  # of processor time
    assignment: str = ""
