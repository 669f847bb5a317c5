"""YAML and JSON as kubectl reads them."""

from __future__ import annotations

import json
import time
from pathlib import Path as File
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from admission.errors import MalformedSource
from admission.model.path import Path
from admission.model.source import Repeated, documents, read

#: What sigs.k8s.io/yaml and the API machinery made of each text; ``null`` in the place of one that they refuse.
TABLE = [
    json.loads(line) for line in (File(__file__).parent / "yaml_as_kubernetes_reads_it.jsonl").read_text().splitlines()
]

FILE = """\
# a comment
apiVersion: v1
metadata:
  labels: {app: x}
  items:
  - name: one
  -
    name: two
---

---
b: 1
"""


@pytest.mark.parametrize("row", TABLE, ids=lambda row: repr(row["text"])[:60])
def test_kubernetes_reads_the_same(row: dict[str, Any]) -> None:
    """Every text becomes the value that Kubernetes' own reader makes of it, or is refused as there."""
    found = [None if isinstance(source, MalformedSource) else source.document for source in documents(row["text"])]

    assert typed(row["documents"]) == typed(found)


def typed(value: Any) -> Any:
    """*value* such that ``1`` and ``true`` are not equal."""
    return json.dumps(value, sort_keys=True, default=str).replace("1e+20", "100000000000000000000")


@pytest.mark.parametrize(
    ("path", "expected"),
    [
        (Path(), (2, 1)),
        (Path(("metadata",)), (3, 1)),
        (Path(("metadata", "labels", "app")), (4, 12)),
        (Path(("metadata", "items", 0, "name")), (6, 5)),
        (Path(("metadata", "items", 1)), (8, 5)),
        (Path(("metadata", "items", 1, "name")), (8, 5)),
        (Path(("metadata", "items", 7, "name")), (5, 3)),
        (Path(("metadata", "annotations", "x")), (3, 1)),
        (Path(("spec",)), (2, 1)),
        (Path(("metadata", 0)), (3, 1)),
    ],
    ids=str,
)
def test_position(path: Path, expected: tuple[int, int]) -> None:
    """A field stands where its key does, an item where it begins, what is absent at its nearest ancestor."""
    assert expected == read(FILE)[0].position(path)


def test_positions_count_from_the_beginning_of_the_file() -> None:
    """Documents are numbered without the empty ones, lines with everything that stands before."""
    first, second = read(FILE)

    assert (0, 1) == (first.index, second.index)
    assert (12, 1) == second.position(Path(("b",)))


JSON = '{"a": {"b c": [1, {"d": "x\\"}"}],\n  "e": null},\n\n "f": -1e3}'


@pytest.mark.parametrize(
    ("path", "expected"),
    [
        (Path(), (1, 1)),
        (Path(("a", "b c")), (1, 8)),
        (Path(("a", "b c", 1)), (1, 19)),
        (Path(("a", "b c", 1, "d")), (1, 20)),
        (Path(("a", "e")), (2, 3)),
        (Path(("f",)), (4, 2)),
    ],
    ids=str,
)
def test_position_in_json(path: Path, expected: tuple[int, int]) -> None:
    """JSON has the same places as YAML would have."""
    assert expected == read(JSON)[0].position(path)


def test_json_values_one_after_another() -> None:
    """Several JSON objects without a separator are several documents, as for kubectl."""
    one, two = read('{"a": 1}\n{"b":\n 2}')

    assert [{"a": 1}, {"b": 2}] == [one.document, two.document]
    assert (2, 2) == (two.position(Path(("b",)))[0], two.position(Path(("b",)))[1])


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("a: 1\nb: {c: 1, d: 2, c: 3}\n", Repeated(Path(("b", "c")), (2, 5), (2, 17))),
        ("a:\n- x: 1\n  y: 1\n  x: 2\n", Repeated(Path(("a", 0, "x")), (2, 3), (4, 3))),
        ("a: 1\na: 2\na: 3\n", Repeated(Path(("a",)), (1, 1), (3, 1))),
        ("1: a\n'1': b\n", Repeated(Path(("1",)), (1, 1), (2, 1))),
        ('{"a": [{"b": 1,\n "b": 2}]}', Repeated(Path(("a", 0, "b")), (1, 9), (2, 2))),
    ],
    ids=["flow", "in a list", "three times", "once a number", "JSON"],
)
def test_repeated_keys(text: str, expected: Repeated) -> None:
    """A repeated key is told with its first and its last place."""
    assert (expected,) == read(text)[0].repeated


def test_a_merge_repeats_nothing() -> None:
    """What ``<<`` brings in may be overridden; that is what it is for."""
    (source,) = read("x: &x {a: 1}\nz: {<<: *x, a: 2}\n")

    assert () == source.repeated
    assert {"x": {"a": 1}, "z": {"a": 2}} == source.document


def test_the_place_of_what_a_merge_brought_in() -> None:
    """What comes through an alias or merge stands where it is written."""
    (source,) = read("x: &x\n  a: 1\nz:\n  <<: *x\nw: *x\n")

    assert (2, 3) == source.position(Path(("z", "a")))
    assert (2, 3) == source.position(Path(("w", "a")))
    assert (5, 1) == source.position(Path(("w",)))


BOMB = "a0: &a0 [x, x, x, x, x, x, x, x, x]\n" + "".join(
    f"a{n}: &a{n} [{', '.join([f'*a{n - 1}'] * 9)}]\n" for n in range(1, 12)
)


@pytest.mark.parametrize(
    ("text", "place", "message"),
    [
        (BOMB, (4, 10), "aliases"),
        ("[" * 100_000, (1, 1001), "nesting depth"),
        ("[" * 900, (1, 251), "within one another"),
        ("- " * 50_000, (1, 501), "within one another"),
        ('{"a":' * 2_000 + "1" + "}" * 2_000, (1, 1251), "within one another"),
        ('{"a":' * 900 + "1" + "}" * 900, (1, 1), "within one another"),
        ("x" * (16 * 1024**2 + 1), (1, 1), "longer than 16 MiB"),
        ("a: 1\nb: [1\n", (3, 1), "flow sequence"),
        ("a: 1\n---\nb: 'x\n", (4, 1), "quoted scalar"),
        ("a: 1\n--- b: 1\n", (2, 4), "'b: 1'"),
        ("a: \x00\n", (1, 4), "control characters"),
        (b"a: 1\nb: \xff\n", (2, 4), "not UTF-8"),
        ("a: \ud800", (1, 4), "not UTF-8"),
        ("a: 1\nb: *c\n", (2, 4), "&c"),
        ("a: .inf\n", (1, 4), "JSON"),
        ("[a]: 1\n", (1, 1), "key"),
        ("a: 1\n~: 1\n", (2, 1), "null cannot be a key"),
        ("é:\r\n\tb: 1\n", (2, 1), "a tab: indent with spaces"),
        ("a: 1\n---\nb: @c\n", (3, 4), "quotes around a value that begins with @"),
    ],
    ids=lambda value: repr(value)[:30],
)
def test_malformed(text: str | bytes, place: tuple[int, int], message: str) -> None:
    """What is no YAML, or made to cost much, is refused at its place."""
    with pytest.raises(MalformedSource) as error:
        read(text)

    assert message in str(error.value)
    assert place == (error.value.line, error.value.column)


@pytest.mark.parametrize("text", [b"\xef\xbb\xbfa: 1", "\ufeffa: 1", "a: 1".encode("utf-16")], ids=repr)
def test_byte_order_marks(text: str | bytes) -> None:
    """A byte order mark says the encoding and is no part of the text."""
    assert {"a": 1} == read(text)[0].document


@pytest.mark.parametrize(
    "text", ["", "\n", "# c\n", "\t\n", "---\n", "--- # c\n---\n  # d\n", "null", "~\n---\n"], ids=repr
)
def test_empty_documents_are_none(text: str) -> None:
    """White space, comments and null are no documents."""
    assert [] == read(text)


def test_the_others_of_a_file_are_read_beside_a_malformed_one() -> None:
    """One malformed document does not hide the others."""
    first, second, third = documents("a: 1\n---\nb: [\n---\nc: 1\n")

    assert isinstance(second, MalformedSource)
    assert [{"a": 1}, {"c": 1}] == [source.document for source in (first, third)]  # type: ignore[union-attr]


def test_a_large_file_reads_quickly() -> None:
    """Half a megabyte takes a fraction of a second (measured: 0.1 s)."""
    text = "".join(
        f"- name: n{i}\n  container: {{image: 'alpine:3.20', command: [sh, -c], args: ['echo {i}']}}\n"
        for i in range(6_000)
    )
    begun = time.process_time()
    read("a:\n" + text)

    assert len(text) > 450_000
    assert time.process_time() - begun < 2


@given(st.text() | st.binary())
def test_any_text_ends(text: str | bytes) -> None:
    """Any text ends in documents or in MalformedSource."""
    for source in documents(text):
        assert isinstance(source, MalformedSource) or source.document is not None


@given(st.text(alphabet="ab:- \n\t[]{},&*<!?|>'\"#%01.~\r", max_size=80))
def test_any_text_of_marks_ends(text: str) -> None:
    """So does any text made of what YAML gives a meaning, and each document has its places."""
    for source in documents(text):
        if not isinstance(source, MalformedSource):
            assert source.position(Path(("a", 0))) >= (1, 1)
            assert source.repeated is source.repeated


WORDS = st.text(st.characters(exclude_categories=["Cs"]), max_size=20)
VALUES = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-(2**63), 2**63 - 1)
    | st.floats(allow_nan=False, allow_infinity=False)
    | WORDS,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(WORDS, inner, max_size=4),
    max_leaves=20,
)


@given(st.dictionaries(WORDS, VALUES), st.sampled_from([None, 1]), st.booleans())
def test_json_comes_back(value: Any, indent: int | None, ascii_only: bool) -> None:
    """JSON reads as ``json.loads`` reads it."""
    text = json.dumps(value, indent=indent, ensure_ascii=ascii_only)

    assert [json.loads(text)] == [source.document for source in read(text)]


@given(st.dictionaries(WORDS, VALUES))
def test_json_has_a_place_for_every_field(value: Any) -> None:
    """Each key of JSON is found where it stands."""
    text = json.dumps(value, indent=2, ensure_ascii=False)
    (source,) = read(text)
    lines = text.split("\n")

    for key in value:
        line, column = source.position(Path((key,)))
        assert lines[line - 1][column - 1 :].startswith(json.dumps(key, ensure_ascii=False))
