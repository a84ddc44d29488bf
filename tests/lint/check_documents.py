"""What documents refer to is there: files by relative links, tests by name or title. usage: check_documents.py SOURCE BUILD"""
import json
import pathlib
import re
import subprocess
import sys

source, build = map(pathlib.Path, sys.argv[1:3])
listing = json.loads(subprocess.run(["ctest", "--test-dir", build, "--show-only=json-v1"], check=True,
                                    capture_output=True, text=True).stdout)
tests = [test["name"] for test in listing["tests"]]
titles = {re.sub(r'"\s*"', "", title) for path in source.glob("tests/**/*.cpp")
          for title in re.findall(r'TEST_CASE\(\s*"((?:[^"\\]|"\s*")*)"', path.read_text())}

complaints = []
for document in sorted(path for path in source.glob("**/*.md") if "build" not in path.relative_to(source).parts):
    text = document.read_text()
    name = document.relative_to(source)
    for link in re.findall(r"\]\(([^)#\s]+)(?:#[^)]*)?\)", text):
        if "://" not in link and not (document.parent / link).exists():
            complaints.append(f"{name}: {link} is not there")
    for test in re.findall(r"`((?:mpi|fuzz|lint|install|porting|readme)\.[\w.]+)`", text):
        if not any(known == test or known.startswith(test + ".") for known in tests):
            complaints.append(f"{name}: no test is called {test}")
    for title in re.findall(r"`: \*([^*]+)\*", text):
        if title not in titles:
            complaints.append(f"{name}: no test case is called \"{title}\"")
print("\n".join(complaints))
if not tests or not titles:
    sys.exit("no tests were found")
sys.exit(bool(complaints))
