"""The compose stack, the rules and the dashboard without running them: each check is seen to find a planted fault."""

import json
import os
import re
import shutil
import subprocess
from pathlib import Path

import pytest
import yaml

from toolbox.debian import debian, environment
from toolbox.npm import node, npm
from toolbox.projects import rendered

pytestmark = pytest.mark.operations
PROFILES = ("", "monitoring", "tracking")


@pytest.fixture
def ops(tmp_path: Path) -> Path:
    """A copy of the project's ops/, to break."""
    return shutil.copytree(rendered(()) / "ops", tmp_path / "ops")


def run(*command: str | Path, env: dict[str, str] | None = None) -> tuple[int, str]:
    done = subprocess.run(command, env=os.environ | (env or {}), capture_output=True, text=True, check=False)
    return done.returncode, done.stdout + done.stderr


def compose(ops: Path, *arguments: str) -> tuple[int, str]:
    root = debian("docker.io", "docker-cli", "docker-compose", "docker-buildx", "containerd", "tini", suite="trixie")
    program = root / "usr/libexec/docker/cli-plugins/docker-compose"
    bare = {name: text for name, text in os.environ.items() if "PASSWORD" not in name}
    done = subprocess.run(
        [program, "-f", ops / "compose.yaml", *arguments], env=bare, capture_output=True, text=True, check=False
    )
    return done.returncode, done.stdout + done.stderr


def config(ops: Path, profile: str = "") -> dict[str, dict[str, object]]:
    chosen = ("--profile", profile) if profile else ()
    code, said = compose(ops, *chosen, "config", "--format", "json")
    assert code == 0, said
    return json.loads(said)["services"]


def every_service(ops: Path) -> dict[str, dict[str, object]]:
    return {name: service for profile in PROFILES for name, service in config(ops, profile).items()}


def prometheus(program: str, *arguments: str | Path) -> tuple[int, str]:
    root = debian("prometheus", "prometheus-alertmanager")
    return run(program, *arguments, env=environment(root))


@pytest.mark.parametrize("profile", PROFILES)
def test_each_profile_is_whole_without_passwords(ops: Path, profile: str) -> None:
    expected = {"": set(), "monitoring": {"watcher", "relay", "prometheus", "alertmanager", "grafana"}}
    assert config(ops, profile).keys() == {"service"} | expected.get(profile, {"mlflow", "postgres"})


def test_compose_knows_every_key(ops: Path) -> None:
    check = ("check-jsonschema", "--builtin-schema", "vendor.compose-spec", ops / "compose.yaml")
    assert run(*check)[0] == 0
    planted(ops / "compose.yaml", "mem_limit: 512m", "mem_limits: 512m")
    assert run(*check)[0] == 1
    assert compose(ops, "config", "-q")[0] != 0


def loose(services: dict[str, dict[str, object]]) -> set[str]:
    """Return what is not hardened, as "service: what"."""
    rules = {
        "read_only": lambda one: one.get("read_only") is True,
        "cap_drop": lambda one: one.get("cap_drop") == ["ALL"] and not one.get("cap_add"),
        "no-new-privileges": lambda one: "no-new-privileges:true" in one.get("security_opt", []),
        "memory": lambda one: int(one.get("mem_limit", 0)) > 0,
        "loopback": lambda one: all(port["host_ip"] == "127.0.0.1" for port in one.get("ports", [])),
        "root": lambda one: one.get("user") not in {"root", "0"} and not one.get("privileged"),
        "engine": lambda one: not any("docker.sock" in str(volume) for volume in one.get("volumes", [])),
        "password": lambda one: (
            not [
                name
                for name, text in (one.get("environment") or {}).items()
                if re.search("PASSWORD|TOKEN|KEY|SALT", name) and text and "_FILE" not in name
            ]
        ),
    }
    return {f"{name}: {rule}" for name, one in services.items() for rule, holds in rules.items() if not holds(one)}


def test_every_service_is_hardened(ops: Path) -> None:
    assert loose(every_service(ops)) == set()


@pytest.mark.parametrize(
    ("old", "new", "found"),
    [
        ("    user: postgres", "    user: root", "postgres: root"),
        ("    mem_limit: 256m\n", "", "alertmanager: memory"),
        ("${BIND:-127.0.0.1}:${GRAFANA_PORT", "0.0.0.0:${GRAFANA_PORT", "grafana: loopback"),
        ("      POSTGRES_USER: mlflow", "      POSTGRES_PASSWORD: mlflow", "postgres: password"),
        ("    mem_limit: 256m\n", "    mem_limit: 256m\n    cap_add: [NET_ADMIN]\n", "alertmanager: cap_drop"),
    ],
)
def test_a_loose_service_is_noticed(ops: Path, old: str, new: str, found: str) -> None:
    planted(ops / "compose.yaml", old, new)
    assert loose(every_service(ops)) == {found}


def test_every_port_and_image_may_be_chosen_and_none_is_the_latest(ops: Path) -> None:
    services = yaml.safe_load((ops / "compose.yaml").read_text(encoding="utf-8"))["services"]
    ports = [port for one in services.values() for port in one.get("ports", [])]
    assert len(ports) == len(services) - 1  # nobody outside asks the database
    assert all(re.fullmatch(r"\$\{BIND:-127\.0\.0\.1\}:\$\{[A-Z]+_PORT:-\d+\}:\d+", port) for port in ports)
    images = {name: one["image"] for name, one in services.items()}
    assert all(
        re.search(r":\$\{\w+_VERSION:-v?\d+\.\d+(\.\d+)?\}$|^\$\{\w+_IMAGE:-[\w-]+:local\}$", i)
        for i in images.values()
    )


def test_healthchecks_have_no_blanks_in_their_arguments(ops: Path) -> None:
    for service in every_service(ops).values():
        assert not any(" " in word for word in (service.get("healthcheck") or {"test": []})["test"])


def test_hadolint_finds_nothing(ops: Path) -> None:
    assert run("hadolint", ops / "mlflow.Dockerfile") == (0, "")
    planted(ops / "mlflow.Dockerfile", "FROM python:${PYTHON_VERSION}-slim", "FROM python")
    assert "DL3006" in run("hadolint", ops / "mlflow.Dockerfile")[1]


def test_the_configuration_of_prometheus_and_alertmanager_is_right(ops: Path) -> None:
    for command in (
        ("promtool", "check", "config", ops / "prometheus/prometheus.yml"),
        ("promtool", "check", "rules", "--lint=all", "--lint-fatal", ops / "prometheus/rules.yml"),
        ("amtool", "check-config", ops / "alertmanager/alertmanager.yml"),
    ):
        code, said = prometheus(*command)
        assert code == 0, said


def test_every_alert_fires_and_does_not_as_it_should(ops: Path) -> None:
    code, said = prometheus("promtool", "test", "rules", ops / "prometheus/rules_test.yml")
    assert code == 0, said


# One change to each rule, by which it fires too early or never.
FAULTS = {
    "FeatureDrift": ("watch_drift_psi > watch_drift_limit_psi", "watch_drift_psi > 0"),
    "ModelOld": ("watch_model_age_seconds > watch", "watch_model_age_seconds >= watch"),
    "DataOld": ("watch_data_age_seconds > watch_data_age", "watch_data_age_seconds > 9 * watch_data_age"),
    "PrecisionBelowPromise": ('check="precision"} == 1', 'check="precision"} == 0'),
    "FeatureSkew": ("watch_skew_values > 0", "watch_skew_values > 3"),
    "UnstableOutputs": ("watch_unstable_rows > 0", "watch_unstable_rows >= 0"),
    "WatcherSilent": (" > 1800", " > 180000"),
    "ServiceDown": ('up{job="service"} == 0', "up == 0"),
    "ServiceErrors": ('status=~"5.."', 'status=~"[45].."'),
    "ServiceSlow": ("histogram_quantile(0.99", "histogram_quantile(0.5"),
    "RecordsLost": ("increase(lost_records_total[15m]) > 0", "increase(lost_records_total[15m]) > 50"),
    "BundleRefused": (' unless swaps_total{outcome="refused"} offset 15m', ' unless swaps_total{outcome="refused"}'),
    "RelayFails": ('{integration="webhook"}', ""),
}


@pytest.mark.parametrize("alert", FAULTS)
def test_a_wrong_rule_is_noticed(ops: Path, alert: str) -> None:
    planted(ops / "prometheus/rules.yml", *FAULTS[alert])
    code, said = prometheus("promtool", "test", "rules", ops / "prometheus/rules_test.yml")
    assert code != 0
    assert f"alertname: {alert}" in said


def test_there_is_a_fault_for_every_alert(ops: Path) -> None:
    rules = yaml.safe_load((ops / "prometheus/rules.yml").read_text(encoding="utf-8"))
    assert FAULTS.keys() == {rule["alert"] for group in rules["groups"] for rule in group["rules"] if "alert" in rule}


def test_alerts_that_call_for_retraining_reach_the_relay_and_all_reach_the_team(ops: Path) -> None:
    def receivers(*labels: str) -> str:
        _, said = prometheus(
            "amtool", "config", "routes", "test", f"--config.file={ops / 'alertmanager/alertmanager.yml'}", *labels
        )
        return said.splitlines()[0]

    assert receivers("alertname=FeatureDrift", "action=retrain") == "relay,team"
    assert receivers("alertname=ServiceDown") == "team"


@pytest.fixture(scope="module")
def schema(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A JSON schema of dashboards, made of the types that Grafana publishes."""
    modules, made = (
        npm("@grafana/schema", "ts-json-schema-generator"),
        tmp_path_factory.mktemp("schema") / "schema.json",
    )
    types = modules / "@grafana/schema/dist/types/raw/dashboard/x/types.gen.d.ts"
    program = modules / "ts-json-schema-generator/bin/ts-json-schema-generator.js"
    options = ("--path", types, "--type", "Dashboard", "--no-type-check", "-o", made)
    subprocess.run([node(), program, *options], check=True)
    return made


def test_the_dashboard_is_what_grafana_takes(ops: Path, schema: Path) -> None:
    dashboard = ops / "grafana/dashboards/model.json"
    code, said = run("check-jsonschema", "--schemafile", schema, dashboard)
    assert code == 0, said
    planted(dashboard, '"fieldConfig"', '"fieldConfigs"')
    assert run("check-jsonschema", "--schemafile", schema, dashboard)[0] == 1


def test_the_version_of_grafana_is_the_one_whose_types_were_used(ops: Path) -> None:
    version = json.loads(
        (npm("@grafana/schema", "ts-json-schema-generator") / "@grafana/schema/package.json").read_text()
    )
    assert f"${{GRAFANA_VERSION:-{version['version']}}}" in (ops / "compose.yaml").read_text(encoding="utf-8")


def test_panels_ask_the_provisioned_source_and_do_not_overlap(ops: Path) -> None:
    dashboard = json.loads((ops / "grafana/dashboards/model.json").read_text(encoding="utf-8"))
    provisioned = yaml.safe_load((ops / "grafana/provisioning/datasources/prometheus.yml").read_text(encoding="utf-8"))
    (source,) = provisioned["datasources"]
    panels = dashboard["panels"]
    asked = {target["datasource"]["uid"] for panel in panels for target in panel.get("targets", [])}
    assert asked == {source["uid"]}
    cells = [
        (x, y)
        for place in (panel["gridPos"] for panel in panels)
        for x in range(place["x"], place["x"] + place["w"])
        for y in range(place["y"], place["y"] + place["h"])
    ]
    assert len(cells) == len(set(cells))
    assert max(x for x, _ in cells) == 23
    assert len({panel["id"] for panel in panels}) == len(panels)


def planted(path: Path, old: str, new: str) -> None:
    """Change a file, which must hold what is changed."""
    text = path.read_text(encoding="utf-8")
    assert old in text
    path.write_text(text.replace(old, new), encoding="utf-8")
