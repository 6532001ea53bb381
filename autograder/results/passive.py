"""Makes a graded notebook passive before it is stored: formgrader and an instructor's Jupyter open it.

Text and pictures stay. HTML, JavaScript, SVG, widgets and whatever else could run or load something are left
out. Markdown stays as it was written; `pages.markdown` makes it harmless where it is shown.
"""

from typing import Any

from nbformat import NotebookNode

from autograder.submissions.notebook_file import is_picture, pictures

METADATA = ("kernelspec", "language_info")  # of the notebook, names only


def passive(notebook: NotebookNode) -> NotebookNode:
    """Return a copy of the notebook, as executed, with nothing in it but texts and pictures."""
    cells = []
    for cell in notebook.cells:
        made = NotebookNode(cell)
        if cell.cell_type == "code":
            made.outputs = [kept for output in cell.outputs if (kept := passive_output(output))]
        elif "attachments" in cell:
            del made["attachments"]
            made.update(pictures(cell.attachments))
        cells.append(made)
    metadata = {
        name: {k: v for k, v in value.items() if isinstance(v, str | int)} if name in METADATA else value
        for name, value in notebook.metadata.items()
        if name in (*METADATA, "autograder") and isinstance(value, dict)
    }
    return NotebookNode(notebook, cells=cells, metadata=NotebookNode(metadata))


def passive_output(output: dict[str, Any]) -> NotebookNode | None:
    """Return an output with its texts and pictures only; None for one of no known type."""
    match output:
        case {"output_type": "stream", "text": str(text)}:
            return NotebookNode(output_type="stream", name=stream_name(output), text=text)
        case {"output_type": "error", "ename": str(name), "evalue": str(value), "traceback": list(lines)}:
            lines = [line for line in lines if isinstance(line, str)]
            return NotebookNode(output_type="error", ename=name, evalue=value, traceback=lines)
        case {"output_type": "display_data" | "execute_result" as kind, "data": dict(data)}:
            kept = {name: text for name, text in data.items() if is_picture(name, text)}
            text = data.get("text/plain")
            lost = ", ".join(
                sorted(str(name)[:40] for name in data if name not in kept and name != "text/plain")
            )
            if isinstance(text, str):
                kept["text/plain"] = text
            elif not kept:
                kept["text/plain"] = f"[left out: {lost}]"
            made = NotebookNode(output_type=kind, data=NotebookNode(kept), metadata=NotebookNode())
            if kind == "execute_result":
                count = output.get("execution_count")
                made.execution_count = count if isinstance(count, int) else None
            return made
    return None


def stream_name(output: dict[str, Any]) -> str:
    """Return the name of a stream: one of two."""
    return "stderr" if output.get("name") == "stderr" else "stdout"
