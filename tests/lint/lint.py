#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""The house rules as a program: lint.py FOLDER prints one TAP line per rule.

A rule is a function that takes the tree and yields (path, line number, what is
wrong); its docstring is its name in the report.
"""

import os
import re
import shutil
import subprocess
import sys

import floors

SPDX = "/* SPDX-License-Identifier: GPL-3.0-or-later */"
MAX_FILE = 600
MAX_FUNCTION = 80

POSIX = {"sys/mman.h", "unistd.h", "fcntl.h", "signal.h", "sched.h", "sys/stat.h"}

BANNED = {
    "strtod": "g_ascii_strtod", "strtof": "g_ascii_strtod", "atof": "g_ascii_strtod",
    "atoi": "g_ascii_string_to_signed", "atol": "g_ascii_string_to_signed",
    "sscanf": "g_ascii_string_to_signed or g_ascii_strtod",
    "g_strtod": "g_ascii_strtod", "setenv": "an argument", "g_setenv": "an argument",
    "strcpy": "g_strlcpy", "strcat": "g_strlcat", "sprintf": "g_snprintf",
    "rand": "core/base's random numbers", "srand": "core/base's random numbers",
    "g_random_int": "core/base's random numbers",
    "g_random_double": "core/base's random numbers",
    "abort": "a GError", "g_error": "a GError", "g_assert_not_reached": "g_return_val_if_reached",
}
BANNED_BELOW_CLI = {
    "printf": "a GError or the progress callback", "puts": "a GError or the progress callback",
    "putchar": "the progress callback", "g_print": "the progress callback",
    "g_printerr": "a GError", "exit": "a GError", "_exit": "a GError",
}

TEXT = (".c", ".h", ".py", ".in", ".md", ".build", ".sh", ".txt", ".json", ".ini", ".yml")


class Tree:
    """The files that belong to the project, read once."""

    def __init__(self, root):
        self.root = root
        self.paths = sorted(p for p in self._list() if os.path.isfile(os.path.join(root, p)))
        self._text = {}

    def _list(self):
        if os.path.exists(os.path.join(self.root, ".git")) and shutil.which("git"):
            git = subprocess.run(
                ["git", "-c", "safe.directory=*", "-C", self.root,
                 "ls-files", "-coz", "--exclude-standard"],
                stdout=subprocess.PIPE, check=True)
            return git.stdout.decode().split("\0")[:-1]
        found = []
        for folder, folders, names in os.walk(self.root):
            folders[:] = [d for d in folders if d not in ("build", "__pycache__", ".git")]
            found += [os.path.relpath(os.path.join(folder, n), self.root) for n in names]
        return [p.replace(os.sep, "/") for p in found]

    def text(self, path):
        if path not in self._text:
            with open(os.path.join(self.root, path), "rb") as file:
                self._text[path] = file.read().decode("utf-8", "replace")
        return self._text[path]

    def lines(self, path):
        return enumerate(self.text(path).splitlines(), 1)

    def code(self, path):
        """The lines with comments blanked out and strings emptied."""
        def blank(match):
            word = match.group(0)
            if word[0] in "\"'":
                return word[0] * 2
            return re.sub(r"[^\n]", " ", word)
        parts = r'"(?:\\.|[^"\\\n])*"|\'(?:\\.|[^\'\\\n])*\'|/\*.*?\*/|//[^\n]*'
        return enumerate(re.sub(parts, blank, self.text(path), flags=re.S).splitlines(), 1)

    def sources(self, *folders, ends=(".c", ".h")):
        return [p for p in self.paths if p.endswith(ends)
                and (not folders or p.startswith(tuple(f + "/" for f in folders)))]

    def includes(self, path):
        for number, line in self.lines(path):
            found = re.match(r'\s*#\s*include\s*([<"])([^>"]+)[>"]', line)
            if found:
                yield number, found.group(1) == '"', found.group(2)


def rule_floors(tree):
    """files include their own folder and lower floors only"""
    for path, number, target in floors.includes(tree):
        own, other = floors.folder_of(path), floors.folder_of(target)
        if own in floors.OUTSIDE:
            if other not in floors.OUTSIDE[own] and target != floors.DOOR:
                yield path, number, f"{own}/ may include {floors.DOOR}, not {target}"
        elif target == floors.DOOR:
            if own != "core/cli":
                yield path, number, f"{floors.DOOR} is for plugin/, ui/ and core/cli"
        elif path == floors.DOOR or own is None:
            if floors.FLOORS.get(other, 0) > floors.DOOR_OPENS:
                yield path, number, f"{target} is above {path}"
        elif other is None:
            if "/" not in target and target != "config.h":
                yield path, number, f"include {target} by its path from the top folder"
        elif floors.FLOORS[other] > floors.FLOORS[own]:
            yield path, number, f"{target} is above {own}"
        elif other != own and (floors.FLOORS[other] == floors.FLOORS[own]
                               or (own, other) in floors.STRANGERS):
            yield path, number, f"{own} and {other} do not know each other"


def rule_circles(tree):
    """no module includes itself by way of others"""
    where = {}
    for path, number, target in floors.includes(tree):
        where.setdefault((floors.module_of(path), floors.module_of(target)), (path, number))
    for way in floors.circles(floors.graph(tree, floors.module_of)):
        path, number = where[way[0], way[1]]
        yield path, number, "is on a circle of includes: " + " -> ".join(way)


def rule_gimp_stays_outside(tree):
    """only plugin/ and ui/ include GIMP, GEGL and GTK"""
    for path in tree.sources():
        if path.startswith(("plugin/", "ui/", "tests/plugin/", "tests/ui/")):
            continue
        for number, _, target in tree.includes(path):
            if re.match(r"(libgimp|gegl|gtk|gdk|babl)\b", target):
                yield path, number, f"{target} belongs in plugin/ or ui/"


def rule_one_cblas(tree):
    """one file includes cblas"""
    users = [(path, number) for path in tree.sources() if not path.startswith("tests/")
             for number, _, target in tree.includes(path)
             if re.search(r"\b(cblas|openblas_config|f77blas)", target)]
    first = users[0][0] if users else None
    for path, number in users:
        if path != first:
            yield path, number, f"call BLAS through {first}"


def rule_spdx(tree):
    """each C file begins with its licence"""
    for path in tree.sources():
        if not tree.text(path).startswith(SPDX):
            yield path, 1, f"the first line is not {SPDX}"


def rule_header_guards(tree):
    """each header guards against double inclusion"""
    for path in tree.sources(ends=".h"):
        code = "\n".join(line for _, line in tree.code(path)).strip()
        if not re.match(r"#\s*pragma\s+once|#\s*ifndef\s+(\w+)\s+#\s*define\s+\1\b", code):
            yield path, 1, "write #pragma once above the first line of code"


def rule_banned(tree):
    """core/ calls nothing that prints, ends the process or asks the locale"""
    for path in tree.sources("core"):
        banned = dict(BANNED)
        if not path.startswith("core/cli/"):
            banned.update(BANNED_BELOW_CLI)
        for number, line in tree.code(path):
            for name in re.findall(r"(?<![\w.>])(\w+)\s*\(", line):
                if name in banned:
                    yield path, number, f"{name} () is banned here: use {banned[name]}"
            if re.search(r"\bstdout\b", line) and not path.startswith("core/cli/"):
                yield path, number, "stdout is the caller's"


def rule_json(tree):
    """JSON is read and written by core/io, in any locale alike"""
    for path in tree.sources("core", "plugin", "ui"):
        if path == "core/io/json-scan.c":
            continue
        for number, line in tree.code(path):
            for name in re.findall(r"\b(json_(?:dump|load)\w*)\s*\(", line):
                yield path, number, f"{name} () follows the locale: use dif_json_dump () and the like"


def rule_posix(tree):
    """POSIX headers stay in core/base and plugin/signals.c"""
    for path in tree.sources("core", "plugin", "ui"):
        if path.startswith("core/base/") or path == "plugin/signals.c":
            continue
        for number, _, target in tree.includes(path):
            if target in POSIX:
                yield path, number, f"<{target}> is not portable: wrap it in core/base"


def rule_lengths(tree):
    """files and functions stay short"""
    for path in tree.sources():
        start = None
        last = 0
        for last, line in tree.lines(path):
            if line.startswith("{"):
                start = last
            elif line.rstrip() == "}" and start:
                if last - start - 1 > MAX_FUNCTION:
                    yield path, start, (f"a function of {last - start - 1} lines "
                                        f"(at most {MAX_FUNCTION})")
                start = None
        if last > MAX_FILE:
            yield path, last, f"a file of {last} lines (at most {MAX_FILE})"


def rule_blanks(tree):
    """no tabs, no trailing blanks, a newline at the end"""
    for path in tree.sources(ends=(".c", ".h", ".py")):
        for number, line in tree.lines(path):
            if "\t" in line:
                yield path, number, "a tab"
            if line != line.rstrip():
                yield path, number, "blanks at the end of the line"
        text = tree.text(path)
        if text and (not text.endswith("\n") or text.endswith("\n\n")):
            yield path, text.count("\n") + 1, "end the file with one newline"


def rule_potfiles(tree):
    """po/POTFILES.in lists the files that have texts to translate"""
    listed = {}
    if "po/POTFILES.in" in tree.paths:
        listed = {line.strip(): number for number, line in tree.lines("po/POTFILES.in")
                  if line.strip() and not line.startswith("#")}
    for path in tree.sources("core", "plugin", "ui"):
        marked = [n for n, line in tree.code(path) if re.search(r'\bN?_\s*\(\s*"', line)]
        if marked and path not in listed:
            yield path, marked[0], "is not in po/POTFILES.in"
    for path, number in listed.items():
        if path not in tree.paths:
            yield "po/POTFILES.in", number, f"there is no {path}"


def rule_translated(tree):
    """each po file translates all texts"""
    languages = [path for path in tree.paths if re.fullmatch(r"po/[\w@]+\.po", path)]
    files = [line.strip() for _, line in tree.lines("po/POTFILES.in")
             if line.strip() in tree.paths] if languages else []
    if not shutil.which("xgettext") or not files:
        raise Skip("there is no gettext" if files else "there is nothing to translate")
    texts = subprocess.run(["xgettext", "--from-code=UTF-8", "-k_", "-kN_", "-kg_dngettext:2,3",
                            "-o", "-", *files], cwd=tree.root, check=True,
                           stdout=subprocess.PIPE, stderr=subprocess.DEVNULL).stdout
    for language in languages if texts else []:
        merged = subprocess.run(["msgmerge", "--no-fuzzy-matching", "-q", language, "-"], check=True,
                                cwd=tree.root, input=texts, stdout=subprocess.PIPE,
                                stderr=subprocess.DEVNULL).stdout
        for state in "untranslated", "only-fuzzy":
            found = subprocess.run(["msgattrib", f"--{state}", "--no-obsolete"], check=True,
                                   input=merged, stdout=subprocess.PIPE).stdout
            for path, number in re.findall(r"^#: (\S+):(\d+)", found.decode(), re.M):
                yield path, int(number), f"has a text that {language} does not translate"


def rule_machine_paths(tree):
    """no file names a folder of one machine"""
    private = re.compile("(?<![\\w.$}])/" + "(work|root|home/\\w+)/|" + r"\.libr" + r"ary\b")
    for path in tree.paths:
        if path.endswith(TEXT) or "." not in os.path.basename(path):
            for number, line in tree.lines(path):
                if private.search(line):
                    yield path, number, f"names {private.search(line).group(0)}"


def rule_format(tree):
    """clang-format changes nothing"""
    tool = shutil.which("clang-format")
    paths = tree.sources()
    if not tool or not paths:
        raise Skip("there is no clang-format" if not tool else "there are no C files")
    if ".clang-format" not in tree.paths:
        yield ".clang-format", 1, "is missing"
        return
    run = subprocess.run([tool, "--style=file", "--dry-run", "-Werror", *paths],
                         cwd=tree.root, stderr=subprocess.PIPE, text=True)
    seen = set()
    for path, number in re.findall(r"^(\S[^:\n]*):(\d+):\d+: error", run.stderr, re.M):
        if path not in seen:    # one finding a file is enough to act on
            seen.add(path)
            yield path, int(number), f"is not formatted: clang-format -i {path}"
    if run.returncode and not seen:
        yield ".clang-format", 1, run.stderr.strip().splitlines()[0]


def rule_documented(tree):
    """each public function has its comment in the header"""
    for path in tree.sources("core", ends=".h"):
        text = dict(tree.lines(path))
        code = dict(tree.code(path))
        for number, line in code.items():
            found = re.match(r"(?!typedef|G_DE|#)(?:\w[\w\s*]*?[\s*])?(dif_\w+)\s*\(", line)
            if not found:
                continue
            first = number
            while re.match(r"\w[\w\s*()]*$", code.get(first - 1, "")):
                first -= 1      # the return type or an attribute on its own line
            if not comment_above(text, first):
                yield path, number, f"{found.group(1)} () has no /** comment above it"


def comment_above(text, number):
    """Does a gtk-doc comment end in the line above this one?"""
    number -= 1
    if not text.get(number, "").rstrip().endswith("*/"):
        return False
    while number > 0 and "/*" not in text[number]:
        number -= 1
    return text.get(number, "").lstrip().startswith("/**")


class Skip(Exception):
    """A rule that cannot be checked here."""


RULES = [rule for name, rule in list(globals().items()) if name.startswith("rule_")]


def main():
    if len(sys.argv) != 2:
        sys.exit("usage: lint.py FOLDER")
    tree = Tree(os.path.abspath(sys.argv[1]))
    failed = False
    print(f"1..{len(RULES)}")
    for number, rule in enumerate(RULES, 1):
        try:
            findings = list(rule(tree))
            skip = ""
        except Skip as reason:
            findings = []
            skip = f" # SKIP {reason}"
        for path, line, problem in findings:
            print(f"# {path}:{line}: {problem}")
        print(f"{'not ok' if findings else 'ok'} {number} - {rule.__doc__}{skip}")
        failed = failed or bool(findings)
    sys.exit(failed)


if __name__ == "__main__":
    main()
