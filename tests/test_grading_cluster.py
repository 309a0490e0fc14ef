"""Grading on a real Dask cluster on loopback, with a worker killed in the middle."""

import os
import signal
from pathlib import Path

import nbformat
import pytest
import yaml

from workbook.grading import cluster, sandbox
from workbook.grading.batch import Grader
from workbook.grading.cluster import runner
from workbook.grading.results import Result
from workbook.lessons import LessonError, find_lesson
from workbook.releasing import blank, build

LESSON = "convolution_step_by_step"


@pytest.mark.skipif(os.name == "nt", reason="needs fork")
def test_nothing_is_lost_when_a_worker_is_killed(tmp_path):
    from distributed import LocalCluster

    lesson = find_lesson(LESSON)
    solved = build(lesson)
    right = nbformat.writes(solved).encode()
    empty = nbformat.writes(blank(solved)).encode()
    items = [(f"s{i}", f"s{i}.ipynb", right if i % 2 else empty) for i in range(12)]
    options = {"processes": True, "n_workers": 2, "threads_per_worker": 1, "dashboard_address": None}
    with (
        LocalCluster(**options, local_directory=tmp_path, host="127.0.0.1") as local,
        Grader(lesson, 5, sandboxed=_sandboxed(), observations=tmp_path / "o") as grader,
    ):
        results = []
        for result in runner(local.scheduler_address, batch=2)(items, grader):
            results.append(result)
            if len(results) == 1:
                known = local.scheduler.workers
                busy = [w for w in local.workers.values() if known[w.worker_address].processing]
                os.kill(busy[0].pid, signal.SIGKILL)  # in the middle of a batch
    assert sorted(each.submission for each in results) == sorted(name for name, *_ in items)
    for each in results:
        assert each.status == "graded"
        assert each.score == (lesson.points if int(each.submission[1:]) % 2 else 0)


def _sandboxed() -> bool:
    try:
        sandbox.insist()
    except sandbox.NoSandbox:
        return False
    return True


def test_a_batch_that_is_lost_costs_no_other(tmp_path, monkeypatch):
    from distributed import LocalCluster

    monkeypatch.setattr(cluster, "_work", _lost_where_it_is_bad)
    items = [(name, f"{name}.ipynb", b"") for name in ("ada", "bad", "bo")]
    with (
        LocalCluster(processes=False, n_workers=1, dashboard_address=None, local_directory=tmp_path) as local,
        Grader(find_lesson(LESSON), 5, sandboxed=False) as grader,
    ):
        found = {each.submission: each for each in runner(local.scheduler_address, batch=1)(items, grader)}
    assert found["ada"].status == found["bo"].status == "unreadable"
    assert found["bad"].status == "not graded" and not found["bad"].digest
    assert "the cluster lost it: OSError: no space" in found["bad"].notes[0]


def _lost_where_it_is_bad(items, lesson, *_):
    if items[0][0] == "bad":
        raise OSError("no space")
    return [Result(name, file, lesson, "unreadable", 0, 1).to_dict() for name, file, _ in items]


def test_no_scheduler_is_said():
    lesson = find_lesson(LESSON)
    with Grader(lesson, 5, sandboxed=False) as grader, pytest.raises(LessonError, match="No Dask scheduler"):
        next(runner("tcp://127.0.0.1:9", wait="1s")([], grader))


def test_the_cluster_on_kubernetes_is_described_as_the_grader_needs_it():
    import workbook.grading

    text = (Path(workbook.grading.__file__).parent / "kubernetes.yaml").read_text(encoding="utf-8")
    spec = yaml.safe_load(text)["spec"]
    (worker,) = spec["worker"]["spec"]["containers"]
    assert worker["args"][worker["args"].index("--nthreads") + 1] == "1"
    assert spec["scheduler"]["service"]["ports"][0]["port"] == 8786
