"""nbgrader's settings for this course, for `python -m autograder` and for nbgrader's own commands.

nbgrader finds this file when started in this folder; elsewhere say
`nbgrader COMMAND --JupyterApp.config_file=autograder/nbgrader_config.py` (`--config` is silently ignored).
Feedback comes from `python -m autograder grade`: nbgrader's own would show the hidden tests.
"""

import os
import secrets
import sys
from pathlib import Path

root = Path(__file__).resolve().parent.parent
# nbgrader's console script does not look for modules in the repository.
if str(root) not in sys.path:
    sys.path.append(str(root))
# Nor do the kernels that it starts; hidden tests import `solutions.<slug>.tests`.
if str(root) not in os.environ.get("PYTHONPATH", "").split(os.pathsep):
    os.environ["PYTHONPATH"] = os.pathsep.join(filter(None, [os.environ.get("PYTHONPATH"), str(root)]))
# Nobody reads there what the last cell of a notebook says, so it does nothing.
os.environ["CNNLIB_UNATTENDED"] = "1"

c = get_config()  # noqa: F821 (traitlets puts it here)

c.CourseDirectory.root = str(root)
c.CourseDirectory.source_directory = "solutions"
c.CourseDirectory.release_directory = "exercises"
c.CourseDirectory.submitted_directory = "autograder/submitted"
c.CourseDirectory.autograded_directory = "autograder/autograded"
c.CourseDirectory.feedback_directory = "autograder/feedback"
# Hidden tests and references stay where they are; the others are nbgrader's own.
c.CourseDirectory.ignore = [".ipynb_checkpoints", "*.pyc", "__pycache__", ".pytest_cache", "tests.py"]
# Absolute: a relative address would follow the working directory, which nbgrader changes.
c.CourseDirectory.db_url = f"sqlite:///{root / 'autograder' / 'gradebook.db'}"

c.Autograde.sanitize_preprocessors = [
    # First: what the later ones meet must be cells that they know.
    "autograder.stock.clean.CleanSubmission",
    "nbgrader.preprocessors.ClearOutput",
    "nbgrader.preprocessors.DeduplicateIds",
    "nbgrader.preprocessors.OverwriteKernelspec",
    "nbgrader.preprocessors.OverwriteCells",
    "nbgrader.preprocessors.CheckCellMetadata",
]
c.Autograde.autograde_preprocessors = [
    "autograder.stock.execute.ExecuteSubmission",
    "nbgrader.preprocessors.LimitOutput",
    "nbgrader.preprocessors.SaveAutoGrades",
    "nbgrader.preprocessors.AssignLatePenalties",
    "nbgrader.preprocessors.CheckCellMetadata",
]
# A test cell without its tags cannot be skipped, and no tag that a student could guess skips a cell:
# a skipped test has no error in its output, which nbgrader takes for full marks.
c.Execute.skip_cells_with_tag = secrets.token_hex(16)
c.Execute.timeout = 60
# On a busy machine a message may take longer than the 4 seconds that nbclient waits for it.
c.Execute.iopub_timeout = 60
c.Execute.startup_timeout = 120
c.OverwriteCells.add_missing_cells = True

# Formgrader shows what students wrote: the last filter behind Markdown leaves nothing that runs or loads.
c.HTMLExporter.filters = {"strip_files_prefix": "autograder.pages.markdown.sanitized"}
c.HTMLExporter.sanitize_html = True
