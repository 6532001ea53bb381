"""Run a recipe's missing lines and store what they give: ``python -m cnnlib.recorded NAME``."""

from __future__ import annotations

import argparse
import json
import os
import sys
import time
from typing import Any

import torch

from cnnlib import progress, recorded


def write(name: str, record: dict[str, Any]) -> None:
    """Replace the stored record in one step."""
    path = recorded.FOLDER / f"{name}.json"
    fresh = path.with_suffix(".json.tmp")
    lines = ",\n".join("    " + json.dumps(line) for line in record["lines"])
    head = ",\n".join(f'  "{key}": {json.dumps(record[key])}' for key in ("recipe", "made_with"))
    fresh.write_text(f'{{\n{head},\n  "lines": [\n{lines}\n  ]\n}}\n', encoding="utf-8")
    os.replace(fresh, path)


def main() -> None:
    """Go through the recipe's lines; a run that was interrupted goes on where it was."""
    parser = argparse.ArgumentParser(prog="python -m cnnlib.recorded", description=__doc__)
    parser.add_argument("name", help="the recipe's name, which is its chapter's")
    parser.add_argument(
        "--keep",
        action="store_true",
        help="the recipe's text changed in a way that changes no result: keep the lines that ran",
    )
    arguments = parser.parse_args()
    try:
        recipe = recorded.load(arguments.name)
    except ValueError as error:
        sys.exit(str(error))
    torch.set_num_threads(1)
    record = recorded.read(arguments.name)
    digest = recorded.digest(recipe)
    kept = record["lines"] if record["recipe"] == digest or arguments.keep else []
    wanted = {recorded.key(line) for line in recipe.LINES}
    kept = [line for line in kept if recorded.key(line["settings"]) in wanted]
    record = {"recipe": digest, "made_with": f"torch {torch.__version__}", "lines": kept}
    done = {recorded.key(line["settings"]) for line in kept}
    todo = [line for line in recipe.LINES if recorded.key(line) not in done]
    for settings in progress.bar(todo, desc=arguments.name, unit="line"):
        start = time.process_time()
        results = recipe.run(**settings)
        seconds = round(time.process_time() - start, 1)
        record["lines"].append({"settings": settings, "results": results, "seconds": seconds})
        write(arguments.name, record)
        progress.line(f"{settings}: {results}, {seconds} s")
    write(arguments.name, record)


if __name__ == "__main__":
    main()
