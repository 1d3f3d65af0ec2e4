"""Tables that look as people's tables do, made anew at each run: nothing here is known to the template."""

import csv
import datetime as dt
import random
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path
from typing import NamedTuple

import pyarrow as pa
import pyarrow.parquet as pq

PENGUINS = Path(__file__).with_name("penguins.csv")


class Case(NamedTuple):
    """A table and its target; `make` writes it into a folder and returns the file."""

    make: Callable[[Path], Path]
    target: str


def _write(path: Path, header: Sequence[str], rows: Iterable[Sequence[object]], **style: object) -> Path:
    with path.open("w", newline="", encoding="utf-8") as file:
        writer = csv.writer(file, **style)  # type: ignore[arg-type]
        writer.writerow(header)
        writer.writerows(rows)
    return path


def customers(folder: Path) -> Path:
    """Binary, yes/no, an unnamed index, missing values in many spellings, names with blanks and keywords."""
    rng = random.Random(1)
    rows = []
    for number in range(900):
        age, income = rng.gauss(45, 14), rng.lognormvariate(10, 0.5)
        leaves = rng.random() < (0.15 if age > 40 else 0.45) + (0.1 if income < 20_000 else 0)
        rows.append(
            [
                number,
                rng.choice(["", "NA", "?"]) if rng.random() < 0.08 else f"{age:.0f}",
                f"{income:,.2f}",
                rng.choice(["web", "phone", "Straße", ""]),
                f"{rng.random() * 100:.0f} %",
                f"{rng.choice(['Ann', 'Bo', 'Cy'])}{number}@example.org",
                "EU",
                "yes" if leaves else "no",
            ]
        )
    header = ["", "Age (years)", "income", "class", "discount.rate", "E-Mail", "region", "Left?"]
    return _write(folder / "Kunden & Co.csv", header, rows)


def houses(folder: Path) -> Path:
    """Regression, semicolons, decimal commas, dates as d.m.Y, large numbers, a column whose gaps come first."""
    rng = random.Random(2)
    rows = []
    for number in range(700):
        area, year = rng.uniform(30, 220), rng.randint(1900, 2020)
        price = 2_000 * area + 900 * (year - 1900) + rng.gauss(0, 20_000)
        day = dt.date(2019, 1, 1) + dt.timedelta(days=number)
        rows.append(
            [
                f"{area:.1f}".replace(".", ","),
                year if number >= 8 else "",
                rng.choice("ABC"),
                day.strftime("%d.%m.%Y"),
                f"{price:.2f}".replace(".", ","),
            ]
        )
    return _write(folder / "häuser.csv", ["Fläche", "Baujahr", "Lage", "verkauft am", "Preis"], rows, delimiter=";")


def grades(folder: Path) -> Path:
    """Multi-class with a class of one row and a target with missing values, tab-separated, a column named twice."""
    rng = random.Random(3)
    rows: list[list[object]] = []
    for _ in range(600):
        hours, sleep = rng.uniform(0, 12), rng.uniform(3, 9)
        points = hours * 6 + sleep * 2 + rng.gauss(0, 8)
        grade = "A" if points > 70 else "B" if points > 45 else "C"
        rows.append(
            [f"{hours:.2f}", f"{sleep:.2f}", rng.choice(["true", "false"]), "" if rng.random() < 0.05 else grade]
        )
    rows.append(["0", "3", "false", "F"])
    return _write(folder / "grades.tsv", ["hours", "hours", "repeats", "grade"], rows, delimiter="\t")


def sensors(folder: Path) -> Path:
    """Parquet with real types, a timestamp, an all-null column, integers as codes, a target of 0 and 1."""
    rng = random.Random(4)
    start = dt.datetime(2024, 1, 1)  # noqa: DTZ001 - tables come without a zone
    size = 1500
    heat = [rng.gauss(60, 10) for _ in range(size)]
    table = pa.table(
        {
            "at": [start + dt.timedelta(minutes=20 * n) for n in range(size)],
            "machine": [f"m{rng.randrange(6)}" for _ in range(size)],
            "heat": heat,
            "code": [rng.choice([1, 2, 5]) for _ in range(size)],
            "spare": pa.nulls(size, pa.float32()),
            "failed": [int(value > 68 or rng.random() < 0.05) for value in heat],
        }
    )
    pq.write_table(table, folder / "sensors.parquet")
    return folder / "sensors.parquet"


CASES = {
    "penguins": Case(lambda _folder: PENGUINS, "species"),
    "penguins as a regression": Case(lambda _folder: PENGUINS, "body_mass_g"),
    "customers": Case(customers, "Left?"),
    "houses": Case(houses, "Preis"),
    "grades": Case(grades, "grade"),
    "sensors": Case(sensors, "failed"),
}
