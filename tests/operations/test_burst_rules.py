"""The servers' share, on plain values: bounds, cool-downs, hysteresis, whatever the alarms say."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared.burst.rules import WHOLE, Alarms, Policy, State, Switch, decide

POLICY = Policy()
HOT, CALM, FAILING = Alarms(hot=True), Alarms(calm=True), Alarms(failing=True)

alarms = st.builds(Alarms, hot=st.booleans(), calm=st.booleans(), failing=st.booleans())
switches = st.sampled_from([Switch.AUTOMATIC] * 6 + [Switch.HOLD, Switch.SERVERS])
policies = st.builds(
    Policy,
    least=st.integers(1, 40),
    most=st.integers(40, WHOLE),
    shed_factor=st.floats(1.01, 100),
    return_factor=st.floats(1.01, 100),
    shed_cooldown_s=st.integers(0, 300),
    return_cooldown_s=st.integers(0, 600),
)
histories = st.lists(st.tuples(st.floats(0, 400), alarms, switches), max_size=60)


def walk(state: State, *steps: tuple[float, Alarms]) -> list[int]:
    weights = []
    for now, said in steps:
        state = decide(state, said, Switch.AUTOMATIC, POLICY, now)
        weights.append(state.server_weight)
    return weights


def test_a_spike_moves_to_the_functions_in_three_steps_and_stops_at_the_bound() -> None:
    steps = [(1000.0 + 60 * number, HOT) for number in range(4)]
    assert walk(State(100, 0), *steps) == [33, 11, 10, 10]


def test_it_comes_back_in_small_steps_while_the_servers_are_calm() -> None:
    steps = [(1000.0 + 180 * number, CALM) for number in range(7)]
    assert walk(State(10, 0), *steps) == [15, 22, 33, 49, 73, 100, 100]


def test_between_calm_and_hot_nothing_moves() -> None:
    assert walk(State(33, 0), (10_000, Alarms()), (20_000, Alarms())) == [33, 33]


def test_hot_wins_over_calm_and_failing_functions_win_over_both() -> None:
    assert walk(State(60, 0), (1000, Alarms(hot=True, calm=True))) == [20]
    assert walk(State(60, 0), (1000, Alarms(hot=True, calm=True, failing=True))) == [90]


def test_no_step_is_made_before_its_cool_down_has_passed() -> None:
    moved = State(60, 1000)
    assert walk(moved, (1059.9, HOT), (1060, HOT)) == [60, 20]
    assert walk(moved, (1179.9, CALM), (1180, CALM)) == [60, 90]
    assert walk(moved, (1059.9, FAILING), (1060, FAILING)) == [60, 90]


def test_a_clock_that_was_set_back_stops_nothing() -> None:
    assert walk(State(60, 9_000_000_000), (1000, HOT)) == [20]


def test_the_switch_holds_or_gives_everything_to_the_servers_at_once() -> None:
    moved = State(10, 1000)
    assert decide(moved, HOT, Switch.HOLD, POLICY, 1000) is moved
    assert decide(moved, HOT, Switch.SERVERS, POLICY, 1000) == State(100, 1000)


@pytest.mark.parametrize(("given_weight", "follows"), [(0, 10), (7, 10), (150, 100), (-3, 10)])
def test_a_share_out_of_bounds_is_brought_back_without_an_alarm(
    given_weight: int, follows: int
) -> None:
    assert walk(State(given_weight, 1000), (1000, Alarms())) == [follows]


@given(histories, policies, st.integers(0, WHOLE))
def test_whatever_the_alarms_say_the_weights_sum_stay_in_bounds_and_rest(
    history: list[tuple[float, Alarms, Switch]], policy: Policy, start: int
) -> None:
    state, now = decide(State(start, 0), Alarms(), Switch.AUTOMATIC, policy, 1.0), 1.0
    for passed_s, said, switch in history:
        now += passed_s
        follows = decide(state, said, switch, policy, now)
        assert sum(follows.weights) == WHOLE
        assert policy.least <= follows.server_weight <= policy.most
        if follows != state and switch is Switch.AUTOMATIC:
            fell = follows.server_weight < state.server_weight
            rest_s = policy.shed_cooldown_s if fell or said.failing else policy.return_cooldown_s
            assert now - state.moved_at >= rest_s
            assert fell == (said.hot and not said.failing)
        if policy.shed_cooldown_s and policy.return_cooldown_s:
            # The same message again, at the same time, moves nothing.
            assert decide(follows, said, switch, policy, now) == follows
        state = follows


@given(st.floats(0.05, 20), st.integers(10, WHOLE))
def test_under_a_steady_load_the_share_settles_and_does_not_swing(load: float, start: int) -> None:
    # Load in units of what the servers bear; alarms at 80 and 50 percent of it, and 1.5 × 50 < 80.
    state, now, directions = State(start, 0), 1000.0, []
    for _ in range(200):
        on_servers = load * state.server_weight / WHOLE
        said = Alarms(hot=on_servers > 0.8, calm=on_servers < 0.5)
        follows = decide(state, said, Switch.AUTOMATIC, POLICY, now)
        if follows != state:
            directions.append(follows.server_weight > state.server_weight)
        state, now = follows, now + 60
    assert directions == sorted(directions)
    last = decide(state, said, Switch.AUTOMATIC, POLICY, now + 10_000)
    assert last.server_weight == state.server_weight


def test_a_return_factor_that_is_too_large_for_the_alarms_would_swing() -> None:
    # The counterpart of the test above: it can fail.
    policy, state, now = replace(POLICY, return_factor=9.0), State(10, 0), 1000.0
    weights = []
    for _ in range(60):
        on_servers = 3 * state.server_weight / WHOLE
        said = Alarms(hot=on_servers > 0.8, calm=on_servers < 0.5)
        state, now = decide(state, said, Switch.AUTOMATIC, policy, now), now + 60
        weights.append(state.server_weight)
    assert len(set(weights[30:])) > 1
