"""The layout that lets a reader find things: one endpoint per module, one name everywhere."""

import inspect
import pkgutil
from importlib import import_module
from types import ModuleType

import pytest
from fastapi.routing import APIRoute

import handlers
from handlers.app import DIRECT, ENDPOINTS
from tests.support.calls import CALLS

# Those that get a Lambda function too, as far as they are there.
BURST = {
    "join_event",
    "get_changes",
    "cast_vote",
    "upvote_question",
    "ask_question",
    "send_reaction",
    "submit_answer",
}
# What AWS calls: no HTTP.
NO_ENDPOINTS = {"handlers.app", "handlers.operations"}


def modules() -> list[ModuleType]:
    """Return every module below handlers/ that is no package and serves HTTP."""
    found = []
    for info in pkgutil.walk_packages(handlers.__path__, "handlers."):
        if not info.ispkg and not info.name.startswith(tuple(NO_ENDPOINTS)):
            found.append(import_module(info.name))
    return found


def name_of(module: ModuleType) -> str:
    return module.__name__.rpartition(".")[2]


def route_of(module: ModuleType) -> APIRoute:
    """Return a module's one route."""
    (route,) = module.router.routes
    assert isinstance(route, APIRoute)
    return route


def test_the_application_serves_every_endpoint_once() -> None:
    assert sorted(each.__name__ for each in ENDPOINTS) == sorted(
        each.__name__ for each in modules()
    )
    assert set(DIRECT) <= set(ENDPOINTS)


def test_no_two_endpoints_share_a_name_or_a_call() -> None:
    names = [name_of(module) for module in modules()]
    calls = [(route.path, *(route.methods or ())) for route in map(route_of, modules())]

    assert len(set(names)) == len(names)
    assert len(set(calls)) == len(calls)


@pytest.mark.parametrize("module", modules(), ids=name_of)
def test_module_function_route_and_operation_have_one_name(module: ModuleType) -> None:
    route, name = route_of(module), name_of(module)

    assert route.name == route.endpoint.__name__ == route.unique_id == name
    assert route.endpoint.__module__ == module.__name__
    assert inspect.iscoroutinefunction(route.endpoint)
    assert route.methods == {CALLS[name].method}
    assert route.path == CALLS[name].path


@pytest.mark.parametrize("module", modules(), ids=name_of)
def test_a_module_says_who_calls_it_and_holds_one_endpoint(module: ModuleType) -> None:
    functions = [
        function
        for _, function in inspect.getmembers(module, inspect.isfunction)
        if function.__module__ == module.__name__ and not function.__name__.startswith("_")
    ]

    assert (module.__doc__ or "").strip()
    assert functions == [route_of(module).endpoint]
    assert (functions[0].__doc__ or "").strip()


@pytest.mark.parametrize("module", modules(), ids=name_of)
def test_a_burst_endpoint_and_no_other_has_a_lambda_entry(module: ModuleType) -> None:
    assert callable(getattr(module, "handler", None)) == (name_of(module) in BURST)
