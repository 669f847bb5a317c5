"""
What lint costs: CPU milliseconds, start-up apart.

``python benchmarks/lint.py``. The manifests are Argo's own examples where they lie beside the checkout, else the good
examples of our rules. *reading*: from text to objects with places; *structure*: the table of fields; *rules*: all of
the recommended profile. What the webhook pays is without the reading.
"""

from __future__ import annotations

import gc
import math
import time
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path

from admission.argo.kinds import KINDS
from admission.argo.schema import misfits
from admission.lint.rules import RULES
from admission.lint.run import LintOptions, lint
from admission.model.catalog import FrozenCatalog
from admission.model.document import Document
from admission.model.source import documents
from policies import SIZES, workflow

EXAMPLES = Path(__file__).parents[2] / "shared" / "corpus" / "argo" / "examples"
TASKS = (1000, 5000)


def texts() -> list[str]:
    """The manifests, as text."""
    files = sorted(EXAMPLES.rglob("*.yaml"))
    ours = [
        f"apiVersion: argoproj.io/v1alpha1\nkind: Workflow\nmetadata: {{generateName: a-}}\n{_own(rule.good)}"
        for rule in RULES
    ]
    return [file.read_text(encoding="utf-8") for file in files] or ours


def _own(example: str) -> str:
    """The first document of an example, without what a manifest begins with."""
    lines = example.partition("---\n")[0].splitlines(keepends=True)
    return "".join(line for line in lines if not line.startswith(("kind:", "metadata:")))


def read(text: str) -> list[Document]:
    """The objects of Argo's kinds in *text*."""
    found = (getattr(source, "document", None) for source in documents(text))
    return [each for each in found if isinstance(each, dict) and each.get("kind") in KINDS]


def dag(tasks: int) -> Document:
    """A DAG in which each task depends on three others and uses the result of one."""
    made = []
    for number in range(tasks):
        before = " && ".join(f"t{other}" for other in range(max(0, number - 3), number))
        value = f"{{{{tasks.t{number - 1}.outputs.result}}}}" if number else "x"
        arguments = {"parameters": [{"name": "m", "value": value}]}
        made.append({"name": f"t{number}", "template": "leaf", "depends": before, "arguments": arguments})
    leaf = {
        "name": "leaf",
        "inputs": {"parameters": [{"name": "m"}]},
        "script": {"image": "python:3", "command": ["python"], "source": "print('{{inputs.parameters.m}}')"},
    }
    templates = [{"name": "main", "dag": {"tasks": made}}, leaf]
    return {
        "apiVersion": "argoproj.io/v1alpha1",
        "kind": "Workflow",
        "metadata": {"generateName": "a-"},
        "spec": {"entrypoint": "main", "templates": templates},
    }


def milliseconds(work: Callable[[], object], times: int = 7) -> float:
    """CPU time of one call, the best of some tries, in each of which it is called for 50 ms at least."""
    gc.collect()
    gc.freeze()  # a server has one object in memory, not all of them
    calls = max(1, int(0.05 / max(_tried(work, 1), 1e-6)))
    return min(_tried(work, calls) for _ in range(times)) * 1000


def _tried(work: Callable[[], object], calls: int) -> float:
    start = time.process_time()
    for _ in range(calls):
        work()
    return (time.process_time() - start) / calls


def of_manifests() -> Iterator[str]:
    """What a manifest costs, with its shares."""
    written = texts()
    objects = [each for text in written for each in read(text)]
    catalog, options = FrozenCatalog.of(objects), LintOptions()
    number = len(objects)
    reading = milliseconds(lambda: [list(documents(text)) for text in written]) / number
    structure = milliseconds(lambda: [misfits(each, each["kind"]) for each in objects]) / number
    rules = milliseconds(lambda: [lint(each, catalog, options) for each in objects]) / number - structure
    whole = reading + structure + rules
    where = "examples of Argo's" if EXAMPLES.is_dir() else "examples of our rules"
    yield f"{number} manifests ({where}): {whole:.2f} ms each"
    for name, part in (("reading", reading), ("structure", structure), ("rules", rules)):
        yield f"  {name:<10} {part:.2f} ms  {part / whole:4.0%}"


def of_sizes() -> Iterator[str]:
    """What a Workflow costs by its size, read before."""
    for size, templates in SIZES.items():
        document = {**workflow(templates), "metadata": {"generateName": "a-"}}
        document["spec"] = {**document["spec"], "entrypoint": "step-0"}
        cost = milliseconds(partial(lint, document, FrozenCatalog(), LintOptions()), 3)
        yield f"{size:>7} ({templates} templates): {cost:.2f} ms"


def of_tasks() -> Iterator[str]:
    """What a DAG costs, and how that grows."""
    costs = []
    for tasks in TASKS:
        document = dag(tasks)
        costs.append(milliseconds(partial(lint, document, FrozenCatalog(), LintOptions()), 3))
        yield f"DAG of {tasks} tasks: {costs[-1]:.0f} ms"
    growth = math.log(costs[-1] / costs[0]) / math.log(TASKS[-1] / TASKS[0])
    yield f"  grows with exponent {growth:.2f}"


def main() -> None:
    for lines in (of_manifests(), of_sizes(), of_tasks()):
        for line in lines:
            print(line, flush=True)


if __name__ == "__main__":
    main()
