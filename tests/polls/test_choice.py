"""Single and multiple choice: what may be asked and voted, and how it counts. Without a database."""

from collections.abc import Mapping
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared.errors import InvalidRequest
from shared.polls.kinds import KINDS, count_vote
from shared.polls.kinds.base import VOTERS, Counted, CountedBallot, PollDefinition
from shared.polls.kinds.choice import ChoiceBallot, MultipleChoice, OptionTally
from shared.polls.schemas import CreatePoll
from shared.polls.vote_schemas import CastVote

OPTIONS = tuple(UUID(int=number) for number in (3, 1, 2, 5, 4))


def _definition(kind: str, max_choices: int) -> PollDefinition:
    return PollDefinition(UUID(int=9), UUID(int=8), kind, OPTIONS, max_choices)


def _count(kind: str, max_choices: int, *options: UUID) -> CountedBallot:
    vote = CastVote.model_validate({"option_ids": options})
    return count_vote(_definition(kind, max_choices), vote)


def _tallies(counts: Mapping[str, int]) -> list[OptionTally]:
    results = MultipleChoice().publish(Counted(UUID(int=9), False, OPTIONS, 0, counts))
    return results.tallies


def _request(kind: str, *labels: str, max_choices: int | None = None) -> CreatePoll:
    options = [{"label": label} for label in labels]
    return CreatePoll.model_validate(
        {"kind": kind, "prompt": "?", "options": options, "max_choices": max_choices}
    )


def _errors(kind: str, max_choices: int, *options: UUID) -> list[tuple[object, ...]]:
    with pytest.raises(InvalidRequest) as refused:
        _count(kind, max_choices, *options)
    return [error.location for error in refused.value.errors]


def test_a_single_choice_counts_the_voter_and_the_option() -> None:
    counted = _count("single_choice", 1, OPTIONS[1])
    assert counted.counts == {VOTERS: 1, f"option:{OPTIONS[1]}": 1}
    assert counted.ballot == ChoiceBallot(option_ids=[OPTIONS[1]])


def test_the_order_of_the_options_in_a_vote_makes_no_difference() -> None:
    one = _count("multiple_choice", 3, OPTIONS[4], OPTIONS[0])
    other = _count("multiple_choice", 3, OPTIONS[0], OPTIONS[4])
    assert one == other
    assert one.ballot == ChoiceBallot(option_ids=[OPTIONS[0], OPTIONS[4]])


def test_two_options_in_a_single_choice_are_refused() -> None:
    assert _errors("single_choice", 1, *OPTIONS[:2]) == [("body", "option_ids")]


def test_more_than_max_choices_are_refused() -> None:
    assert _errors("multiple_choice", 2, *OPTIONS[:3]) == [("body", "option_ids")]


def test_an_option_of_another_poll_is_refused_where_it_stands() -> None:
    assert _errors("multiple_choice", 3, OPTIONS[0], UUID(int=99)) == [("body", "option_ids", 1)]


def test_the_same_option_twice_is_refused() -> None:
    assert _errors("multiple_choice", 3, OPTIONS[0], OPTIONS[0]) == [("body", "option_ids")]


@given(st.lists(st.sampled_from(OPTIONS), min_size=1, max_size=5, unique=True))
def test_a_vote_moves_each_chosen_counter_by_one_and_no_other(chosen: list[UUID]) -> None:
    counted = _count("multiple_choice", 5, *chosen)
    tallies = _tallies(counted.counts)
    assert [tally.option_id for tally in tallies] == list(OPTIONS)
    assert {tally.option_id for tally in tallies if tally.votes} == set(chosen)
    assert {tally.votes for tally in tallies} <= {0, 1}
    assert sum(counted.counts.values()) == 1 + len(chosen)


def test_options_nobody_chose_are_shown_with_zero() -> None:
    tallies = _tallies({f"option:{OPTIONS[2]}": 7})
    assert [tally.votes for tally in tallies] == [0, 0, 7, 0, 0]


@pytest.mark.parametrize("kind", ["single_choice", "multiple_choice", "ranking"])
def test_options_that_look_the_same_are_refused(kind: str) -> None:
    # The same letter composed and decomposed, and with space around it: one label after cleaning.
    request = _request(kind, "caf\u00e9", "tea", " cafe\u0301 ")
    errors = KINDS[kind].check_definition(request)
    assert [error.location for error in errors] == [("body", "options", 2, "label")]


@pytest.mark.parametrize(
    ("kind", "max_choices", "sound"),
    [
        ("single_choice", None, True),
        ("single_choice", 1, True),
        ("single_choice", 2, False),
        ("multiple_choice", None, True),
        ("multiple_choice", 3, True),
        ("multiple_choice", 4, False),
    ],
)
def test_max_choices_fits_the_kind_and_the_options(
    kind: str, max_choices: int | None, sound: bool
) -> None:
    errors = KINDS[kind].check_definition(_request(kind, *"abc", max_choices=max_choices))
    assert [error.location for error in errors] == ([] if sound else [("body", "max_choices")])


def test_without_max_choices_a_multiple_choice_takes_all_and_a_single_one() -> None:
    assert KINDS["multiple_choice"].max_choices(_request("multiple_choice", *"abc")) == 3
    assert KINDS["single_choice"].max_choices(_request("single_choice", *"abc")) == 1


def test_an_export_holds_the_labels_of_the_chosen_options() -> None:
    labels = {option_id: f"option {position}" for position, option_id in enumerate(OPTIONS)}
    ballot = {"option_ids": [str(OPTIONS[0]), str(OPTIONS[4])]}
    assert KINDS["multiple_choice"].export_row(labels, ballot) == ["option 0", "option 4"]
