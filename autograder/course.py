"""Drives nbgrader's converters in this process, in a folder of our choice."""

import contextlib
import logging
import os
import sqlite3
import warnings
from collections.abc import Iterator
from importlib import resources
from pathlib import Path

CONFIG = Path(__file__).with_name("nbgrader_config.py")


def config():
    """Return nbgrader's settings for this course, the same that its own commands read."""
    from traitlets.config import PyFileConfigLoader

    return PyFileConfigLoader(str(CONFIG)).load_config()


def start_gradebook(path: Path) -> None:
    """Make an empty gradebook that nbgrader takes for its own, unless there is one.

    nbgrader would ask a command `alembic` for the version that it notes there: that fails where the
    environment is not activated, and takes as long as loading nbgrader once more.
    """
    from alembic.config import Config
    from alembic.script import ScriptDirectory

    if path.exists():
        return
    settings = Config()
    settings.set_main_option("script_location", str(resources.files("nbgrader") / "alembic"))
    version = ScriptDirectory.from_config(settings).get_current_head()
    path.parent.mkdir(parents=True, exist_ok=True)
    with contextlib.closing(sqlite3.connect(path)) as database, database:
        database.execute("CREATE TABLE alembic_version (version_num VARCHAR(32) NOT NULL)")
        database.execute("INSERT INTO alembic_version VALUES (?)", [version])


def course_directory(work: Path, gradebook: Path | None, assignment: str):
    """Return nbgrader's layout of the course, moved below the folder `work`."""
    from nbgrader.coursedir import CourseDirectory

    settings = config()
    settings.CourseDirectory.root = str(work)
    settings.CourseDirectory.db_url = f"sqlite:///{gradebook or work / 'none.db'}"
    settings.CourseDirectory.assignment_id = assignment
    return CourseDirectory(config=settings)


def remembering(converter: type) -> type:
    """Return nbgrader's `converter` with an attribute `failure`: it replaces every error by a general one."""

    class Remembering(converter):
        failure: BaseException | None = None

        def init_assignment(self, assignment_id: str, student_id: str) -> None:
            with self._remember():
                super().init_assignment(assignment_id, student_id)

        def convert_single_notebook(self, notebook_filename: str) -> None:
            with self._remember():
                super().convert_single_notebook(notebook_filename)

        @contextlib.contextmanager
        def _remember(self) -> Iterator[None]:
            try:
                yield
            except BaseException as error:
                self.failure = error
                raise

    Remembering.__name__ = converter.__name__  # the settings are found by the class's name
    return Remembering


@contextlib.contextmanager
def surroundings(**variables: str) -> Iterator[None]:
    """Give nbgrader what it takes from the process around it, and take it back afterwards."""
    level, environment = logging.root.manager.disable, dict(os.environ)
    # What goes wrong is reported from the exception; the log would drown it.
    logging.disable(logging.CRITICAL)
    os.environ.update(variables)
    try:
        with warnings.catch_warnings():
            # SQLAlchemy warns about the order in which nbgrader builds its rows.
            warnings.simplefilter("ignore")
            yield
    finally:
        logging.disable(level)
        os.environ.clear()
        os.environ.update(environment)
