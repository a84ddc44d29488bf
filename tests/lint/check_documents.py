"""What documents refer to is there: files, programs, options, and tests by name or title. usage: check_documents.py SOURCE BUILD"""
import json
import pathlib
import re
import subprocess
import sys

FILE = r"[\w.-]+(?:/[\w.-]+)+\.(?:c|cc|cpp|h|hpp|f90|sh|py|sbatch|conf|md)"


class Project:
    """What there is to refer to."""

    def __init__(self, source, build):
        self.source = source
        listing = json.loads(subprocess.run(["ctest", "--test-dir", build, "--show-only=json-v1"], check=True,
                                            capture_output=True, text=True).stdout)
        self.tests = [test["name"] for test in listing["tests"]]
        self.titles = {re.sub(r'"\s*"', "", title) for text in self.texts("tests/**/*.cpp")
                       for title in re.findall(r'TEST_CASE\(\s*"((?:[^"\\]|"\s*")*)"', text)}
        self.programs = set(re.findall(r"\w+", " ".join(self.texts("**/CMakeLists.txt"))))
        self.options = set(re.findall(r'"(sys\.[\w.]+)"', " ".join(
            self.texts("libadapm/src/api/options.cpp") + self.texts("libadapm/porting/**/*.h"))))

    def texts(self, pattern):
        return [path.read_text() for path in sorted(self.source.glob(pattern)) if not self.is_built(path)]

    def documents(self):
        return [path for path in sorted(self.source.glob("**/*.md")) if not self.is_built(path)]

    def is_built(self, path):
        return "build" in path.relative_to(self.source).parts

    def has_test(self, name):
        return any(test == name or test.startswith(name + ".") for test in self.tests)

    def has_option(self, name):
        return any(option == name or option.startswith(name + ".") for option in self.options)

    def has_file(self, name, beside):
        folders = [beside, self.source, *(self.source / "libadapm" / folder for folder in ("", "src", "include", "porting"))]
        return any((folder / name).exists() for folder in folders)


def complaints(project, document):
    text = document.read_text()
    folder = document.parent
    for link in re.findall(r"\]\(([^)#\s]+)(?:#[^)]*)?\)", text):
        if "://" not in link and not (folder / link).exists():
            yield f"{link} is not there"
    for name in re.findall(rf"`({FILE})(?=[`\s])", text) + re.findall(r"(?<![\w/.-])(?:scripts|slurm|tests)/[\w./-]*\w", text):
        if not project.has_file(name, folder):
            yield f"{name} is not there"
    for program in re.findall(r"build/\w+/bin/(\w+)", text):
        if program not in project.programs:
            yield f"no program is called {program}"
    for option in re.findall(r"--(sys\.[\w.]*\w)", re.sub(r"unknown option --\S+", "", text)):
        if not project.has_option(option):
            yield f"no option is called --{option}"
    for test in re.findall(r"`((?:mpi|fuzz|lint|install|porting|readme)\.[\w.]+)`", text) + tests_of_tables(text):
        if not project.has_test(test):
            yield f"no test is called {test}"
    for title in re.findall(r"`: \*([^*]+)\*", text):
        if title not in project.titles:
            yield f'no test case is called "{title}"'


def tests_of_tables(text):
    """Names in the last column of tables in which that is for tests."""
    names, of_tests = [], False
    for before, line in zip(text.split("\n"), text.split("\n")[1:]):
        if re.fullmatch(r"\|[|-]+\|", line):
            of_tests = before.endswith(("| test |", "| guarded by |"))
        elif of_tests and line.startswith("|"):
            names += re.findall(r"`([\w.]+)`", line.split("|")[-2])
    return names


def main():
    project = Project(*map(pathlib.Path, sys.argv[1:3]))
    if not (project.tests and project.titles and project.options and project.documents()):
        sys.exit("tests, options or documents were not found")
    found = [f"{document.relative_to(project.source)}: {complaint}" for document in project.documents()
             for complaint in complaints(project, document)]
    print("\n".join(found))
    sys.exit(bool(found))


main()
