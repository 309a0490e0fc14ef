"""JupyterLab on a copy of the workbook, and a notebook in it, driven as a learner drives it."""

import json
import os
import shutil
import signal
import socket
import subprocess
import sys
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from browser_support import ROOT, wait_for


def copy_workbook(folder: Path) -> Path:
    """A copy of all that a learner touches: the weeks with their own copies of the lessons, made as
    ``make lab`` makes them, and the pictures that are drawn already."""
    for week in sorted(ROOT.glob("week[0-9]")):
        shutil.copytree(week, folder / week.name, ignore=shutil.ignore_patterns("__pycache__", ".ipynb_*"))
    data = folder / "datasets"
    shutil.copytree(ROOT / "datasets" / "weights", data / "weights")
    shutil.copy(ROOT / "datasets" / "registry.json", data)
    (data / "generated").mkdir()
    for drawn in (ROOT / "datasets" / "generated").glob("signs-*.h5"):
        shutil.copy(drawn, data / "generated")
    run_workbook(folder, "mine")
    return folder


def run_workbook(folder: Path, *arguments: str) -> str:
    """What the command line says in a copy."""
    command = [sys.executable, "-m", "workbook", *arguments]
    done = subprocess.run(
        command, env=environment(folder), cwd=folder, capture_output=True, text=True, check=True
    )
    return done.stdout


def environment(folder: Path) -> dict[str, str]:
    """Variables under which nothing of whoever runs the test is read or written."""
    home = folder / "home"
    home.mkdir(exist_ok=True)
    own = {"WORKBOOK_ROOT": str(folder), "WORKBOOK_HOME": str(home / "workbook"), "HOME": str(home)}
    own |= {"JUPYTER_CONFIG_DIR": str(home / "config"), "JUPYTER_DATA_DIR": str(home / "data")}
    own |= {"JUPYTER_RUNTIME_DIR": str(home / "runtime"), "IPYTHONDIR": str(home / "ipython")}
    own |= {"JUPYTER_CONFIG_PATH": str(ROOT / "workbook" / "jupyter")}  # as in make lab
    own |= {"JUPYTERLAB_SETTINGS_DIR": str(home / "settings")}
    own |= {"JUPYTERLAB_WORKSPACES_DIR": str(home / "workspaces")}
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("JUPYTER", "WORKBOOK"))}
    return kept | own


@contextmanager
def jupyterlab(folder: Path) -> Iterator[str]:
    """JupyterLab on a free port, without a token, for this machine alone; gives its address."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    address = f"http://127.0.0.1:{port}"
    command = [sys.executable, "-m", "jupyterlab", "--no-browser", "--expose-app-in-browser"]
    command += ["--ServerApp.ip=127.0.0.1", f"--ServerApp.port={port}", "--ServerApp.port_retries=0"]
    command += ["--IdentityProvider.token=", f"--ServerApp.root_dir={folder}", "--allow-root"]
    with (folder / "lab.log").open("w") as log:
        server = subprocess.Popen(
            command, cwd=folder, env=environment(folder), stdout=log, stderr=log, start_new_session=True
        )
        try:
            wait_for("JupyterLab to answer", lambda: server.poll() is None and _answers(address), 60)
            yield address
        finally:
            os.killpg(server.pid, signal.SIGTERM)
            try:
                server.wait(15)
            except subprocess.TimeoutExpired:
                os.killpg(server.pid, signal.SIGKILL)
                server.wait()


def _answers(address: str) -> bool:
    try:
        return urllib.request.urlopen(f"{address}/api", timeout=2).status == 200
    except OSError:
        return False


class Notebook:
    """A notebook that is open in JupyterLab: its cells by id, run and read as on the screen."""

    def __init__(self, page: Any, address: str, path: str) -> None:
        self.page, self.path = page, path
        page.get(f"{address}/lab/tree/{path}?reset")  # or notebooks of an earlier visit open beside it
        wait_for("the notebook and its kernel", self._is_ready, 120)

    def _is_ready(self) -> bool:
        return self._do(
            """
            const panel = window.jupyterapp && jupyterapp.shell.currentWidget;
            if (!panel || !panel.content || !panel.content.widgets || !panel.sessionContext) return false;
            const kernel = panel.sessionContext.session && panel.sessionContext.session.kernel;
            return panel.context.path === arguments[0] && panel.content.widgets.length > 1
              && !!kernel && kernel.status === "idle";
        """,
            self.path,
        )

    def _do(self, script: str, *arguments: Any) -> Any:
        return self.page.execute_script(_FIND + script, *arguments)

    def is_changed(self) -> bool:
        """Whether JupyterLab holds that there is something to save: the dot in the notebook's tab."""
        return self._do("return jupyterapp.shell.currentWidget.context.model.dirty;")

    def ids(self) -> list[str]:
        """The cells' ids, from the top."""
        return self._do("return content.widgets.map(cell => cell.model.id);")

    def source(self, cell: str) -> str:
        """What a cell holds."""
        return self._do("return find(arguments[0]).model.sharedModel.getSource();", cell)

    def write(self, cell: str, text: str) -> None:
        """Put text into a cell."""
        self._do("find(arguments[0]).model.sharedModel.setSource(arguments[1]);", cell, text)

    def run(self, cell: str) -> str:
        """Run a cell, wait for its end, and give the words that it shows."""
        self.page.execute_async_script(
            _FIND
            + """
            const done = arguments[arguments.length - 1];
            content.deselectAll();
            content.activeCellIndex = content.widgets.indexOf(find(arguments[0]));
            content.scrollToCell(content.activeCell, "center")
              .then(() => jupyterapp.commands.execute("notebook:run-cell")).then(() => done(), done);
            """,
            cell,
        )
        return self.shown(cell)

    def begin(self, cell: str) -> None:
        """Run a cell and do not wait for its end."""
        self._do(
            """
            content.deselectAll();
            content.activeCellIndex = content.widgets.indexOf(find(arguments[0]));
            jupyterapp.commands.execute("notebook:run-cell");
            """,
            cell,
        )

    def press(self, cell: str, what: str) -> None:
        """Click on a part of what a cell shows, as if with the mouse."""
        self.look_at(cell)
        self._do("return find(arguments[0]).outputArea.node.querySelector(arguments[1]);", cell, what).click()

    def shown(self, cell: str) -> str:
        """The words under a cell, as the screen shows them."""
        return self._do("return find(arguments[0]).outputArea.node.innerText;", cell)

    def outputs(self) -> list[dict[str, Any]]:
        """All outputs of all cells."""
        return json.loads(
            self._do("""
            return JSON.stringify(content.widgets.filter(cell => cell.model.type === "code")
              .flatMap(cell => cell.model.outputs.toJSON()));
            """)
        )

    def editor(self, cell: str) -> Any:
        """The place where a cell is written, with the cursor in it; for real key strokes."""
        return self.page.execute_async_script(
            _FIND
            + """
            const done = arguments[arguments.length - 1];
            content.activeCellIndex = content.widgets.indexOf(find(arguments[0]));
            content.scrollToCell(content.activeCell, "center").then(() => {
              content.mode = "edit";
              content.activeCell.editor.focus();
              done(content.activeCell.node.querySelector(".cm-content"));
            }, done);
            """,
            cell,
        )

    def select(self, cell: str, text: str) -> None:
        """Mark the last place where a cell holds this text, as if with the mouse."""
        self._do(
            """
            const cell = find(arguments[0]), text = arguments[1];
            const at = cell.model.sharedModel.getSource().lastIndexOf(text);
            const [start, end] = [at, at + text.length].map(place => cell.editor.getPositionAt(place));
            cell.editor.setSelection({start, end});
            """,
            cell,
            text,
        )

    def insert_below(self, cell: str) -> None:
        """Add an empty cell below another one."""
        self._do(
            """
            content.activeCellIndex = content.widgets.indexOf(find(arguments[0]));
            jupyterapp.commands.execute("notebook:insert-cell-below");
            """,
            cell,
        )

    def look_at(self, cell: str) -> None:
        """Bring a cell's output into view."""
        self._do('find(arguments[0]).outputArea.node.scrollIntoView({block: "center"});', cell)

    def restart_kernel(self) -> None:
        """Kernel > Restart Kernel, and yes in the dialogue."""
        self.page.execute_script('jupyterapp.commands.execute("kernelmenu:restart");')
        button = ".jp-Dialog .jp-Dialog-button.jp-mod-accept"
        find = "return document.querySelector(arguments[0]);"
        wait_for("the question", lambda: self.page.execute_script(find, button)).click()
        wait_for("the kernel's restart", self._has_restarted, 120)

    def _has_restarted(self) -> bool:
        return self._is_ready() and not self._do('return document.querySelector(".jp-Dialog") !== null;')


_FIND = """
const content = window.jupyterapp && jupyterapp.shell.currentWidget && jupyterapp.shell.currentWidget.content;
const find = id => content.widgets.find(cell => cell.model.id === id);
"""
