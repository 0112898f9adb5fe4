"""Each lesson has a process of its own, forked from a preloaded server, several at once."""

import itertools
import multiprocessing
import os
import select
import sys
import time

import pytest

from literate.lesson.model import Job
from literate.lesson.page import read
from literate.running import workers

#: Waits until a named pipe has been opened on both sides; the limit of the cell is the safety.
MEET = "open({path!r}, {mode!r}).close()"


@pytest.fixture
def four_cores(monkeypatch):
    """Let the engine believe that the machine has four processors."""
    monkeypatch.setattr(workers, "cores", lambda: 4)
    monkeypatch.setattr("literate.build.cores", lambda: 4)


def printed(lesson) -> str:
    assert lesson.failure is None, str(lesson.failure)
    (result,) = (result for result in lesson.run.results if result.outputs)
    return result.outputs[0]["text"].strip()


def test_each_lesson_has_a_process_of_its_own(project):
    for name in "abc":
        project.write(f"docs/{name}.py", "# %%\nimport os\nprint(os.getpid())\n")
    pids = {printed(lesson) for lesson in project.build().values()}
    assert len(pids) == 3
    assert str(os.getpid()) not in pids


def test_nothing_that_a_lesson_leaves_behind_reaches_the_next(project):
    project.write("course/__init__.py", "")
    project.write("course/rate.py", "rate = 1\n")
    project.write(
        "docs/a.py",
        """
        # %%
        import math, os, random, sys
        import course.rate
        course.rate.rate = math.pi = 3
        math.left = os.environ["LEFT"] = "behind"
        random.seed(1)
        sys.path.append("/left/behind")
        os.chdir("/")
        left = "behind"
        print("left")
        """,
    )
    project.write(
        "docs/b.py",
        """
        # %%
        import math, os, sys
        import course.rate
        print(
            course.rate.rate, round(math.pi, 2), hasattr(math, "left"), "LEFT" in os.environ,
            "/left/behind" in sys.path, os.path.basename(os.getcwd()), "left" in globals(),
        )
        """,
    )
    lessons = project.build(jobs=1)
    assert printed(lessons["docs/a.py"]) == "left"
    assert printed(lessons["docs/b.py"]) == "1 3.14 False False False project False"


def test_lessons_run_side_by_side(project):
    paths = [str(project.outside / name) for name in ("one", "two")]
    for path in paths:
        os.mkfifo(path)
    for name, modes in (("a", "rw"), ("b", "wr")):
        code = [MEET.format(path=path, mode=mode) for path, mode in zip(paths, modes, strict=True)]
        project.write(f"docs/{name}.py", "\n".join(["# %%", *code, "print('met')"]))
    lessons = project.build(jobs=2)
    assert [printed(lesson) for lesson in lessons.values()] == ["met", "met"]


@pytest.fixture
def timeline(monkeypatch):
    """Record when a process is started and ended: `+a` and `-a` for the lesson `docs/a.py`."""
    events: list[str] = []
    spawn, stop = workers._spawn, workers._Child.stop

    def watched_spawn(start, job):
        events.append("+" + job.page.name[5])
        return spawn(start, job)

    def watched_stop(child):
        stop(child)
        events.append("-" + child.job.page.name[5])

    monkeypatch.setattr(workers, "_spawn", watched_spawn)
    monkeypatch.setattr(workers._Child, "stop", watched_stop)
    return events


@pytest.mark.parametrize(("jobs", "most"), [(1, 1), (2, 2), (9, 4)])
def test_no_more_lessons_run_at_once_than_the_options_allow(project, timeline, jobs, most):
    for name in "abcd":
        project.write(f"docs/{name}.py", "# %%\nprint(1)\n")
    project.build(jobs=jobs)
    running = list(itertools.accumulate(1 if event[0] == "+" else -1 for event in timeline))
    assert max(running) == most
    assert running[-1] == 0


def test_an_exclusive_lesson_runs_alone(project, timeline):
    for name in "abcdef":
        tags = 'tags=["exclusive"]' if name in "ad" else ""
        project.write(f"docs/{name}.py", f"# %%\nprint(1)\n\n# %% {tags}\nprint(2)\n")
    lessons = project.build(jobs=3)
    assert timeline[:3] == ["+b", "+c", "+e"]
    assert timeline[-4:] == ["+a", "-a", "+d", "-d"]
    assert all(lesson.failure is None for lesson in lessons.values())


def test_a_lesson_says_when_its_process_ran_in_this_build(project):
    for name, tags in (("a", 'tags=["exclusive"]'), ("b", ""), ("c", "")):
        project.write(f"docs/{name}.py", f"# %% {tags}\nprint(1)\n")
    spans = {name[5]: lesson.span for name, lesson in project.build(cache=True, jobs=1).items()}
    assert 0 <= spans["b"].started < spans["b"].ended <= spans["c"].started
    assert spans["c"].ended <= spans["a"].started < spans["a"].ended
    assert {lesson.span for lesson in project.build(cache=True).values()} == {None}
    project.replace("docs/c.py", "1", "2")
    later = project.build(cache=True)
    assert [name for name, lesson in later.items() if lesson.span] == ["docs/c.py"]


def test_lessons_share_the_processors_and_an_exclusive_one_has_them_all(project, four_cores):
    code = """
        # %% {tags}
        import os
        names = ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS")
        print([os.environ[name] for name in names])
    """
    project.write("docs/a.py", code.format(tags=""))
    project.write("docs/b.py", "# %%\nprint(1)\n")
    project.write("docs/c.py", code.format(tags='tags=["exclusive"]'))
    lessons = project.build(jobs=2)
    assert printed(lessons["docs/a.py"]) == "['2', '2', '2']"
    assert printed(lessons["docs/c.py"]) == "['4', '4', '4']"
    assert "on CPU, 2 threads ·" in lessons["docs/a.py"].markdown
    assert "on CPU, 4 threads ·" in lessons["docs/c.py"].markdown


def test_the_shares_follow_from_the_jobs_that_there_are(project, four_cores):
    project.write("docs/a.py", "# %%\nimport os\nprint(os.environ['OMP_NUM_THREADS'])\n")
    assert printed(project.build(jobs=0)["docs/a.py"]) == "4"
    project.write("docs/b.py", "# %%\nprint(1)\n")
    assert printed(project.build(jobs=0)["docs/a.py"]) == "2"
    assert printed(project.build(jobs=1)["docs/a.py"]) == "4"
    assert printed(project.build(jobs=9)["docs/a.py"]) == "2"


def test_torch_loaded_before_the_fork_keeps_to_the_share_and_the_package_is_loaded_after(project):
    code = """
        # %% {tags}
        import sys
        loaded = set(sys.modules)
        import course, torch
        print("torch" in loaded, "course" in loaded, torch.get_num_threads())
    """
    project.write("course/__init__.py", "")
    project.write("docs/a.py", code.format(tags=""))
    project.write("docs/b.py", code.format(tags='tags=["exclusive"]'))
    project.write("docs/c.py", "# %%\nprint(1)\n")
    project.write(
        "run.py",
        """
        from pathlib import Path
        from literate import build
        from literate.running import workers
        workers.cores = build.cores = lambda: 4
        root = Path.cwd()
        options = build.Options(root, preload=("torch",))
        for lesson in build.build(sorted(root.glob("docs/*.py")), options).values():
            print(lesson.failure or lesson.run.results[0].outputs[0]["text"], end="")
        """,
    )
    done = project.python("run.py")
    assert done.stdout == "True False 2\nTrue False 4\n1\n", done.stderr


def test_the_package_of_the_lessons_is_loaded_by_each_of_them(project):
    project.write("course/__init__.py", "")
    code = """
        # %%
        import sys
        loaded = set(sys.modules)
        import course
        print("course" in loaded, course.__file__.split("/")[-3])
    """
    project.write("docs/a.py", code)
    project.write("docs/b.py", code)
    assert {printed(lesson) for lesson in project.build(jobs=1).values()} == {"False project"}


def test_a_module_of_the_options_is_imported_before_all_else(project):
    project.write("settings/first.py", "import os\nos.environ['LESSON_SIZE'] = 'small'\n")
    project.write("course/__init__.py", "import os\nsize = os.environ['LESSON_SIZE']\n")
    text = "# %%\nimport course\nprint(course.size)\n"
    assert printed(project.lesson(text, first_import="settings.first")) == "small"


def test_a_module_of_the_options_that_is_not_there_is_named(project):
    failure = project.failure("# %%\nx = 1\n", first_import="settings.absent")
    assert str(failure).startswith("docs/a.py: ModuleNotFoundError: No module named 'settings'")


def test_the_default_preloads_the_heavy_libraries_and_no_package_of_the_lessons():
    from literate.build import PRELOAD

    assert {"torch", "matplotlib.pyplot"} < set(PRELOAD)
    assert not [name for name in PRELOAD if name.startswith("course")]


def test_two_lessons_load_what_they_need_where_no_other_build_follows(project):
    for name in "abc":
        project.write(
            f"docs/{name}.py",
            """
            # %%
            import sys
            def never_called():
                import colorsys
            print("colorsys" in sys.modules)
            """,
        )
    project.write(
        "run.py",
        """
        import sys
        from pathlib import Path
        from literate.build import Options, build
        root = Path.cwd()
        options = Options(root, preload=("colorsys",), only_build=sys.argv[1] == "only")
        for lesson in build(sorted(root.glob("docs/*.py"))[: int(sys.argv[2])], options).values():
            print(lesson.run.results[0].outputs[0]["text"].strip(), *lesson.run.imports)
        """,
    )
    loaded, not_loaded = "True colorsys sys\n", "False colorsys sys\n"
    assert project.python("run.py", "only", "2").stdout == not_loaded * 2
    assert project.python("run.py", "only", "3").stdout == loaded * 3
    assert project.python("run.py", "first", "1").stdout == loaded


def test_where_nothing_can_be_forked_processes_start_anew(project):
    project.write("course/__init__.py", "answer = 42\n")
    project.write(
        "docs/a.py",
        """
        # %%
        import sys
        import matplotlib.pyplot as plt
        from course import answer
        print(answer, "pytest" in sys.modules)

        # %%
        plt.plot([1])
        plt.show()
        print("after")

        # %%
        1 / 0
        """,
    )
    page = read(project.root / "docs/a.py", project.root)
    runs = []
    workers.run_all(
        [Job(page, project.root, 1, 60.0)],
        (),
        1,
        lambda job, run, span: runs.append(run),
        start=multiprocessing.get_context("spawn"),
    )
    (run,) = runs
    assert run.results[0].outputs[0]["text"] == "42 False\n"
    assert [each["output_type"] for each in run.results[1].outputs] == ["display_data", "stream"]
    assert run.failure.place == "docs/a.py, line 13, cell 3"


def test_a_system_without_a_fork_server_gets_the_fallback(monkeypatch):
    monkeypatch.setattr(multiprocessing, "get_all_start_methods", lambda: ["spawn"])
    assert workers.context(()).get_start_method() == "spawn"


@pytest.fixture(scope="module")
def torch_lesson(tmp_path_factory, new_project):
    """Build a lesson that loads torch itself, on a machine with two processors."""
    project = new_project(tmp_path_factory.mktemp("torch"))
    project.write("docs/b.py", "# %%\nprint(1)\n")
    text = """
        # %%
        import torch
        from torch.utils.data import DataLoader, Dataset
        print(torch.get_num_threads())

        # %%
        class Squares(Dataset):
            def __len__(self):
                return 6

            def __getitem__(self, index):
                return torch.tensor(index * index)

        loader = DataLoader(Squares(), batch_size=3, num_workers=2)
        print([batch.tolist() for batch in loader])

        # %% tags=["raises-exception"]
        class Broken(list):
            def __getitem__(self, index):
                raise ValueError(f"no sample {index}")

        for batch in DataLoader(Broken([1]), num_workers=1):
            pass
    """
    project.write("docs/a.py", text)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(workers, "cores", lambda: 2)
        lesson = project.build(jobs=2)["docs/a.py"]
    assert lesson.failure is None, str(lesson.failure)
    return lesson


def test_a_lesson_that_loads_torch_itself_keeps_to_its_share(torch_lesson, outputs):
    assert outputs(torch_lesson.markdown)[0] == ("", "1")


def test_each_word_of_a_child_gives_it_the_time_of_a_cell_anew(project):
    project.write("docs/a.py", "# %%\nx = 1\n\n# %%\nx = 2\n")
    job = Job(read(project.root / "docs/a.py", project.root), project.root, 1, 60.0)
    ours, theirs = multiprocessing.Pipe()
    with ours, theirs:
        child = workers._Child(job, None, ours, deadline=0.0)
        theirs.send(1)
        assert workers._receive(child) is None
    assert child.step == 1
    assert child.deadline > time.monotonic() + 50


def test_a_data_loader_with_workers_serves_a_data_set_of_the_lesson(torch_lesson, outputs):
    assert outputs(torch_lesson.markdown)[1] == ("", "[[0, 1, 4], [9, 16, 25]]")


def test_an_error_in_a_worker_of_a_data_loader_is_told(torch_lesson, outputs):
    kind, text = outputs(torch_lesson.markdown)[2]
    assert kind == "error"
    assert "ValueError: no sample 0" in text
    assert 'File "docs/a.py", line 20, in __getitem__' in text


def test_a_lesson_may_start_processes_that_may_start_processes(project, outputs):
    page = project.page("""
        # %%
        import multiprocessing

        def inner(queue):
            queue.put("from the grandchild")

        def outer(queue):
            process = multiprocessing.Process(target=inner, args=(queue,))
            process.start()
            process.join()

        queue = multiprocessing.Queue()
        process = multiprocessing.Process(target=outer, args=(queue,))
        process.start()
        print(queue.get())
        process.join()
    """)
    assert outputs(page) == [("", "from the grandchild")]


LEFT_RUNNING = """
    # %%
    import multiprocessing, os, subprocess, sys, threading, time
    held = os.open({path!r}, os.O_WRONLY)
    os.set_inheritable(held, True)
    code = "import time; time.sleep(600)"
    program = subprocess.Popen([sys.executable, "-c", code], close_fds=False)
    forked = multiprocessing.Process(target=time.sleep, args=(600,))
    forked.start()
    threading.Thread(target=time.sleep, args=(600,)).start()
    {last}
"""


def has_ended(reader: int) -> bool:
    """Wait for the end of a named pipe, which comes when nobody holds it any more."""
    return bool(select.select([reader], [], [], 60)[0]) and os.read(reader, 1) == b""


@pytest.mark.parametrize("last", ["print('done')", "1 / 0", "os._exit(3)"])
def test_what_a_lesson_leaves_running_is_ended_with_it(project, last):
    path = str(project.outside / "held")
    os.mkfifo(path)
    reader = os.open(path, os.O_RDONLY | os.O_NONBLOCK)
    try:
        lesson = project.lesson(LEFT_RUNNING.format(path=path, last=last))
        assert has_ended(reader)
    finally:
        os.close(reader)
    assert (lesson.failure is None) == (last == "print('done')")


def test_when_the_build_is_killed_its_lessons_and_what_they_started_end(project):
    path = str(project.outside / "held")
    os.mkfifo(path)
    reader = os.open(path, os.O_RDONLY | os.O_NONBLOCK)
    kill = "os.kill(int(os.environ['BUILD']), 9); time.sleep(600)"
    project.write("docs/a.py", LEFT_RUNNING.format(path=path, last=kill))
    code = """
        import os
        from pathlib import Path
        from literate.build import Options, build
        os.environ["BUILD"] = str(os.getpid())
        root = Path.cwd()
        build([root / "docs/a.py"], Options(root, preload=()))
    """
    project.write("run.py", code)
    try:
        assert project.python("run.py").returncode == -9
        assert has_ended(reader)
    finally:
        os.close(reader)


def test_a_child_does_not_run_the_program_that_builds(project):
    project.write("docs/a.py", "# %%\nprint(42)\n")
    project.write(
        "run.py",
        """
        from pathlib import Path
        from literate.build import Options, build
        print("started")
        root = Path.cwd()
        (lesson,) = build([root / "docs/a.py"], Options(root, preload=())).values()
        print(lesson.failure)
        """,
    )
    done = project.python("run.py")
    assert done.stdout == "started\nNone\n", done.stderr


def test_the_engine_leaves_the_environment_of_the_build_as_it_was(project, monkeypatch):
    monkeypatch.setenv("OMP_NUM_THREADS", "7")
    monkeypatch.delenv("MKL_NUM_THREADS", raising=False)
    before = dict(os.environ), sys.modules["__main__"]
    project.page("# %%\nprint(1)\n")
    assert (dict(os.environ), sys.modules["__main__"]) == before
