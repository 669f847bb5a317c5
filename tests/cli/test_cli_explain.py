"""``argo-admission rules``, ``explain``, and what is generated of the command line."""

from __future__ import annotations

import json
import re
from pathlib import Path
from textwrap import indent

import pytest
from cli_manifests import Run

from admission.cli.explain import EVERY, sources
from admission.cli.main import COMMANDS
from admission.cli.options import SHARED
from admission.cli.reference import BEGIN, markdown, spliced
from admission.lint.rule import Rule
from admission.lint.rules import RULES

README = Path(__file__).parents[2] / "README.md"
PACKAGE = Path(__file__).parents[2] / "admission"


def test_rules(run: Run) -> None:
    """Every rule has a line."""
    lines = run("rules").stdout.splitlines()

    assert [rule.id for rule in EVERY] == [line.split()[0] for line in lines]


def test_rules_for_programs(run: Run) -> None:
    """Every rule has its id, action and title as JSON."""
    listed = json.loads(run("rules", "-o", "json").stdout)

    assert [(rule.source, rule.action.value, rule.title) for rule in EVERY] == [
        (item["id"], item["action"], item["title"]) for item in listed["items"]
    ]


@pytest.mark.parametrize("rule", [RULES[0], EVERY[0]], ids=lambda rule: rule.source)
@pytest.mark.parametrize("by", ["id", "source"])
def test_explain_a_rule(run: Run, rule: Rule, by: str) -> None:
    """A rule is explained by its id, or by what stands in brackets after a finding."""
    result = run("explain", getattr(rule, by))

    assert 0 == result.exit_code
    assert all(part in result.stdout for part in (rule.id, rule.title, "Bad:", "Good:"))


def test_explain_a_policy(run: Run) -> None:
    """A policy of the library is explained, too."""
    result = run("explain", "policy/require-limits")

    assert 0 == result.exit_code
    assert result.stdout.startswith("policy/require-limits\n")
    assert "Bad:" in result.stdout
    assert "Good:" in result.stdout


def test_the_shortest_case_explains_most(run: Run) -> None:
    """The examples of a policy are the shortest of its cases."""
    shown = run("explain", "no-privileged-containers").stdout
    files = (README.parent / "policies" / "no-privileged-containers" / "cases").glob("*.yaml")
    texts = sorted((file.read_text() for file in files), key=len)
    good = next(text for text in texts if "# finding" not in text)
    bad = next(text for text in texts if "# finding" in text)

    assert f"Bad:\n\n{indent(bad, '    ')}\nGood:\n\n{indent(good, '    ')}" == shown[shown.index("Bad:") :]


def test_explain_what_is_not_there(run: Run) -> None:
    """An id that is none: exit status 2, and the one that was probably meant."""
    result = run("explain", RULES[0].id + "x")

    assert (2, "") == (result.exit_code, result.stdout)
    assert f"did you mean {RULES[0].id!r}?" in result.stderr


def test_a_command_that_is_none(run: Run) -> None:
    """Exit status 2, and the command that was probably meant."""
    result = run("lnt", "-")

    assert 2 == result.exit_code
    assert "there is no command 'lnt'; did you mean 'lint'?" in result.stderr


def test_the_list_of_commands(run: Run) -> None:
    """Each is there with the whole of its sentence."""
    listed = run("--help").stdout.partition("Commands:")[2]

    assert "..." not in listed
    assert all(re.search(rf"^  {command} ", listed, re.M) for command in COMMANDS)


@pytest.mark.parametrize("command", COMMANDS)
def test_help(run: Run, command: str) -> None:
    """Every command has help, which says what each of its options means."""
    result = run(command, "--help")

    assert 0 == result.exit_code
    assert "Usage:" in result.stdout


def test_the_reference_has_everything() -> None:
    """The generated part names every command and every shared option."""
    text = markdown()

    assert all(f"`{command}" in text for command in COMMANDS)
    assert all(str(option.opts[-1]) in text for option in SHARED)


def test_the_readme_says_what_the_command_line_is() -> None:
    """The part of README.md on the command line is what the commands say of themselves."""
    readme = README.read_text()

    assert BEGIN in readme
    assert spliced(readme) == readme


def sources_of_findings() -> set[str]:
    """What stands as the source of a finding in the package, where that is no rule and no policy."""
    made = re.compile(r'Finding\(\s*"([a-z/-]+)"')
    found = {source for file in PACKAGE.rglob("*.py") for source in made.findall(file.read_text(encoding="utf-8"))}
    return found - {rule.source for rule in EVERY}


@pytest.mark.parametrize("source", sorted(sources_of_findings()))
def test_explain_what_no_rule_says(run: Run, source: str) -> None:
    """Whatever stands in brackets after a finding can be explained."""
    result = run("explain", source)

    assert 0 == result.exit_code
    assert result.stdout.startswith(f"{source}\n\n")


def test_nothing_is_explained_that_is_never_found() -> None:
    """The other sources are just those that findings have."""
    assert sources_of_findings() == sources().keys()
