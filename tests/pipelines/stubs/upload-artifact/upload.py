"""What the real action does with its paths: below their common parent, without hidden files; a name is taken once."""

import os
import shutil
import sys
from pathlib import Path

wanted = [Path(line.strip()) for line in os.environ["PATHS"].splitlines() if line.strip()]
target = Path(os.environ["STUB_ARTIFACTS"], os.environ["NAME"])
if not 1 <= int(os.environ["DAYS"]) <= 90:
    sys.exit(f"kept for {os.environ['DAYS']} days, which is not possible")
parent = Path(os.path.commonpath([path.absolute() for path in wanted]))
files = [file for path in wanted for file in ([path] if path.is_file() else path.rglob("*")) if file.is_file()]
shown = [file for file in files if not any(part.startswith(".") for part in file.parts)]
if not shown:
    sys.stdout.write("no files were found: nothing is kept\n")
    sys.exit()
target.mkdir(parents=True)
for file in shown:
    place = target / file.absolute().relative_to(parent)
    place.parent.mkdir(parents=True, exist_ok=True)
    shutil.copy2(file, place)
sys.stdout.write(f"{len(shown)} files are kept as {target.name}\n")
