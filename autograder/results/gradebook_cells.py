"""The cells of an assignment in a gradebook: reading them, and making them what another gradebook says."""

from dataclasses import dataclass

from nbgrader.api import BaseCell, Comment, Grade, GradeCell, Notebook, SolutionCell, SourceCell, TaskCell
from sqlalchemy import delete, literal_column, select
from sqlalchemy.orm import Session

KINDS = {kind.__name__: kind for kind in (GradeCell, SolutionCell, TaskCell)}


@dataclass(frozen=True)
class Cells:
    """What a gradebook knows of an assignment's cells."""

    kernelspec: str | None
    # By the name of nbgrader's class and the grade id: the columns that this kind of cell has.
    kinds: dict[tuple[str, str], dict[str, object]]
    sources: dict[str, dict[str, object]]  # by grade id, in the notebook's order

    def same(self, other: "Cells") -> bool:
        """Return whether nothing differs, the order included."""
        return self == other and list(self.sources) == list(other.sources)

    def names(self) -> set[tuple[str, str]]:
        """What must stay the same while there are grades."""
        return set(self.kinds) | {("SourceCell", name) for name in self.sources}

    def points(self) -> dict[str, float]:
        """The points of each graded cell, in the notebook's order."""
        points = {name: columns["max_score"] for (_, name), columns in self.kinds.items() if columns}
        return {name: points[name] for name in self.sources if name in points}


def read_cells(session: Session, notebook: Notebook) -> Cells:
    """Return the cells of a notebook."""
    kinds = {}
    for name, kind in KINDS.items():
        for cell in session.scalars(select(kind).where(kind.notebook_id == notebook.id)):
            graded = kind is not SolutionCell
            columns = {"max_score": cell.max_score, "cell_type": cell.cell_type} if graded else {}
            kinds[name, cell.name] = columns
    # nbgrader adds cells in the notebook's order and does not keep it anywhere else.
    query = select(SourceCell).where(SourceCell.notebook_id == notebook.id)
    sources = {
        cell.name: {
            "cell_type": cell.cell_type,
            "locked": cell.locked,
            "source": cell.source,
            "checksum": cell.checksum,
        }
        for cell in session.scalars(query.order_by(literal_column("source_cell.rowid")))
    }
    return Cells(notebook.kernelspec, kinds, sources)


def write_cells(session: Session, notebook: Notebook, cells: Cells) -> None:
    """Bring the cells of a notebook to `cells`; a graded cell that stays keeps its grades."""
    notebook.kernelspec = cells.kernelspec
    present = {}
    for name, kind in KINDS.items():
        for cell in session.scalars(select(kind).where(kind.notebook_id == notebook.id)):
            present[name, cell.name] = cell
    for key in present.keys() - cells.kinds.keys():
        for kind in (Grade, Comment):
            session.execute(delete(kind).where(kind.cell_id == present[key].id))
        session.delete(present[key])
    for (kind, name), columns in cells.kinds.items():
        cell = present.get((kind, name))
        if cell is None:
            session.add(KINDS[kind](name=name, notebook_id=notebook.id, **columns))
        else:
            for column, value in columns.items():
                setattr(cell, column, value)
    # Nothing refers to these, so their order can be made right by writing them anew.
    session.execute(delete(SourceCell).where(SourceCell.notebook_id == notebook.id))
    for name, columns in cells.sources.items():
        session.add(SourceCell(name=name, notebook_id=notebook.id, **columns))
    session.flush()


def graded_cells(session: Session, notebook_id: str) -> tuple[list[tuple[str, str]], list[tuple[str, str]]]:
    """Return the id and the name of the cells that have a grade, and of those that have a comment."""
    query = select(BaseCell.id, BaseCell.name, BaseCell.type).where(BaseCell.notebook_id == notebook_id)
    cells = session.execute(query.order_by(literal_column("base_cell.rowid"))).all()
    graded = [(cell, name) for cell, name, kind in cells if kind in ("GradeCell", "TaskCell")]
    commented = [(cell, name) for cell, name, kind in cells if kind in ("SolutionCell", "TaskCell")]
    return graded, commented
