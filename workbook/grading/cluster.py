"""Grading on a Dask cluster: batches go to the workers, results come as they are done."""

from collections.abc import Iterable, Iterator
from concurrent.futures import CancelledError
from itertools import islice

from workbook.grading.batch import Grader, grade_batch, not_graded
from workbook.grading.bounds import Bounds
from workbook.grading.folder import Runner
from workbook.grading.results import Result
from workbook.lessons import LessonError

BATCH = 8
AHEAD = 4  # batches in flight for each worker: bytes in memory stay few


def runner(scheduler: str, batch: int = BATCH, wait: str = "20s") -> Runner:
    """A ``runner`` for ``grade_folder``: grades on the cluster with this scheduler ("tcp://host:8786")."""

    def run(contents: Iterable[tuple[str, str, bytes]], grader: Grader) -> Iterator[Result]:
        from distributed import Client, KilledWorker, as_completed

        try:
            client = Client(scheduler, timeout=wait)
        except (OSError, TimeoutError, ValueError) as error:
            raise LessonError(f"No Dask scheduler answers at {scheduler} ({error}): is it running?") from None
        with client:
            if not client.scheduler_info()["workers"]:
                raise LessonError(f"The scheduler at {scheduler} has no workers: start some.")
            source, done = iter(contents), set()
            waiting, sent = as_completed(), {}

            def send() -> None:
                if items := list(islice(source, batch)):
                    args = (items, grader.lesson.name, grader.seed, grader.bounds, grader.sandboxed)
                    future = client.submit(_work, *args, pure=False, retries=3)
                    sent[future.key] = items
                    waiting.add(future)

            for _ in range(AHEAD * len(client.scheduler_info()["workers"])):
                send()
            for future in waiting:
                items = sent.pop(future.key)
                try:
                    results = [Result.from_dict(data) for data in future.result()]
                except (KilledWorker, CancelledError, OSError, MemoryError) as error:
                    if client.status != "running":
                        raise LessonError(
                            f"The scheduler at {scheduler} was lost. What is done is kept: run the same "
                            "command again to go on."
                        ) from None
                    why = f"the cluster lost it: {type(error).__name__}: {' '.join(str(error).split())}"
                    results = [not_graded(grader, name, file, why) for name, file, _ in items]
                for result in results:
                    if result.submission not in done:  # a batch may have run twice: the first counts
                        done.add(result.submission)
                        yield result
                future.release()
                send()

    return run


def _work(
    items: list[tuple[str, str, bytes]], lesson: str, seed: int, bounds: Bounds, sandbox: bool
) -> list[dict]:
    """On a worker: grade a batch."""
    return [each.to_dict() for each in grade_batch(items, lesson, seed, bounds=bounds, sandbox=sandbox)]
