"""``argo-admission lint`` over files."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest
from cli_manifests import BAD, GOOD, Run
from click.testing import Result

STEP = "spec.templates[0].steps[0][0].template"

CONFIG_MAP = "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: c}\n"


def test_nothing_to_say(run: Run, good: Path) -> None:
    """A Workflow that is right ends with exit status 0."""
    result = run("lint", good)

    assert (0, "✓ 1 object: nothing denied, nothing to warn of\n") == (result.exit_code, result.stdout)


def test_a_finding_at_its_place(run: Run, bad: Path) -> None:
    """What is denied ends with exit status 1, and stands at its line and column."""
    result = run("lint", bad)

    assert 1 == result.exit_code
    assert f"{bad}:9:19 deny {STEP}\n" in result.stdout


def test_json(run: Run, bad: Path, good: Path) -> None:
    """The report lists objects, findings and what they come to."""
    report = json.loads(run("lint", "-o", "json", bad, good).stdout)

    assert [(str(bad), "bad", False), (str(good), "good-", True)] == [
        (judged["file"], judged["name"], judged["allowed"]) for judged in report["objects"]
    ]
    assert {(9, 19, STEP)} == {(found["line"], found["column"], found["path"]) for found in report["findings"]}
    assert {"objects": 2, "denied": 1, "warned": 0} == report["summary"]


def test_standard_input(run: Run) -> None:
    """``-`` is standard input."""
    result = run("lint", "-", input=BAD)

    assert 1 == result.exit_code
    assert "<stdin>:9:19" in result.stdout


def test_a_folder_is_walked(run: Run, tmp_path: Path) -> None:
    """A folder gives its YAML and JSON, at any depth, and nothing else of it."""
    (tmp_path / "a").mkdir()
    (tmp_path / "a" / "one.yml").write_text(GOOD)
    (tmp_path / "two.json").write_text(json.dumps({"kind": "Workflow", "apiVersion": "argoproj.io/v1alpha1"}))
    (tmp_path / "README.md").write_text("no: [yaml")
    report = json.loads(run("lint", "-o", "json", tmp_path).stdout)

    assert ["a/one.yml", "two.json"] == [os.path.relpath(judged["file"], tmp_path) for judged in report["objects"]]


def test_objects_of_others_are_not_listed(run: Run, tmp_path: Path) -> None:
    """Documents count from 0 without the empty ones; what is not Argo's counts and is not listed."""
    file = tmp_path / "a.yaml"
    file.write_text(f"---\n# nothing\n---\n{CONFIG_MAP}---\n{GOOD}")
    report = json.loads(run("lint", "-o", "json", file).stdout)

    assert [1] == [judged["document"] for judged in report["objects"]]


@pytest.mark.parametrize("command", ["lint", "pods", "audit"])
@pytest.mark.parametrize(
    ("text", "said"),
    [("", "no object at all"), (CONFIG_MAP, "only ConfigMap"), ("{a: 1}", "only an object without a kind")],
)
def test_the_wrong_file(run: Run, command: str, text: str, said: str) -> None:
    """Where nothing of Argo's was given, standard error says so: silence is no good verdict."""
    result = run(command, "-", input=text)

    assert 0 == result.exit_code
    assert f"argo-admission: nothing of Argo's is in what was given: {said}\n" == result.stderr


def test_what_is_given_is_in_the_catalog(run: Run, tmp_path: Path) -> None:
    """A Workflow finds the template that comes in another file, or only with --templates."""
    template = tmp_path / "template.yaml"
    template.write_text(
        GOOD.replace("kind: Workflow", "kind: WorkflowTemplate").replace("generateName: good-", "name: builds")
    )
    workflow = tmp_path / "workflow.yaml"
    workflow.write_text(
        "apiVersion: argoproj.io/v1alpha1\nkind: Workflow\nmetadata: {generateName: a-}\n"
        "spec: {workflowTemplateRef: {name: builds}}\n"
    )

    assert 1 == run("lint", workflow).exit_code
    assert 0 == run("lint", workflow, template).exit_code
    assert 0 == run("lint", workflow, "--templates", template).exit_code


def test_not_yaml(run: Run, bad: Path, tmp_path: Path) -> None:
    """A file that is not YAML is one finding, and exit status 2 after all others were linted."""
    broken = tmp_path / "a.yaml"
    broken.write_text("a: 1\nb: [\n")
    result = run("lint", "-o", "json", broken, bad)
    report = json.loads(result.stdout)

    assert 2 == result.exit_code
    assert [(str(broken), 3, "parse")] == [
        (found["file"], found["line"], found["source"]) for found in report["findings"] if found["source"] == "parse"
    ]
    assert [str(bad)] == [judged["file"] for judged in report["objects"]]


@pytest.mark.parametrize(
    ("profile", "expected"), [("recommended", ["Deny"]), ("argo-lint", ["Deny"]), ("argo", [])], ids=str
)
def test_repeated_keys(run: Run, tmp_path: Path, profile: str, expected: list[str]) -> None:
    """A repeated key is denied but where Argo's controller alone is asked, which takes the last."""
    file = tmp_path / "a.yaml"
    file.write_text(GOOD.replace("entrypoint: main", "entrypoint: other\n  entrypoint: main"))
    report = json.loads(run("lint", "-o", "json", "--profile", profile, file).stdout)
    found = [finding for finding in report["findings"] if finding["source"] == "schema/duplicate-key"]

    assert expected == [finding["action"] for finding in found]
    assert {6} >= {finding["line"] for finding in found}


def test_items_of_a_list_are_objects(run: Run, tmp_path: Path) -> None:
    """What kubectl prints as a List is linted item by item, each finding at its line."""
    file = tmp_path / "list.yaml"
    items = "".join(f"- {text.replace(chr(10), chr(10) + '  ').rstrip()}\n" for text in (GOOD, BAD))
    file.write_text(f"apiVersion: v1\nkind: List\nitems:\n{items}")
    report = json.loads(run("lint", "-o", "json", file).stdout)

    assert ["good-", "bad"] == [judged["name"] for judged in report["objects"]]
    assert {(20, 21, STEP)} == {(found["line"], found["column"], found["path"]) for found in report["findings"]}


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["lint"], "give files or folders"),
        (["lint", "nowhere.yaml"], "nowhere.yaml: no such file or folder"),
        (["lint", "-", "--templates", "nowhere"], "nowhere: no such file or folder"),
        (["lint", "-", "--policies", "nowhere"], "nowhere: no such file or folder"),
        (["lint", "-", "--argo-version", "3.5"], "'3.5' is none of 4.0, 4.1"),
        (["lint", "-", "--no-such-flag"], "No such option"),
        (["lint", "-", "-o", "xml"], "'xml' is not one of"),
        (["no-such-command"], "No such command"),
    ],
    ids=lambda value: " ".join(value) if isinstance(value, list) else "",
)
def test_a_question_that_cannot_be_asked(run: Run, arguments: list[str], message: str) -> None:
    """A bad flag or a missing file ends with exit status 2, and a message on standard error alone."""
    result = run(*arguments, input=GOOD)

    assert (2, "") == (result.exit_code, result.stdout)
    assert message in result.stderr


def test_fail_on_warn(run: Run, tmp_path: Path) -> None:
    """With --fail-on warn a warning ends with exit status 1."""
    policy = tmp_path / "policy.yaml"
    policy.write_text(WARNS)
    workflow = tmp_path / "workflow.yaml"
    workflow.write_text(GOOD)

    assert 0 == run("lint", workflow, "--policies", policy).exit_code
    assert 1 == run("lint", workflow, "--policies", policy, "--fail-on", "warn").exit_code


WARNS = """\
apiVersion: argo-admission.io/v1alpha1
kind: WorkflowPolicy
metadata: {name: never}
spec:
  title: Nothing is right.
  target: Workflow
  validations:
  - {expression: "false", message: nothing is right}
---
apiVersion: argo-admission.io/v1alpha1
kind: WorkflowPolicyBinding
metadata: {name: never}
spec: {policyName: never, validationActions: [Warn]}
"""


CONFIGURATION = """\
apiVersion: argo-admission.io/v1alpha1
kind: AdmissionConfiguration
lint: {profile: argo}
tls: {selfManaged: {folder: /tmp, hosts: [a]}}
"""


def test_the_configuration_of_serve(run: Run, tmp_path: Path) -> None:
    """With --config the profile, policies and templates are those of the webhook; flags go before them."""
    policy, configuration, workflow = (tmp_path / name for name in ("policy.yaml", "config.yaml", "workflow.yaml"))
    policy.write_text(WARNS)
    configuration.write_text(CONFIGURATION + f"policies: {{paths: ['{policy}']}}\n")
    workflow.write_text(GOOD.replace("entrypoint: main", "entrypoint: other\n  entrypoint: main"))

    assert ["policy/never"] == sources(run("lint", "-o", "json", "--config", configuration, workflow))
    assert ["policy/never", "schema/duplicate-key"] == sources(
        run("lint", "-o", "json", "--config", configuration, "--profile", "recommended", workflow)
    )


def sources(result: Result) -> list[str]:
    return sorted(finding["source"] for finding in json.loads(result.stdout)["findings"])


def test_a_configuration_that_is_none(run: Run, good: Path) -> None:
    """A file that is no AdmissionConfiguration ends with exit status 2."""
    assert 2 == run("lint", good, "--config", good).exit_code


def test_a_policy_that_cannot_be_used(run: Run, good: Path, tmp_path: Path) -> None:
    """A policy that does not compile ends with exit status 2 and its name."""
    policy = tmp_path / "policy.yaml"
    policy.write_text(WARNS.replace('"false"', '"object.("'))
    result = run("lint", good, "--policies", policy)

    assert 2 == result.exit_code
    assert "WorkflowPolicy never" in result.stderr


def test_a_policy_without_a_binding(run: Run, good: Path, tmp_path: Path) -> None:
    """A policy that no binding names does nothing, which standard error says."""
    policy = tmp_path / "policy.yaml"
    policy.write_text(WARNS.partition("---")[0])
    result = run("lint", good, "--policies", policy)

    assert 0 == result.exit_code
    assert "WorkflowPolicy never: does nothing, as no WorkflowPolicyBinding names it\n" == result.stderr


UNUSED = """\
apiVersion: argoproj.io/v1alpha1
kind: Workflow
metadata:
  generateName: a-
  annotations: {ignore.argo-admission.io/rt-unused-argument: "%s"}
spec:
  entrypoint: main
  templates:
  - name: main
    steps:
    - - {name: a, template: leaf, arguments: {parameters: [{name: other, value: x}]}}
  - {name: leaf, container: {image: "alpine:3.20", command: [echo]}}
"""
BINDING = """\
apiVersion: argo-admission.io/v1alpha1
kind: WorkflowPolicyBinding
metadata: {name: strict}
spec: {policyName: lint/rt-unused-argument, validationActions: [%s]}
"""


@pytest.mark.parametrize(
    ("reason", "action", "expected"),
    [
        ("", None, ["Warn"]),
        (" ", None, ["Warn"]),
        ("on purpose", None, []),
        ("on purpose", "Deny", ["Deny"]),
        ("on purpose", "Audit", ["Audit"]),
        ("", "Warn", ["Warn"]),
    ],
)
def test_how_strict(run: Run, tmp_path: Path, reason: str, action: str | None, expected: list[str]) -> None:
    """A binding decides how strict a rule is; an author silences a warning with a reason, never a denial."""
    (tmp_path / "a.yaml").write_text(UNUSED % reason)
    (tmp_path / "binding.yaml").write_text(BINDING % action)
    policies = ["--policies", tmp_path / "binding.yaml"] if action else []
    report = json.loads(run("lint", "-o", "json", *policies, tmp_path / "a.yaml").stdout)
    found = [finding["action"] for finding in report["findings"] if finding["source"] == "lint/rt-unused-argument"]

    assert expected == found


def test_the_program(bad: Path) -> None:
    """The program itself: exit status, findings on standard output, no colour where it is no terminal."""
    done = subprocess.run(
        [sys.executable, "-m", "admission", "lint", str(bad)], capture_output=True, text=True, check=False
    )

    assert (1, "") == (done.returncode, done.stderr)
    assert "\x1b" not in done.stdout
    assert "biuld" in done.stdout


HEAVY = ("aiohttp", "kubernetes", "celpy", "cel_expr_python", "cryptography")


def test_lint_starts_quickly(good: Path) -> None:
    """Linting without policies imports nothing that only policies or servers need."""
    program = (
        "import sys\nfrom admission.cli.main import main\n"
        f"main(['lint', {str(good)!r}], standalone_mode=False)\n"
        f"print([name for name in {HEAVY!r} if name in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)

    assert "[]" == done.stdout.splitlines()[-1]


@pytest.mark.parametrize("verb", ["lint", "review", "audit"])
@pytest.mark.parametrize(("ids", "expected"), [("", 1), ("['']", 0), ("[mine]", 1)], ids=["no file", "another", "mine"])
def test_workflows_of_a_controller_with_an_id(run: Run, tmp_path: Path, verb: str, ids: str, expected: int) -> None:
    """They are judged, unless a configuration says that they are another release's."""
    file, config = tmp_path / "labelled.yaml", tmp_path / "config.yaml"
    file.write_text(BAD.replace("name: bad", "name: bad, labels: {workflows.argoproj.io/controller-instanceid: mine}"))
    config.write_text(
        "apiVersion: argo-admission.io/v1alpha1\nkind: AdmissionConfiguration\n"
        f"tls: {{certificate: a, key: b}}\ncontroller: {{instanceIDs: {ids}}}\n"
    )

    assert expected == run(verb, file, *(("--config", config) if ids else ())).exit_code


@pytest.mark.parametrize(
    ("before", "after", "said"),
    [
        ("kind: Workflow", "kind: Worklfow", "there is no kind 'Worklfow'; did you mean 'Workflow'?"),
        ("kind: Workflow", "kind: workflow", "there is no kind 'workflow'; did you mean 'Workflow'?"),
        ("kind: Workflow", "", "it has no kind"),
        ("argoproj.io/", "argoproj/", "Workflow is of the group argoproj.io, not argoproj"),
        ("kind: Workflow", "kind: ClusterAnalysisTemplate", ""),
    ],
    ids=["misspelt", "small", "none", "group", "of Argo Rollouts"],
)
def test_what_was_probably_meant(run: Run, good: Path, before: str, after: str, said: str) -> None:
    """An object that looks like Argo's and is not is named with its place, however much else was judged."""
    for verb in ("lint", "expand"):
        result = run(verb, good, "-", input=f"{CONFIG_MAP}---\n{BAD.replace(before, after)}")

        assert 0 == result.exit_code
        assert (f"argo-admission: <stdin>:5:1: not judged: {said}\n" if said else "") == result.stderr


def test_bindings_for_somebody(run: Run, good: Path, tmp_path: Path) -> None:
    """Nobody asks here: a binding for some subjects does not count, and that is said."""
    policies = tmp_path / "policies.yaml"
    policies.write_text(POLICY.replace("[Warn]", "[Deny], subjects: [{kind: Group, name: research}]"))
    result = run("lint", good, "--policies", policies)

    assert 0 == result.exit_code
    assert "these bindings do not count: named; 'argo-admission review --as'" in result.stderr


def test_bindings_by_labels(run: Run, good: Path, tmp_path: Path) -> None:
    """A binding that selects by labels which nobody has given does not count, and that is said."""
    policies, namespace = tmp_path / "policies.yaml", tmp_path / "namespace.yaml"
    where = "matchResources: {namespaceSelector: {matchLabels: {tier: production}}}"
    policies.write_text(POLICY.replace("[Warn]", f"[Deny], {where}"))
    namespace.write_text("apiVersion: v1\nkind: Namespace\nmetadata: {name: default, labels: {tier: production}}\n")
    unknown = run("lint", good, "--policies", policies)
    known = run("lint", good, "--policies", policies, "--templates", namespace)

    assert (0, 1) == (unknown.exit_code, known.exit_code)
    assert "the labels of default are not known, by which these bindings select: named" in unknown.stderr
    assert "" == known.stderr


def test_sarif_says_what_is_wanted(run: Run, bad: Path, tmp_path: Path) -> None:
    """Rules, policies and what neither of them finds have their title and rationale in SARIF."""
    policies = tmp_path / "policies.yaml"
    policies.write_text(POLICY)
    result = run("lint", "-o", "sarif", "--policies", policies, bad, "-", input="a: [")
    (ran,) = json.loads(result.stdout)["runs"]
    about = {rule["id"]: rule for rule in ran["tool"]["driver"]["rules"]}

    assert {"lint/ref-undefined", "policy/named", "parse"} == about.keys()
    assert not [source for source, rule in about.items() if rule["shortDescription"]["text"] == source]
    assert {"text": "Things have names."} == about["policy/named"]["shortDescription"]
    assert {"text": "They must be called."} == about["policy/named"]["help"]


POLICY = """\
apiVersion: argo-admission.io/v1alpha1
kind: WorkflowPolicy
metadata: {name: named}
spec:
  title: Things have names.
  rationale: They must be called.
  validations: [{expression: "false", message: there is no name}]
---
apiVersion: argo-admission.io/v1alpha1
kind: WorkflowPolicyBinding
metadata: {name: named}
spec: {policyName: named, validationActions: [Warn]}
"""
