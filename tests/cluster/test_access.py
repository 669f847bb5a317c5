"""Answers that are kept for a moment."""

from admission.cluster.access import Kept


def test_kept_for_a_while():
    """An answer counts for as long as it is said, and then is as if it had never come."""
    now = [0.0]
    kept = Kept(seconds=30, most=10, now=lambda: now[0])

    kept.put("a", 1)
    now[0] = 29.9
    assert 1 == kept.get("a")
    now[0] = 30.0
    assert kept.get("a") is None


def test_bounded():
    """There are never more than so many; the oldest go first."""
    kept = Kept(seconds=30, most=3)

    for number in range(10):
        kept.put(number, number)

    assert [None, 7, 8, 9] == [kept.get(number) for number in (0, 7, 8, 9)]
