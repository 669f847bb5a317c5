"""What lint said is remembered, and that changes nothing."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace

import pytest
from hypothesis import given as over
from hypothesis import settings

from admission.engine.memory import Memory
from admission.lint.run import LintOptions, lint
from admission.model.catalog import MISSING, Catalog, FrozenCatalog, Lookup
from admission.model.document import Document
from admission.model.finding import Action
from admission.model.settings import Profile
from admission.snapshot import AskingCatalog
from engine.asking import container, steps, template, workflow
from engine.generating import CATALOG, WORKFLOWS

OPTIONS = LintOptions()
REFERS = workflow(workflowTemplateRef={"name": "build"})


class Counted(Memory):
    """A memory that counts what it keeps."""

    @property
    def size(self) -> int:
        return len(self._said)


@settings(max_examples=40, deadline=None)
@over(WORKFLOWS)
def test_the_same_as_without(document: Document) -> None:
    """The first and the second time, under another name, with and without templates: what lint says."""
    memory = Memory()
    other = {**document, "metadata": {**document["metadata"], "name": "another", "uid": "x"}}
    for catalog in (FrozenCatalog.of(CATALOG), FrozenCatalog(), FrozenCatalog.of(CATALOG)):
        for each in (document, other, document):
            assert lint(each, catalog, OPTIONS) == memory.lint(each, catalog, OPTIONS)


def test_another_name_is_the_same_spec() -> None:
    """A Workflow under another name is not judged anew; one whose name matters is."""
    memory = Counted()
    for name in ("a", "b-1", "c" * 40):
        memory.lint(workflow(name), FrozenCatalog(), OPTIONS)
    assert memory.size == 1

    for name in ("c" * 41, "Not a name", "x" * 64):
        memory.lint(workflow(name), FrozenCatalog(), OPTIONS)
    assert memory.size == 4
    assert memory.lint(workflow("x" * 64), FrozenCatalog(), OPTIONS)


def test_what_was_looked_up_counts() -> None:
    """A template that changes, comes or goes is a reason to judge anew."""
    memory = Memory()
    empty, there = FrozenCatalog(), FrozenCatalog.of([template("build")])
    broken = FrozenCatalog.of([template("build", steps("main", {"template": "gone"}))])

    said = [bool(memory.lint(REFERS, catalog, OPTIONS)) for catalog in (empty, there, broken, there, empty)]

    assert said == [True, False, True, False, True]


def test_what_the_catalog_cannot_answer_is_asked_again() -> None:
    """A catalog that notes what it lacks notes it when lint is remembered, too."""
    memory = Memory()

    def asked() -> AskingCatalog:
        catalog = AskingCatalog(FrozenCatalog(), {})
        memory.lint(REFERS, catalog, OPTIONS)
        return catalog

    assert asked().unanswered == asked().unanswered == {Lookup("WorkflowTemplate", "default", "build")}
    answered: Catalog = AskingCatalog(FrozenCatalog(), {Lookup("WorkflowTemplate", "default", "build"): MISSING})
    assert memory.lint(REFERS, answered, OPTIONS)


@pytest.mark.parametrize(
    "options",
    [
        replace(OPTIONS, profile=Profile.ARGO),
        replace(OPTIONS, argo_version="4.0"),
        replace(OPTIONS, namespace="other"),
        replace(OPTIONS, lint=True),
        replace(OPTIONS, strictness={"unknown-template": Action.WARN}),
    ],
    ids=["profile", "version", "namespace", "lint", "strictness"],
)
def test_how_it_is_linted_counts(options: LintOptions) -> None:
    """What was said under other options is not said again."""
    memory = Counted()
    document = workflow(entrypoint="main", templates=[steps("main", {"template": "gone"})])
    memory.lint(document, FrozenCatalog(), OPTIONS)

    assert lint(document, FrozenCatalog(), options) == memory.lint(document, FrozenCatalog(), options)
    assert memory.size == 2


def test_annotations_and_labels_count() -> None:
    """An ignored warning is another verdict; kubectl's own annotation is not."""
    memory = Counted()
    for given in ({}, {"kubectl.kubernetes.io/last-applied-configuration": "{}"}, {"note": "x"}):
        memory.lint(workflow(metadata={"annotations": given}), FrozenCatalog(), OPTIONS)

    assert memory.size == 2


def test_bounded() -> None:
    """The least recently used goes; what has a status or too many findings is not kept at all."""
    memory = Counted(most=3)
    for number in range(9):
        memory.lint(
            workflow(entrypoint="main", templates=[container("main", image=f"a:{number}")]), FrozenCatalog(), OPTIONS
        )
    assert memory.size == 3

    memory = Counted()
    memory.lint({**workflow(), "status": {"phase": "Running"}}, FrozenCatalog(), OPTIONS)
    calls = [{"template": f"gone-{number}"} for number in range(200)]
    memory.lint(workflow(entrypoint="main", templates=[steps("main", *calls)]), FrozenCatalog(), OPTIONS)
    assert memory.size == 0


def test_what_is_no_json_is_judged_without_memory() -> None:
    """Values that cannot be written as JSON are judged all the same."""
    document = workflow(entrypoint="main", templates=[container("main", args=[2**70])])

    assert lint(document, FrozenCatalog(), OPTIONS) == Memory().lint(document, FrozenCatalog(), OPTIONS)


def test_threads_share_it() -> None:
    """Many at once get what each would get alone."""
    memory = Memory(most=2)
    documents = [workflow(entrypoint="gone", templates=[container("main", image=f"a:{n % 5}")]) for n in range(40)]
    with ThreadPoolExecutor(8) as pool:
        said = list(pool.map(lambda each: memory.lint(each, FrozenCatalog(), OPTIONS), documents))

    assert said == [lint(each, FrozenCatalog(), OPTIONS) for each in documents]
