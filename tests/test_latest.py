"""What a process keeps of the latest things that it dealt with."""

from shared.latest import Latest


def test_what_was_set_longest_ago_goes_first() -> None:
    latest: Latest[str, int] = Latest(most=3)
    for number, name in enumerate(["a", "b", "c", "a", "d"]):
        latest[name] = number
    assert dict(latest) == {"c": 2, "a": 3, "d": 4}


def test_a_look_moves_nothing() -> None:
    latest: Latest[str, int] = Latest(most=2)
    latest["a"], latest["b"] = 1, 2
    assert (latest.get("a"), latest["a"]) == (1, 1)
    latest["c"] = 3
    assert list(latest) == ["b", "c"]


def test_there_are_ten_thousand_at_most_unless_said_otherwise() -> None:
    latest: Latest[int, None] = Latest()
    for number in range(10_010):
        latest[number] = None
    assert (len(latest), next(iter(latest))) == (10_000, 10)
