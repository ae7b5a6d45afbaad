"""How much the micro-cache holds."""

import gc
import tracemalloc

from shared.http.bounded_lru import BoundedLru
from shared.http.micro_cache import MicroCache
from tests.support.origin import PUBLIC, Clock, Headers, Origin, ask

GZIP: Headers = [(b"accept-encoding", b"gzip")]
BUDGET = 1024 * 1024


def cache_of(origin: Origin, max_bytes: int = BUDGET) -> tuple[MicroCache, Clock]:
    clock = Clock()
    return MicroCache(origin, max_bytes=max_bytes, clock=clock), clock


async def test_the_bytes_stay_within_the_bound_and_the_oldest_go_first() -> None:
    origin = Origin(body=b"x" * 50_000)
    cache, _ = cache_of(origin)
    for number in range(100):
        await ask(cache, f"/{number}")
        assert cache.stored_bytes <= BUDGET
    assert cache.stored_bytes > BUDGET * 0.9
    held = 100 - cache.stats.evictions
    assert 15 <= held <= 20
    for number in reversed(range(100)):
        await ask(cache, f"/{number}")
        if number == 100 - held:
            break
    assert (cache.stats.hits, origin.runs) == (held, 100)


async def test_an_entry_in_use_outlives_those_stored_after_it() -> None:
    origin = Origin(body=b"x" * 50_000, headers=[(b"cache-control", b"public, max-age=60")])
    cache, clock = cache_of(origin)
    await ask(cache, "/popular")
    for number in range(100):
        clock.now += 0.3
        await ask(cache, "/popular")
        await ask(cache, f"/{number}")
    assert cache.stats.evictions > 50
    assert cache.stats.stale_hits == 100


async def test_encoded_bodies_count() -> None:
    cache, _ = cache_of(Origin(body=bytes(range(256)) * 200))
    await ask(cache)
    plain = cache.stored_bytes
    encoded = (await ask(cache, headers=GZIP)).body
    assert cache.stored_bytes == plain + len(encoded)


async def test_keys_count() -> None:
    cache, _ = cache_of(Origin(body=b"x"))
    await ask(cache)
    one = cache.stored_bytes
    await ask(cache, query=b"q" * 10_000)
    assert cache.stored_bytes == 2 * one + 10_000


async def test_an_entry_larger_than_its_share_is_not_stored() -> None:
    origin = Origin(body=b"x" * (BUDGET // 8 + 1))
    cache, _ = cache_of(origin)
    assert (await ask(cache)).body == (await ask(cache)).body == origin.body
    assert (origin.runs, cache.stats.stores) == (2, 0)
    origin.body = b"x" * (BUDGET // 8)
    await ask(cache, "/other")
    assert cache.stats.stores == 1


async def test_keys_that_are_not_stored_are_remembered_within_the_bound_too() -> None:
    cache, _ = cache_of(Origin(headers=[(b"cache-control", b"no-store")]))
    for number in range(1000):
        await ask(cache, f"/{number}", query=b"q" * 100)
    assert 0 < cache.stored_bytes <= BUDGET // 64


async def test_errors_leave_nothing() -> None:
    cache, _ = cache_of(Origin(status=404, headers=PUBLIC))
    for number in range(10):
        await ask(cache, f"/{number}")
    assert cache.stored_bytes == 0


async def test_idle_entries_are_dropped_after_their_max_age_when_others_are_stored() -> None:
    cache, clock = cache_of(Origin(body=b"x" * 10_000))
    for number in range(10):
        await ask(cache, f"/{number}")
    clock.now += 1
    await ask(cache, "/new")
    assert cache.stored_bytes < 20_000
    assert cache.stats.evictions == 0


async def test_an_entry_past_its_max_age_whose_page_is_gone_is_dropped() -> None:
    origin = Origin()
    cache, clock = cache_of(origin)
    await ask(cache)
    clock.now += 1
    origin.status = 404
    await ask(cache)
    assert cache.stored_bytes == 0


async def test_the_count_is_not_less_than_what_python_takes() -> None:
    cache, _ = cache_of(Origin(body=b"{}"), 64 * BUDGET)
    await ask(cache)
    gc.collect()
    tracemalloc.start()
    try:
        before = tracemalloc.get_traced_memory()[0], cache.stored_bytes
        for number in range(300):
            await ask(cache, f"/{number}")
        gc.collect()
        taken = tracemalloc.get_traced_memory()[0] - before[0]
    finally:
        tracemalloc.stop()
    assert taken <= cache.stored_bytes - before[1]


def test_a_value_that_alone_costs_too_much_is_not_kept() -> None:
    store = BoundedLru[str, int](10)
    assert store.put("a", 1, 5) == 0
    assert store.put("b", 2, 11) == 2
    assert (store.get("a"), store.get("b"), store.cost) == (None, None, 0)


def test_what_was_put_again_goes_last() -> None:
    store = BoundedLru[str, int](10)
    store.put("a", 1, 5)
    store.put("b", 2, 5)
    assert store.put("a", 1, 5) == 0
    assert store.put("c", 3, 5) == 1
    assert (store.get("a"), store.get("b"), store.get("c")) == (1, None, 3)
    store.drop("absent")
    store.drop_oldest_while(lambda value: value < 3)
    assert (store.get("a"), store.get("c"), store.cost) == (None, 3, 5)
    store.drop_oldest_while(lambda value: True)
    assert store.cost == 0
