#!/usr/bin/env python3
"""As much of the AWS CLI as scripts/deploy calls, over a file of JSON: what serves, which versions.

It stands in for AWS alone: moto plays neither a deployment of ECS that fails nor its circuit breaker.
"""

import json
import os
import sys
from pathlib import Path
from typing import Any

STATE = Path(os.environ.get("PRETENDED_AWS", ""))


def option(name: str) -> str:
    """Return what follows an option on the command line."""
    return sys.argv[sys.argv.index(name) + 1]


def ecs(command: str, state: dict[str, Any]) -> str | None:
    """Answer for ECS."""
    match command:
        case "describe-services":
            return str(state["serving"])
        case "describe-task-definition":
            family = option("--task-definition")
            containers = [{"name": "ovation", "image": state["images"][family]}]
            return json.dumps({"family": family, "revision": 1, "containerDefinitions": containers})
        case "register-task-definition":
            made = json.loads(option("--cli-input-json"))
            assert "revision" not in made, "AWS does not take back what it adds to a description"
            state["images"][made["family"]] = made["containerDefinitions"][0]["image"]
            return f"{made['family']}:{state['images'][made['family']]}"
        case "update-service":
            if state["breaks"] != "servers":
                state["serving"] = option("--task-definition")
            return "service"
        case "run-task":
            return "task"
        case "describe-tasks":
            return "1" if state["breaks"] == "migration" else "0"
    return None


def function(command: str, state: dict[str, Any]) -> str | None:
    """Answer for Lambda."""
    name = option("--function-name")
    known = state["functions"][name]
    match command:
        case "get-alias":
            return str(known["alias"])
        case "update-alias":
            known["alias"] = option("--function-version")
            return "live"
        case "update-function-code":
            if state["breaks"] == name:
                sys.exit("ResourceConflictException")
            known["latest"] = option("--image-uri")
            return name
        case "publish-version":
            number = str(len(known["versions"]) + 1)
            known["versions"][number] = known["latest"]
            return number
        case "get-function":
            return str(known["versions"][option("--qualifier")])
    return None


PLAYED = {"ecs": ecs, "lambda": function}


def main() -> None:
    """Answer one call."""
    state = json.loads(STATE.read_text())
    service, command = sys.argv[1], sys.argv[2]
    about = option("--function-name") if service == "lambda" else ""
    state["calls"].append(" ".join(filter(None, (service, command, about))))
    answer = None
    if command != "wait":
        answer = PLAYED[service](command, state) if service in PLAYED else "done"
    STATE.write_text(json.dumps(state))
    if answer is not None:
        print(answer)


if __name__ == "__main__":
    main()
