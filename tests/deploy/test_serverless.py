"""serverless.yml, packaged by both tools that read it: what would be deployed is looked at."""

import json
import os
import shutil
import subprocess
import zipfile
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).parents[2]
TOOLS = {"osls": "osls@4.3.1", "serverless": "serverless@3.40.0"}
SKILL = "amzn1.ask.skill.packaged"


@pytest.fixture(scope="module", params=TOOLS)
def resources(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Any:
    """What the tool asks CloudFormation for, from our file and an archive in its place."""
    folder = tmp_path_factory.mktemp(request.param)
    told = {"PATH": os.environ["PATH"], "HOME": str(folder)}
    told |= {"SLS_TELEMETRY_DISABLED": "1", "SLS_INTERACTIVE_SETUP_ENABLE": "0"}
    told |= {
        "LANTERN_ALEXA_SKILL_ID": SKILL,
        "LANTERN_REDIS_URL": "rediss://redis.example:6379",
        "LANTERN_SECRET": "a secret",
    }
    install = ["npm", "install", "--no-audit", "--no-fund", "--ignore-scripts", "--no-package-lock"]
    tools = folder / "tools"
    tools.mkdir()
    subprocess.run([*install, TOOLS[request.param]], cwd=tools, check=True)
    service = folder / "service"
    (service / "build").mkdir(parents=True)
    shutil.copy(ROOT / "serverless.yml", service)
    with zipfile.ZipFile(service / "build" / "lambda.zip", "w") as archive:
        archive.writestr("skill/lambda_entry.py", "")
    command = [tools / "node_modules" / ".bin" / request.param, "package", "--package", "out"]
    done = subprocess.run(
        command, cwd=service, env=told, check=True, capture_output=True, text=True
    )
    warned = "Configuration error" in done.stdout + done.stderr or "Warning" in done.stderr
    assert warned == (request.param == "serverless"), done.stderr
    template = service / "out" / "cloudformation-template-update-stack.json"
    return json.loads(template.read_text())["Resources"]


def of(resources: Any, kind: str) -> list[Any]:
    return [
        one["Properties"] for one in resources.values() if one["Type"] == f"AWS::Lambda::{kind}"
    ]


def test_one_function_that_alexa_and_a_browser_reach(resources: Any) -> None:
    (function,) = of(resources, "Function")
    assert (function["Handler"], function["Runtime"]) == (
        "skill.lambda_entry.handler",
        "python3.12",
    )
    assert (
        function["Environment"]["Variables"]["LANTERN_REDIS_URL"] == "rediss://redis.example:6379"
    )
    assert function["Timeout"] == 8
    assert len(of(resources, "Url")) == 1
    callers = {one["Principal"]: one for one in of(resources, "Permission")}
    # No other skill may call it, whatever it says about itself.
    assert callers["alexa-appkit.amazon.com"]["EventSourceToken"] == SKILL
