"""``--cases``: many independent cases in one run."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from cli_manifests import BAD, GOOD, Run


def ask(run: Run, *cases: Any, verb: tuple[str, ...] = ("lint",)) -> list[dict[str, Any]]:
    """The answers to *cases*; texts are lines as they are."""
    lines = "".join((case if isinstance(case, str) else json.dumps(case)) + "\n" for case in cases)
    result = run(*verb, "--cases", "-", input=lines)

    assert 0 == result.exit_code
    return [json.loads(line) for line in result.stdout.splitlines()]


def test_answers_come_in_order(run: Run) -> None:
    """One answer a case, in the order of the cases, whatever the verdicts."""
    good, bad = ask(run, {"id": "a", "docs": [GOOD]}, {"id": 2, "docs": [BAD]})

    assert {"id": "a", "docs": [{"kind": "Workflow", "name": "good-", "ok": True, "findings": []}]} == good
    assert (2, False, {"spec.templates[0].steps[0][0].template"}) == (
        bad["id"],
        bad["docs"][0]["ok"],
        {finding["path"] for finding in bad["docs"][0]["findings"]},
    )
    assert {"source", "action", "path", "message"} == bad["docs"][0]["findings"][0].keys()


def test_a_text_may_hold_several_documents(run: Run) -> None:
    """Each document of a text is judged; so are objects beside it."""
    (answer,) = ask(run, {"id": 1, "docs": [f"{GOOD}---\n{BAD}", {"kind": "ConfigMap", "metadata": {"name": "c"}}]})

    assert [("Workflow", "good-", True), ("Workflow", "bad", False), ("ConfigMap", "c", True)] == [
        (doc["kind"], doc["name"], doc["ok"]) for doc in answer["docs"]
    ]


def test_context_is_not_judged(run: Run) -> None:
    """What stands in context is in the catalog; one case knows nothing of another."""
    template = GOOD.replace("kind: Workflow", "kind: WorkflowTemplate").replace("generateName: good-", "name: builds")
    workflow = {
        "apiVersion": "argoproj.io/v1alpha1",
        "kind": "Workflow",
        "metadata": {"name": "w"},
        "spec": {"workflowTemplateRef": {"name": "builds"}},
    }
    having, lacking = ask(
        run, {"id": 1, "docs": [workflow], "context": [template]}, {"id": 2, "docs": [workflow], "context": []}
    )

    assert [True] == [doc["ok"] for doc in having["docs"]]
    assert [False] == [doc["ok"] for doc in lacking["docs"]]


@pytest.mark.parametrize("doc", ["a: [", "just words", 7, None, ["a"], "a: .inf"], ids=repr)
def test_a_document_that_cannot_be_read(run: Run, doc: Any) -> None:
    """It is not ok, with a finding of source parse, and the case's other documents are judged."""
    (answer,) = ask(run, {"id": 1, "docs": [doc, GOOD]})

    assert [False, True] == [judged["ok"] for judged in answer["docs"]]
    assert ["parse"] == [finding["source"] for finding in answer["docs"][0]["findings"]]


@pytest.mark.parametrize(
    "line",
    [
        "{",
        "[]",
        "7",
        '{"id": 1, "opts": {"argo_version": "3.1"}, "docs": [{}]}',
        '{"docs": [{}], "opts": {"profile": "x"}}',
    ],
)
def test_a_case_that_cannot_be_read(run: Run, line: str) -> None:
    """It is answered with its error, and the next one is judged."""
    broken, good = ask(run, line, {"id": 2, "docs": [GOOD]})

    assert ([], True) == (broken["docs"], bool(broken["error"]))
    assert [True] == [doc["ok"] for doc in good["docs"]]


def test_blank_lines_are_no_cases(run: Run) -> None:
    """An empty line is not answered."""
    assert [1, 2] == [answer["id"] for answer in ask(run, {"id": 1}, "", {"id": 2}, "  ")]


@pytest.mark.parametrize(
    ("profile", "ok"), [("argo", True), ("argo-lint", False), ("recommended", False), (None, False)]
)
def test_repeated_keys(run: Run, profile: str | None, ok: bool) -> None:
    """The last of repeated keys counts; whether that is denied is a question of the profile."""
    text = GOOD.replace("entrypoint: main", "entrypoint: other\n  entrypoint: main")
    (answer,) = ask(run, {"id": 1, "docs": [text], "opts": {"profile": profile} if profile else {}})

    assert ok is answer["docs"][0]["ok"]


MINIMAL = {
    "apiVersion": "argoproj.io/v1alpha1",
    "kind": "Workflow",
    "metadata": {"name": "w"},
    "spec": {"entrypoint": "m"},
}


@pytest.mark.parametrize("anything", [None, 1, "x", [], [1], {}, {"a": None}, True], ids=repr)
@pytest.mark.parametrize("field", ["metadata", "spec", "kind", "apiVersion"])
def test_malformed_objects_are_answered(run: Run, field: str, anything: Any) -> None:
    """Whatever stands in the fields of an object, there is an answer and no failure of ours."""
    document = {**MINIMAL, field: anything}
    (linted,) = ask(run, {"id": 1, "docs": [document]})
    (expanded,) = ask(run, {"id": 1, "docs": [document]}, verb=("expand",))
    (merged,) = ask(run, {"id": 1, "docs": [document]}, verb=("expand", "--merge-only"))

    assert "error" not in linted
    assert "internal error" not in str(expanded["error"])
    assert "internal error" not in str(merged["error"])


def test_flags_are_for_cases_that_do_not_say(run: Run) -> None:
    """What a case does not say of profile, version and namespace is taken from the command line."""
    text = GOOD.replace("entrypoint: main", "entrypoint: other\n  entrypoint: main")
    lines = (
        {"id": 1, "docs": [text], "opts": {"profile": None}},
        {"id": 2, "docs": [text], "opts": {"profile": "argo"}},
    )
    answers = ask(run, *lines, verb=("lint", "--profile", "argo-lint"))

    assert [False, True] == [answer["docs"][0]["ok"] for answer in answers]


def test_a_file_of_cases(run: Run, tmp_path: Path) -> None:
    """Cases come from a file, too; one that is not there ends with exit status 2."""
    file = tmp_path / "cases.jsonl"
    file.write_text(json.dumps({"id": 1, "docs": [GOOD]}))

    assert [1] == [json.loads(line)["id"] for line in run("lint", "--cases", file).stdout.splitlines()]
    assert 2 == run("lint", "--cases", tmp_path / "none").exit_code


REFERRING = {
    "apiVersion": "argoproj.io/v1alpha1",
    "kind": "Workflow",
    "metadata": {"name": "w", "labels": {"a": "b"}},
    "spec": {"workflowTemplateRef": {"name": "builds"}, "arguments": {"parameters": [{"name": "p", "value": "1"}]}},
}
BUILDS = {
    "apiVersion": "argoproj.io/v1alpha1",
    "kind": "WorkflowTemplate",
    "metadata": {"name": "builds"},
    "spec": {
        "entrypoint": "m",
        "templates": [{"name": "m", "container": {"image": "alpine:3.20", "command": ["true"]}}],
    },
}


def test_expand(run: Run) -> None:
    """The answer is what the webhook would store: templates written out, the reference gone."""
    (answer,) = ask(run, {"id": 1, "docs": [REFERRING], "context": [BUILDS]}, verb=("expand",))

    assert (1, "Workflow", "w", None) == tuple(answer[key] for key in ("id", "kind", "name", "error"))
    assert BUILDS["spec"]["templates"] == answer["spec"]["templates"]  # type: ignore[index]
    assert "workflowTemplateRef" not in answer["spec"]


def test_merge_only(run: Run) -> None:
    """The controller's own merge keeps the reference, and has the defaults in it."""
    (answer,) = ask(
        run,
        {
            "id": 1,
            "docs": [REFERRING],
            "context": [BUILDS],
            "opts": {"argo_version": "4.0", "workflow_defaults": {"spec": {"serviceAccountName": "runner"}}},
        },
        verb=("expand", "--merge-only"),
    )

    assert {"a": "b"} == answer["labels"]
    assert {"name": "builds"} == answer["spec"]["workflowTemplateRef"]
    assert "runner" == answer["spec"]["serviceAccountName"]
    assert BUILDS["spec"]["templates"] == answer["spec"]["templates"]  # type: ignore[index]


@pytest.mark.parametrize("verb", [("expand",), ("expand", "--merge-only")], ids=" ".join)
@pytest.mark.parametrize(("docs"), [[REFERRING], ["a: ["], []], ids=["no template", "not YAML", "nothing"])
def test_what_cannot_be_expanded(run: Run, verb: tuple[str, ...], docs: list[Any]) -> None:
    """A missing template, or a document that cannot be read, is an error of the answer."""
    (answer,) = ask(run, {"id": 1, "docs": docs}, verb=verb)

    assert answer["error"]


@pytest.mark.parametrize(
    ("verb", "nothing"),
    [
        ("lint", {"docs": []}),
        ("expand", {"kind": "", "name": "", "labels": {}, "annotations": {}, "spec": {}}),
        ("pods", {"items": []}),
    ],
)
def test_an_error_has_the_shape_of_an_answer(run: Run, verb: str, nothing: dict[str, Any]) -> None:
    """Whoever reads the answers finds the same fields in that of a case which cannot be asked."""
    (answer,) = ask(run, {"id": 1, "docs": [GOOD], "opts": {"argo_version": "3.1"}}, verb=(verb,))

    assert {"id": 1, **nothing, "error": "argo_version '3.1' is none of 4.0, 4.1"} == answer


DEEP: Any = []
for _ in range(400):
    DEEP = {"a": [DEEP]}


def test_what_the_command_line_gives(run: Run, tmp_path: Path) -> None:
    """Templates, policies and the controller's options of the command line count for every case."""
    for name, documents in {"templates": [BUILDS], "policies": NO_TAG, "controller": [CONTROLLER]}.items():
        (tmp_path / name).write_text(json.dumps({"kind": "List", "items": documents}))
    options = ("--templates", str(tmp_path / "templates"), "--controller-config", str(tmp_path / "controller"))
    case = {"id": 1, "docs": [REFERRING]}
    (linted,) = ask(run, case, verb=("lint", *options))
    (merged,) = ask(run, case, verb=("expand", "--merge-only", *options))
    (projected,) = ask(run, case, verb=("pods", *options))
    (judged,) = ask(run, case, verb=("lint", *options, "--policies", str(tmp_path / "policies")))

    assert [True] == [doc["ok"] for doc in linted["docs"]]
    assert "runner" == merged["spec"]["serviceAccountName"]
    assert ["m"] == [item["template"] for item in projected["items"]]
    assert ["policy/no-tag"] == [finding["source"] for doc in judged["docs"] for finding in doc["findings"]]


CONTROLLER = {"kind": "ConfigMap", "data": {"workflowDefaults": "spec:\n  serviceAccountName: runner\n"}}
NO_TAG = [
    {
        "apiVersion": "argo-admission.io/v1alpha1",
        "kind": "WorkflowPolicy",
        "metadata": {"name": "no-tag"},
        "spec": {
            "target": "Container",
            "validations": [{"expression": "!object.image.contains(':')", "message": "no"}],
        },
    },
    {
        "apiVersion": "argo-admission.io/v1alpha1",
        "kind": "WorkflowPolicyBinding",
        "metadata": {"name": "no-tag"},
        "spec": {"policyName": "no-tag", "validationActions": ["Deny"]},
    },
]


@pytest.mark.parametrize("verb", ["lint", "expand", "pods"])
def test_an_object_that_is_too_deep(run: Run, verb: str) -> None:
    """It is a document that cannot be read, as it would be as text, and no end of the run."""
    (deep, good) = ask(run, {"id": 1, "docs": [{**MINIMAL, "spec": DEEP}]}, {"id": 2, "docs": [GOOD]}, verb=(verb,))

    assert "more than 250 objects and lists within one another" in json.dumps(deep)
    assert (2, None) == (good["id"], good.get("error"))


def test_pods_of_what_cannot_be_read(run: Run) -> None:
    """No pods, because nobody could read it, is told from no pods."""
    (answer,) = ask(run, {"id": 1, "docs": ["a: ["]}, verb=("pods",))

    assert ([], True) == (answer["items"], bool(answer["error"]))


@pytest.mark.parametrize("verb", ["lint", "expand", "pods"])
def test_cases_come_instead_of_paths(run: Run, good: Path, verb: str) -> None:
    """Paths beside a file of cases would be passed over: they are an error."""
    assert 2 == run(verb, "--cases", "-", good, input="").exit_code
