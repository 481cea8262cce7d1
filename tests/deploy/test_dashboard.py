"""What dashboard and alerts ask for is what the service counts."""

import json
import re
from pathlib import Path

import pytest
import yaml
from prometheus_client.metrics import MetricWrapperBase

from skill import metrics
from skill.channels.alexa.door import Refused

DEPLOY = Path(__file__).parents[2] / "deploy"
SUFFIXES = {"counter": ("_total",), "histogram": ("_bucket", "_count", "_sum"), "gauge": ("",)}


def counted() -> dict[str, set[str]]:
    """Each name that Prometheus reads, and its labels."""
    found = [one for one in vars(metrics).values() if isinstance(one, MetricWrapperBase)]
    return {
        one._name + suffix: {*one._labelnames, "le"}
        for one in found
        for suffix in SUFFIXES[one._type]
    }


def asked() -> list[str]:
    panels = json.loads((DEPLOY / "grafana.json").read_text())["panels"]
    rules = yaml.safe_load((DEPLOY / "alerts.yaml").read_text())["groups"][0]["rules"]
    drawn = [one["expr"] for panel in panels for one in panel["targets"]]
    return [*drawn, *(one["expr"] for one in rules)]


@pytest.mark.parametrize("expression", asked())
def test_what_is_asked_is_counted(expression: str) -> None:
    names = re.findall(r"\blantern_\w+", expression)
    assert names or expression.startswith("up{")
    for name in names:
        assert name in counted()
        labels = re.findall(r"(?:by \(|, )(\w+)(?=[,)])", expression)
        labels += re.findall(r"[{,](\w+)(?:!=|=~|=)", expression)
        assert set(labels) <= counted()[name]


def test_all_that_is_counted_is_drawn() -> None:
    drawn = " ".join(asked())
    for one in vars(metrics).values():
        if isinstance(one, MetricWrapperBase):
            assert one._name in drawn


def test_the_reasons_that_wake_somebody_exist() -> None:
    (reasons,) = re.findall(r'reason=~"([^"]+)"', (DEPLOY / "alerts.yaml").read_text())
    known = re.findall(r"``([\w-]+)``", Refused.__doc__ or "")
    assert set(reasons.split("|")) <= set(known)


def test_no_panel_lies_on_another() -> None:
    panels = json.loads((DEPLOY / "grafana.json").read_text())["panels"]
    places = [(one["gridPos"]["x"], one["gridPos"]["y"]) for one in panels]
    assert len(set(places)) == len(places)
    assert len({one["id"] for one in panels}) == len(panels)
