"""Time whole commands side by side: in turn, so that a slow moment of the machine hits both, and as medians."""

import resource
import statistics
import subprocess
import time
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import NamedTuple

RUNS = 9


class Figure(NamedTuple):
    """One command: CPU and wall seconds, the median of all runs."""

    name: str
    cpu: float
    wall: float


def side_by_side(
    commands: Mapping[str, Sequence[str]], *, before_each: Callable[[], None] = lambda: None, runs: int = RUNS
) -> list[Figure]:
    """Run the commands in turn, after one run of each that does not count. Raises if one of them fails."""
    cpu: dict[str, list[float]] = {name: [] for name in commands}
    wall: dict[str, list[float]] = {name: [] for name in commands}
    for number in range(runs + 1):
        for name, command in commands.items():
            before_each()
            spent, took = once(command)
            if number:
                cpu[name].append(spent)
                wall[name].append(took)
    return [Figure(name, statistics.median(cpu[name]), statistics.median(wall[name])) for name in commands]


def once(command: Sequence[str], *, cwd: Path | None = None, good: Sequence[int] = (0,)) -> tuple[float, float]:
    """Run a command; return its CPU and wall seconds. Raises CalledProcessError for an exit code that is not good."""
    before, start = resource.getrusage(resource.RUSAGE_CHILDREN), time.perf_counter()
    done = subprocess.run(command, check=False, cwd=cwd, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    took, after = time.perf_counter() - start, resource.getrusage(resource.RUSAGE_CHILDREN)
    if done.returncode not in good:
        raise subprocess.CalledProcessError(done.returncode, command)
    return after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime, took


def report(title: str, figures: Sequence[Figure], bar: float) -> str:
    """Return the comparison of the first command with the others as text, with the ratios and the bar."""
    ours, *others = figures
    lines = [f"{title}: medians of {RUNS} runs, side by side; the bar is {bar:g} times faster"]
    lines.append(f"  {ours.name:<36}{ours.wall * 1000:7.0f} ms wall {ours.cpu * 1000:7.0f} ms CPU")
    for figure in others:
        ratio = figure.wall / ours.wall
        verdict = f"{ratio:.1f} times{'' if ratio >= bar else ', BAR NOT MET'}"
        lines.append(f"  {figure.name:<36}{figure.wall * 1000:7.0f} ms wall {figure.cpu * 1000:7.0f} ms CPU  {verdict}")
    return "\n".join(lines)
