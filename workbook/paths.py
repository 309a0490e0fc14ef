"""Where things are: the repository, the learner's records, caches."""

import os
from pathlib import Path


def repository() -> Path:
    """The folder that holds week1/ to week4/.

    WORKBOOK_ROOT names it; else the nearest folder above the working directory that looks like a
    workbook, so that a copy is served by its own lessons; else the folder that this package lies in.
    """
    if named := os.environ.get("WORKBOOK_ROOT"):
        return Path(named).expanduser().resolve()
    here = Path.cwd().resolve()
    for folder in (here, *here.parents):
        if (folder / "week1").is_dir() and (folder / "workbook" / "paths.py").is_file():
            return folder
    return Path(__file__).resolve().parent.parent


def user_data() -> Path:
    """The folder for what must not get lost, such as progress. WORKBOOK_HOME moves it."""
    if home := os.environ.get("WORKBOOK_HOME"):
        return Path(home).expanduser().resolve()
    from platformdirs import user_data_path

    return user_data_path("convnet-workbook", appauthor=False)


def user_cache() -> Path:
    """The folder for what can be made again, such as drawn data sets. WORKBOOK_HOME moves it too."""
    if home := os.environ.get("WORKBOOK_HOME"):
        return Path(home).expanduser().resolve() / "cache"
    from platformdirs import user_cache_path

    return user_cache_path("convnet-workbook", appauthor=False)
