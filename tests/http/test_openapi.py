"""The OpenAPI document: whole, valid, with examples that hold, and the errors that can happen."""

import re
from collections.abc import Iterator
from typing import Any
from uuid import UUID

import httpx
import pytest
from pydantic import BaseModel, TypeAdapter

from handlers.app import ENDPOINTS
from shared.http.problem_schemas import Problem, ProblemWithErrors
from shared.http.problems import PROBLEM_JSON, PROBLEM_TYPES
from shared.identity.policy import PERMISSIONS
from tests.support.api import Json
from tests.support.calls import CALLS

# The pages for people are no part of the API.
DOCUMENTED = [name for name, call in CALLS.items() if call.path.startswith(("/v1/", "/health/"))]
HEEDS_A_CREDENTIAL = {"get_changes", "get_results", "get_leaderboard"}
LIMITED = set(PERMISSIONS) | HEEDS_A_CREDENTIAL | {"join_event"}
# Codes of the states that forbid an operation, and of refusals that are not every operation's.
CODES = {
    "update_event": {"invalid_transition"},
    "join_event": {"event_not_live"},
    "update_poll": {"invalid_transition"},
    "cast_vote": {"banned", "poll_closed", "event_not_live"},
    "retract_vote": {"banned", "poll_closed", "event_not_live"},
    "get_results": {"results_hidden"},
    "review_text": {"text_changed"},
    "update_quiz": {"invalid_transition", "event_not_live"},
    "submit_answer": {"banned", "too_late", "too_early", "already_answered", "event_not_live"},
    "ask_question": {"slow_mode", "banned", "event_not_live"},
    "update_question": {"question_merged", "invalid_transition"},
    "send_reaction": {"banned", "event_not_live", "reactions_disabled"},
    "merge_question": {"invalid_transition"},
    "unmerge_question": {"invalid_transition"},
    "reply_to_question": {"question_merged", "too_many_replies"},
    "upvote_question": {"question_merged", "banned", "event_not_live"},
    "retract_upvote": {"question_merged", "banned", "event_not_live"},
    "get_ready": {"not_ready"},
}
JSON = "application/json"


@pytest.fixture(scope="module")
async def document(client: httpx.AsyncClient) -> Json:
    """The document as the application serves it."""
    answer = await client.get("/v1/openapi.json")
    assert answer.status_code == 200
    served: Json = answer.json()
    return served


def operation(document: Json, name: str) -> Json:
    call = CALLS[name]
    described: Json = document["paths"][call.path][call.method.lower()]
    return described


def resolved(document: Json, schema: Json) -> Json:
    while "$ref" in schema:
        schema = document["components"]["schemas"][schema["$ref"].rpartition("/")[2]]
    return schema


def walk(node: Any) -> Iterator[Json]:
    """Yield every object within a JSON value."""
    if isinstance(node, dict):
        yield node
    for child in (
        node.values() if isinstance(node, dict) else node if isinstance(node, list) else ()
    ):
        yield from walk(child)


def models() -> dict[str, type[BaseModel]]:
    """Return every model of ours by its name."""
    found: dict[str, type[BaseModel]] = {}
    waiting: list[type[BaseModel]] = [BaseModel]
    while waiting:
        for model in waiting.pop().__subclasses__():
            waiting.append(model)
            if model.__module__.startswith("shared."):
                found[model.__name__] = model
    return found


def test_the_document_describes_every_operation_and_no_other(document: Json) -> None:
    described = {
        each["operationId"]: (method.upper(), path)
        for path, methods in document["paths"].items()
        for method, each in methods.items()
    }

    assert document["openapi"].startswith("3.1")
    assert described == {name: (CALLS[name].method, CALLS[name].path) for name in DOCUMENTED}


def test_an_operation_has_the_name_of_its_module_and_of_its_function() -> None:
    for endpoint in ENDPOINTS:
        name = endpoint.__name__.rpartition(".")[2]
        (route,) = endpoint.router.routes
        assert route.name == name == route.endpoint.__name__


@pytest.mark.parametrize("name", DOCUMENTED)
def test_an_operation_says_what_it_does(document: Json, name: str) -> None:
    described = operation(document, name)

    assert 5 <= len(described["summary"]) <= 60
    assert len(described["description"]) >= 20
    assert described["description"].endswith(".")
    assert len(described["tags"]) == 1
    for parameter in described.get("parameters", []):
        assert parameter["description"], parameter["name"]


@pytest.mark.parametrize("name", DOCUMENTED)
def test_the_path_parameters_are_those_of_the_path(document: Json, name: str) -> None:
    described = operation(document, name)
    parameters = [each for each in described.get("parameters", []) if each["in"] == "path"]

    names = [each["name"] for each in parameters]
    assert sorted(names) == sorted(re.findall(r"{(\w+)}", CALLS[name].path))
    for parameter in parameters:
        assert parameter["required"] is True
        assert parameter["schema"]["format"] == "uuid"


@pytest.mark.parametrize("name", DOCUMENTED)
def test_success_is_described_with_an_example(document: Json, name: str) -> None:
    described, call = operation(document, name), CALLS[name]

    (success,) = [status for status in described["responses"] if status.startswith("2")]
    assert success == str(call.status)
    if call.status == 204:
        assert "content" not in described["responses"][success]
    else:
        media_type = "application/x-ndjson" if name == "get_history" else JSON
        schema = described["responses"][success]["content"][media_type]["schema"]
        assert resolved(document, schema)["examples"]
    assert ("requestBody" in described) == (call.body is not None)
    if call.body is not None:
        assert described["requestBody"]["required"] is True
        schema = described["requestBody"]["content"][JSON]["schema"]
        assert resolved(document, schema)["examples"]
        assert resolved(document, schema)["additionalProperties"] is False


@pytest.mark.parametrize("name", DOCUMENTED)
def test_every_error_that_can_happen_is_listed(document: Json, name: str) -> None:
    call, described = CALLS[name], operation(document, name)
    expected = set()
    if name in PERMISSIONS or name in HEEDS_A_CREDENTIAL:
        expected |= {"401", "403"}
    if "{" in call.path or name == "join_event":
        expected |= {"404"}
    if call.body is not None:
        expected |= {"413"}
    if name in LIMITED:
        expected |= {"422", "429", "503"}
    for code in CODES.get(name, ()):
        expected |= {str(each.status) for each in PROBLEM_TYPES.values() if each.code == code}

    errors = {status for status in described["responses"] if status >= "400"}

    assert errors == expected


@pytest.mark.parametrize("name", DOCUMENTED)
def test_every_error_is_a_problem_with_its_codes(document: Json, name: str) -> None:
    told = set()
    for status, response in operation(document, name)["responses"].items():
        if status < "400":
            continue
        content = response["content"][PROBLEM_JSON]
        assert list(response["content"]) == [PROBLEM_JSON]
        model = ProblemWithErrors if status == "422" else Problem
        assert content["schema"] == {"$ref": f"#/components/schemas/{model.__name__}"}
        assert model.model_validate(content["example"]).status == int(status)
        assert ("Retry-After" in response.get("headers", {})) == (status in ("429", "503"))
        codes = re.findall(r"`(\w+)`", response["description"])
        assert codes
        known = {each.code for each in PROBLEM_TYPES.values() if each.status == int(status)}
        assert set(codes) <= known | {"malformed_json"}
        told |= set(codes)

    creates = CALLS[name].status == 201
    assert ("idempotency_key_reused" in told) == creates
    states = set().union(*CODES.values())
    assert told & states == CODES.get(name, set())


@pytest.mark.parametrize("name", DOCUMENTED)
def test_security_says_who_needs_a_credential(document: Json, name: str) -> None:
    security = operation(document, name).get("security")

    if name in PERMISSIONS:
        assert security == [{"HTTPBearer": []}]
    elif name in HEEDS_A_CREDENTIAL:
        assert security == [{"HTTPBearer": []}, {}]
    else:
        assert security is None
    assert document["components"]["securitySchemes"]["HTTPBearer"]["scheme"] == "bearer"


@pytest.mark.parametrize("name", [name for name in CALLS if CALLS[name].status == 201])
def test_every_creation_takes_an_idempotency_key(document: Json, name: str) -> None:
    parameters = operation(document, name)["parameters"]

    (header,) = [each for each in parameters if each["in"] == "header"]
    assert (header["name"], header["required"]) == ("Idempotency-Key", False)


def test_every_example_fits_its_model(document: Json) -> None:
    ours = models()
    for name, schema in document["components"]["schemas"].items():
        for example in schema.get("examples", []):
            given = ours[name].model_validate(example)
            shown = given.model_dump(mode="json", exclude_unset=True)
            assert shown.keys() == example.keys(), name
            if schema.get("additionalProperties") is not False:
                # One of several models has no fields of its own.
                assert set(schema.get("required", ())) <= set(example), name


def test_the_document_has_the_structure_of_openapi(document: Json) -> None:
    assert set(document) == {"openapi", "info", "paths", "components"}
    assert document["info"]["title"] == "Ovation"
    assert document["info"]["version"]
    for path, methods in document["paths"].items():
        assert path.startswith("/")
        assert set(methods) <= {"get", "put", "post", "delete", "patch"}
        for described in methods.values():
            parameters = described.get("parameters", [])
            assert len({(each["in"], each["name"]) for each in parameters}) == len(parameters)
            assert all("schema" in each for each in parameters)
            assert {each["in"] for each in parameters} <= {"path", "query", "header"}
            for status, response in described["responses"].items():
                assert re.fullmatch(r"[2-5]\d\d", status)
                assert response["description"]


def test_every_reference_leads_somewhere_and_every_model_is_used(document: Json) -> None:
    referred = {each["$ref"] for each in walk(document) if "$ref" in each}

    assert referred == {
        f"#/components/schemas/{name}" for name in document["components"]["schemas"]
    }
    assert "HTTPValidationError" not in document["components"]["schemas"]


def test_no_field_of_a_change_may_be_null(document: Json) -> None:
    for name in ("UpdateEvent", "UpdatePoll", "UpdateQuestion", "EventSettingsChange"):
        for field in document["components"]["schemas"][name]["properties"].values():
            assert "null" not in {each.get("type") for each in walk(field)}


def test_ids_in_examples_are_ids(document: Json) -> None:
    for schema in document["components"]["schemas"].values():
        for each in walk(schema.get("examples", [])):
            for field, value in each.items():
                if field == "id" or field.endswith("_id") and isinstance(value, str):
                    assert TypeAdapter(UUID).validate_python(value).version == 7, (field, value)
