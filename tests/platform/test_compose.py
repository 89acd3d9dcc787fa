"""docker-compose.yml: the same stack on many machines."""

import re
import shutil
import subprocess
from pathlib import Path

import pytest
import yaml

ROOT = Path(__file__).resolve().parent.parent.parent
FILE = ROOT / "docker-compose.yml"
AIRFLOW = ("api-server", "scheduler", "dag-processor", "triggerer", "worker")


@pytest.fixture(scope="module")
def stack():
    return yaml.safe_load(FILE.read_text(encoding="utf-8"))


@pytest.fixture(scope="module")
def services(stack):
    return stack["services"]


def test_the_services(services):
    assert set(services) == {"postgres", "redis", "init", *AIRFLOW}


@pytest.mark.parametrize("name", AIRFLOW)
def test_a_component_restarts_waits_and_is_watched(services, name):
    service = services[name]
    assert service["restart"] == "always"
    assert service["depends_on"]["init"] == {"condition": "service_completed_successfully"}
    assert service["healthcheck"]["test"][0] in ("CMD", "CMD-SHELL")
    assert "data:/data" in service["volumes"]
    assert service["environment"]["PYTHONPATH"] == "/opt/ouidire"
    assert service["environment"]["AIRFLOW__CORE__EXECUTOR"] == "CeleryExecutor"
    assert service["environment"]["OUIDIRE_CATALOG"].startswith("postgres:")


@pytest.mark.parametrize("name", ["postgres", "redis"])
def test_what_others_wait_for_tells_its_health(services, name):
    assert services[name]["healthcheck"]["test"]
    assert services["worker"]["depends_on"][name] == {"condition": "service_healthy"}


def test_init_runs_once_and_makes_database_pool_and_login(services):
    assert services["init"]["restart"] == "no"
    (script,) = services["init"]["command"]
    assert all(words in script for words in ("db migrate", "pools set warehouse 1", "users create", "first_start"))


def test_images_are_pinned(services):
    images = {service["image"] for service in services.values()}
    images |= set(re.findall(r"^FROM (\S+)", (ROOT / "Dockerfile").read_text(encoding="utf-8"), re.MULTILINE))
    assert all(re.search(r":\d+\.\d+", image) for image in images), images


def test_secrets_come_from_the_environment(stack):
    example = set(re.findall(r"^(\w+)=", (ROOT / ".env.example").read_text(encoding="utf-8"), re.MULTILINE))
    used = set(re.findall(r"\$\{(\w+)", FILE.read_text(encoding="utf-8")))
    assert used - {"HOSTNAME"} == example
    for name, value in stack["x-airflow"]["environment"].items():
        if re.search("KEY|SECRET|CONN|BROKER|CATALOG|RESULT", name):
            assert "${" in str(value), name


def test_nothing_is_open_to_the_network_by_default(services):
    ports = [port for service in services.values() for port in service.get("ports", [])]
    assert all(port.startswith("127.0.0.1:") for port in ports)


def test_the_image_holds_every_package(services):
    copied = set(re.findall(r"^COPY (\w+) \1$", (ROOT / "Dockerfile").read_text(encoding="utf-8"), re.MULTILINE))
    assert copied == {"ouidire", "extractors", "nlp", "warehouse", "sql", "dags"}
    let_in = (ROOT / ".dockerignore").read_text(encoding="utf-8")
    assert all(f"\n!{name}\n" in let_in for name in copied)


@pytest.mark.slow
def test_compose_accepts_it(tmp_path):
    program = shutil.which("docker-compose")
    if program is None:
        pytest.skip(
            "docker-compose is not installed: apt-get install docker-compose (`make test-slow` as root does it)"
        )
    env = tmp_path / "env"
    env.write_text((ROOT / ".env.example").read_text(encoding="utf-8").replace("=\n", "=secret\n"), encoding="utf-8")

    def check(*options):
        return subprocess.run(
            [program, "-f", str(FILE), *options, "config", "-q"],
            capture_output=True,
            text=True,
            check=False,
            cwd=tmp_path,
        )

    assert check("--env-file", str(env)).stderr == ""
    assert check("--env-file", str(env)).returncode == 0
    refused = check()
    assert refused.returncode != 0
    assert "see .env.example" in refused.stderr
