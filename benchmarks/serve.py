"""The generated project's service against `mlflow models serve` of the same ONNX graph, side by side.

    python benchmarks/serve.py [--project FOLDER]

Both get the sample's rows, one a request, over as many kept connections, each from one process. Ours does more for it:
it holds raw rows against the contract, computes the features, and logs the request; the other gets features ready made.
mlflow serves the graph as its documentation shows for models of one's own: a pyfunc from code with a signature, and
`--env-manager local`. Its onnx flavour (3.17) does not take a graph with one input a column, texts among them, and its
scikit-learn flavour refuses histogram boosting until its types are declared trusted.
"""

import argparse
import json
import os
import selectors
import socket
import statistics
import subprocess
import sys
import tempfile
import time
import urllib.request
from collections.abc import Generator, Sequence
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import NamedTuple

BAR = 3.0
ROUNDS, SECONDS, CONNECTIONS = 5, 2.0, (1, 4)
ROWS = 200
QUIET = {"OMP_NUM_THREADS": "1", "MLFLOW_DISABLE_TELEMETRY": "true", "DO_NOT_TRACK": "true"}

# Runs in the project: writes the requests that ours gets, and the features that mlflow gets.
EXPORT = """
import json, sys
from importlib import import_module
from pathlib import Path
package, model, folder, count = sys.argv[1], Path(sys.argv[2]), Path(sys.argv[3]), int(sys.argv[4])
load = lambda name: import_module(f"{package}.{name}")
contract = load("contract.records").load_contract(model / "contract.toml")
frame = load("data.tables").read_table(Path("data/sample.csv")).head(count)
read = load("contract.conform").conform(frame, contract)
features = load("featurelib").compute(load("featurelib").columns_of(read), contract)
raw = {}
for column in contract.columns:
    if column.role not in {"target", "ignore"}:
        numeric = column.type in {"number", "integer", "boolean"} and column.role != "id"
        raw[column.name] = (read[column.field] if numeric else frame[column.name]).to_list()
rows = [dict(zip(raw, cells)) for cells in zip(*raw.values())]
ready = {f"in_{name}": [None if v != v else v for v in values.tolist()] for name, values in features.items()}
(folder / "rows.json").write_text(json.dumps(rows))
(folder / "features.json").write_text(json.dumps([dict(zip(ready, cells)) for cells in zip(*ready.values())]))
"""

# Runs in mlflow's own environment: the model as code, and what saves it.
MODEL = """
import mlflow, numpy as np, onnxruntime as ort

class Graph(mlflow.pyfunc.PythonModel):
    def load_context(self, context):
        options = ort.SessionOptions()
        options.intra_op_num_threads = options.inter_op_num_threads = 1
        self.session = ort.InferenceSession(context.artifacts["graph"], options)
        self.types = {i.name: object if "string" in i.type else np.float32 for i in self.session.get_inputs()}
        self.output = self.session.get_outputs()[-1].name

    def predict(self, context, model_input, params=None):
        feed = {name: model_input[name].to_numpy(dtype=kind)[:, None] for name, kind in self.types.items()}
        return self.session.run([self.output], feed)[0]

mlflow.models.set_model(Graph())
"""
LOG = """
import json, sys
import mlflow, numpy as np, pandas as pd
graph, folder = sys.argv[1] + "/model.onnx", sys.argv[2]
frame = pd.DataFrame(json.load(open(folder + "/features.json")))
signature = mlflow.models.infer_signature(frame.astype({n: "float32" for n in frame.select_dtypes("number")}))
mlflow.pyfunc.save_model(
    folder + "/model", python_model=folder + "/graph.py", artifacts={"graph": graph}, signature=signature,
    pip_requirements=["onnxruntime", "pandas"],
)
"""


class Figure(NamedTuple):
    """What one server managed in one round: requests a second, and milliseconds of half and of 99 % of them."""

    rate: float
    half: float
    most: float


def main() -> int:
    """Print the comparison; return 1 if the bar is not met."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--project", type=Path, help="a generated project; default: a new one")
    with tempfile.TemporaryDirectory() as scratch:
        folder = Path(scratch)
        project = (parser.parse_args().project or new_project(folder)).resolve()
        package = next(path.parent.name for path in (project / "src").glob("*/config.py"))
        model = project / "models" / newest(project, package)
        uv_run(project, "python", "-c", EXPORT, package, str(model), str(folder), str(ROWS))
        mlflow = mlflow_environment(folder)
        (folder / "graph.py").write_text(MODEL)
        subprocess.run([mlflow / "python", "-c", LOG, model, folder], check=True, env=os.environ | QUIET)
        ours, theirs = free_port(), free_port()
        serve = ["uv", "run", "--no-sync", package, "serve", "--model", "latest", "--port", str(ours)]
        score = [mlflow / "mlflow", "models", "serve", "-m", folder / "model", "--env-manager", "local"]
        with (
            running(serve, f"http://127.0.0.1:{ours}/ready", project),
            running([*score, "-p", str(theirs), "-w", "1"], f"http://127.0.0.1:{theirs}/ping", folder, mlflow),
        ):
            rows, features = (json.loads((folder / name).read_text()) for name in ("rows.json", "features.json"))
            requests = {
                ours: [request("/predict", {"row": row}) for row in rows],
                theirs: [request("/invocations", {"dataframe_records": [row]}) for row in features],
            }
            ratios = [compare(count, requests, ours, theirs) for count in CONNECTIONS]
    return 0 if min(ratios) >= BAR else 1


def compare(connections: int, requests: dict[int, list[bytes]], ours: int, theirs: int) -> float:
    """Ask both in turn, several times, print the medians, and return how many times more requests ours answers."""
    rounds: dict[int, list[Figure]] = {ours: [], theirs: []}
    for number in range(ROUNDS + 1):  # the first does not count
        for port, kept in rounds.items():
            figure = load(port, requests[port], connections)
            if number:
                kept.append(figure)
    medians = {port: Figure(*map(statistics.median, zip(*kept, strict=True))) for port, kept in rounds.items()}
    ratio = medians[ours].rate / medians[theirs].rate
    sys.stdout.write(f"{connections} connection(s), medians of {ROUNDS} rounds of {SECONDS:g} s, in turn\n")
    for name, port in (("service of the generated project", ours), ("mlflow models serve", theirs)):
        rate, half, most = medians[port]
        sys.stdout.write(f"  {name:<34}{rate:8.0f} requests/s   p50 {half:6.2f} ms   p99 {most:6.2f} ms\n")
    verdict = "" if ratio >= BAR else ", BAR NOT MET"
    sys.stdout.write(f"  {ratio:.1f} times; the bar is {BAR:g}{verdict}\n")
    return ratio


def load(port: int, requests: Sequence[bytes], connections: int) -> Figure:
    """Ask over some connections for a while, each the next as soon as it is answered, from one thread."""
    milliseconds, place = list[float](), 0
    asked: dict[socket.socket, float] = {}
    with ExitStack() as opened, selectors.DefaultSelector() as ready:
        for _ in range(connections):
            connection = opened.enter_context(socket.create_connection(("127.0.0.1", port)))
            connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            ready.register(connection, selectors.EVENT_READ, connection)
            asked[connection] = time.perf_counter()
            connection.sendall(requests[place])
            place += 1
        end = time.perf_counter() + SECONDS
        while time.perf_counter() < end:
            for key, _ in ready.select():
                connection = key.data
                receive(connection)
                now = time.perf_counter()
                milliseconds.append(1000 * (now - asked[connection]))
                asked[connection] = now
                connection.sendall(requests[place % len(requests)])
                place += 1
    most = statistics.quantiles(milliseconds, n=100)[98]
    return Figure(len(milliseconds) / SECONDS, statistics.median(milliseconds), most)


def receive(connection: socket.socket) -> None:
    """Read one answer from a bare socket: http.client would cost more than the answer does."""
    answer = b""
    while b"\r\n\r\n" not in answer:
        answer += connection.recv(65536)
    head, _, body = answer.partition(b"\r\n\r\n")
    if not head.startswith(b"HTTP/1.1 200"):
        raise RuntimeError(answer.decode())
    length = int(head.lower().partition(b"content-length:")[2].split(b"\r\n")[0])
    while len(body) < length:
        body += connection.recv(65536)


def request(path: str, content: object) -> bytes:
    """Return the bytes of one request."""
    body = json.dumps(content).encode()
    head = f"POST {path} HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Type: application/json\r\nContent-Length: {len(body)}"
    return f"{head}\r\n\r\n".encode() + body


@contextmanager
def running(command: Sequence[object], ready: str, folder: Path, path: Path | None = None) -> Generator[None]:
    """Run a server until the block ends; wait until it answers at `ready`."""
    environment = os.environ | QUIET | ({"PATH": f"{path}{os.pathsep}{os.environ['PATH']}"} if path else {})
    with (folder / "server.log").open("wb") as log:
        server = subprocess.Popen(list(map(str, command)), cwd=folder, env=environment, stdout=log, stderr=log)
    try:
        for _ in range(600):
            if server.poll() is not None:
                raise RuntimeError((folder / "server.log").read_text())
            try:
                urllib.request.urlopen(ready)  # noqa: S310 - this machine
                break
            except OSError:
                time.sleep(0.1)
        yield
    finally:
        server.terminate()
        server.wait()
        (folder / "server.log").unlink()


def new_project(folder: Path) -> Path:
    """Make a project of the newest template, with a model."""
    project = folder / "flights"
    subprocess.run([Path(sys.executable).parent / "mlscaffold", "new", project, "--defaults"], check=True)
    return project


def newest(project: Path, package: str) -> str:
    """Return the version of the newest model, trained now if there is none."""
    if not (project / "models" / "latest").is_file():
        uv_run(project, package, "ingest")
        uv_run(project, package, "train", "--allow-dirty")
    return (project / "models" / "latest").read_text().strip()


def mlflow_environment(folder: Path) -> Path:
    """Install the full mlflow where it is used for this alone; return the folder of its programs."""
    subprocess.run(["uv", "venv", "--quiet", folder / "venv"], check=True)
    wanted = ["mlflow>=3.17,<3.18", "onnxruntime", "pandas"]
    subprocess.run(["uv", "pip", "install", "--quiet", "--python", folder / "venv", *wanted], check=True)
    return folder / "venv" / "bin"


def uv_run(project: Path, *command: str) -> None:
    """Run something in the project's environment."""
    subprocess.run(["uv", "run", "--no-sync", *command], cwd=project, check=True, stdout=subprocess.DEVNULL)


def free_port() -> int:
    """Return a port that nobody uses at the moment."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


if __name__ == "__main__":
    sys.exit(main())
