"""The garbage collector, of a server that lives for weeks and of a Lambda that somebody waits for."""

import gc

# New objects that outnumber the freed ones by so many start a collection (Python's own: 700 to 2,000).
# A request under way holds some hundred, so a collection amid a burst finds next to nothing to free.
_FIRST_GENERATION = 20_000


def spare_garbage_collection() -> None:
    """Leave what the process loaded at its start out of all collections, and collect less often.

    Modules, models and routes are a few hundred thousand objects that never go: looking at them again
    and again took 4 % of the time that cached polls take (scripts/bench --only polls_ratio).
    """
    gc.collect()
    gc.freeze()
    gc.set_threshold(_FIRST_GENERATION, 10, 10)


def stop_collections() -> None:
    """Collect nothing until `begin_collections`: loading makes much, and frees little.

    Hundreds of collections amid the imports took an eighth of a cold start (docs/performance.md).
    """
    gc.disable()


def begin_collections() -> None:
    """Collect from now on, except what was loaded until now."""
    if not gc.isenabled():
        gc.freeze()
        gc.enable()
