#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""Does lint.py notice?  Plants one violation at a time in a small clean tree.

A plant is a file, what to put into it, and the one rule and line that lint.py
must then report, with no other finding.
"""

import os
import re
import shutil
import subprocess
import sys
import tempfile

HERE = os.path.dirname(os.path.abspath(__file__))
TOP = os.path.dirname(os.path.dirname(HERE))
SPDX = "/* SPDX-License-Identifier: GPL-3.0-or-later */\n"

TENSOR_H = SPDX + """#pragma once

#include "core/base/error.h"

/**
 * dif_tensor_size:
 * @n: a length
 *
 * Returns: the size
 */
int dif_tensor_size (int n);
"""

TENSOR_C = SPDX + """#include "core/tensor/tensor.h"

int
dif_tensor_size (int n)
{
  return n;
}
"""

CLEAN = {
    "core/dif.h": SPDX + '#pragma once\n\n#include "core/tensor/tensor.h"\n',
    "core/base/error.h": SPDX + "#ifndef DIF_ERROR_H\n#define DIF_ERROR_H\n\n#endif\n",
    "core/base/file.c": SPDX + "#include <sys/mman.h>\n",
    "core/tensor/tensor.h": TENSOR_H,
    "core/tensor/tensor.c": TENSOR_C,
    "core/ops/gemm.c": SPDX + '#include <cblas.h>\n\n#include "core/tensor/tensor.h"\n',
    "core/io/read.h": SPDX + "#pragma once\n",
    "core/diffusion/step.h": SPDX + "#pragma once\n",
    "core/pipeline/run.c": SPDX + '#include "core/diffusion/step.h"\n',
    "core/train/fit.h": SPDX + "#pragma once\n",
    "core/train/rate.h": SPDX + '#pragma once\n\n#include "core/train/fit.h"\n',
    "core/lab/plot.h": SPDX + "#pragma once\n",
    "core/settings/table.c": SPDX + '#include "core/diffusion/step.h"\n',
    "core/checkpoint/open.h": SPDX + "#pragma once\n",
    "core/cli/main.c": SPDX + '#include "core/dif.h"\n',
    "plugin/main.c": SPDX + '#include <libgimp/gimp.h>\n\n#include "core/dif.h"\n'
                            '#include "ui/dialog.h"\n',
    "plugin/job.h": SPDX + "#pragma once\n",
    "ui/dialog.h": SPDX + "#pragma once\n",
    "ui/dialog.c": SPDX + '#include "ui/dialog.h"\n\nconst char *title = _ ("Denoise");\n',
    "po/POTFILES.in": "# files with texts\nui/dialog.c\n",
    "po/de.po": 'msgid ""\nmsgstr "Content-Type: text/plain; charset=UTF-8\\n"\n\n'
                'msgid "Denoise"\nmsgstr "Entrauschen"\n',
    "README.md": "Put it in ~/.config and /usr/work.\n",
}

FUNCTION = "\nint\nlong_one (int n)\n{\n%s  return n;\n}\n"

# name, path, text (None: delete the file; "+…": append it), rule, line
PLANTS = [
    ("an include of a higher floor", "core/tensor/tensor.c",
     TENSOR_C.replace("core/tensor/tensor.h", "core/diffusion/step.h"), "floors", 2),
    ("ops includes io", "core/ops/gemm.c",
     CLEAN["core/ops/gemm.c"].replace("core/tensor/tensor.h", "core/io/read.h"), "floors", 4),
    ("pipeline includes train", "core/pipeline/run.c",
     SPDX + '#include "core/train/fit.h"\n', "floors", 2),
    ("settings include a checkpoint", "core/settings/table.c",
     SPDX + '#include "core/checkpoint/open.h"\n', "floors", 2),
    ("the door opens to the laboratory", "core/dif.h",
     SPDX + '#pragma once\n\n#include "core/lab/plot.h"\n', "floors", 4),
    ("a circle of two headers", "core/train/fit.h", '+\n#include "core/train/rate.h"\n',
     "circles", 4),
    ("a circle by way of a source", "core/train/fit.c", SPDX + '#include "core/train/rate.h"\n',
     "circles", 2),
    ("plugin reaches into core", "plugin/job.h", '+\n#include "core/io/read.h"\n', "floors", 4),
    ("ui includes plugin", "ui/dialog.h", '+\n#include "plugin/job.h"\n', "floors", 4),
    ("core includes ui", "core/train/fit.h", '+\n#include "ui/dialog.h"\n', "floors", 4),
    ("core includes its own roof", "core/train/fit.h", '+\n#include "core/dif.h"\n', "floors", 4),
    ("an include without its folder", "core/train/fit.h", '+\n#include "fit2.h"\n', "floors", 4),
    ("GTK in core", "core/cli/main.c", "+#include <gtk/gtk.h>\n", "gimp_stays_outside", 3),
    ("a second file with cblas", "core/pipeline/run.c",
     SPDX + "#include <cblas.h>\n", "one_cblas", 2),
    ("no licence line", "core/io/read.h", "#pragma once\n", "spdx", 1),
    ("a header without guard", "core/io/read.h", SPDX, "header_guards", 1),
    ("atof", "core/tensor/tensor.c", TENSOR_C.replace("return n", 'return atof ("1")'),
     "banned", 7),
    ("printf below cli", "core/tensor/tensor.c", TENSOR_C.replace("return n", 'return printf ("1")'),
     "banned", 7),
    ("JSON past core/io", "core/tensor/tensor.c",
     TENSOR_C.replace("return n", "return json_dumps (n, 0)"), "json", 7),
    ("a POSIX header outside base", "core/io/read.h", "+\n#include <unistd.h>\n", "posix", 4),
    ("a long function", "core/pipeline/run.c", "+" + FUNCTION % ("  n++;\n" * 80), "lengths", 6),
    ("a long file", "core/pipeline/run.c", "+" + "\nextern int n;\n" * 300, "lengths", 602),
    ("a trailing blank", "tool.py", "x = 1 \n", "blanks", 1),
    ("a tab", "tool.py", "if x:\n\ty = 1\n", "blanks", 2),
    ("no newline at the end", "tool.py", "x = 1", "blanks", 1),
    ("a text that no translator sees", "plugin/main.c", '+\nconst char *text = N_ ("Hello");\n',
     "potfiles", 7),
    ("a listed file that is gone", "po/POTFILES.in", "+ui/gone.c\n", "potfiles", 3),
    ("a text without translation", "ui/dialog.c",
     SPDX + '#include "ui/dialog.h"\n\nconst char *title = _ ("Noise");\n', "translated", 4),
    ("a folder of one machine", "README.md", "Look in /" + "root/notes.\n", "machine_paths", 1),
    ("unformatted code", "core/pipeline/run.c", "+\nint  *  p;\n", "format", 4),
    ("an undocumented function", "core/tensor/tensor.h", "+\nint dif_tensor_rank (int n);\n",
     "documented", 14),
    ("a plain comment instead of a documenting one", "core/tensor/tensor.h",
     TENSOR_H.replace("/**", "/*"), "documented", 12),
]


def lint(plant=None):
    """Lints the clean tree with a plant in it: the findings, as (rule, path, line)."""
    files = dict(CLEAN)
    if plant:
        _, path, text, _, _ = plant
        files[path] = files[path] + text[1:] if text.startswith("+") else text
    with tempfile.TemporaryDirectory() as root:
        for path, text in files.items():
            path = os.path.join(root, path)
            os.makedirs(os.path.dirname(path), exist_ok=True)
            with open(path, "w", encoding="utf-8") as file:
                file.write(text)
        shutil.copy(os.path.join(TOP, ".clang-format"), root)
        run = subprocess.run([sys.executable, os.path.join(HERE, "lint.py"), root],
                             stdout=subprocess.PIPE, text=True)
    return findings(run.stdout), run.returncode


def findings(report):
    sys.path.insert(0, HERE)
    sys.dont_write_bytecode = True
    import lint as rules
    names = {rule.__doc__: rule.__name__[len("rule_"):] for rule in rules.RULES}
    found = []
    pending = []
    for line in report.splitlines():
        finding = re.match(r"# (\S+?):(\d+): ", line)
        verdict = re.match(r"(?:not )?ok \d+ - (.*?)(?: # SKIP.*)?$", line)
        if finding:
            pending.append((finding.group(1), int(finding.group(2))))
        elif verdict:
            found += [(names[verdict.group(1)], *where) for where in pending]
            pending = []
    return found


def main():
    print(f"1..{len(PLANTS) + 1}")
    found, status = lint()
    failed = found or status
    print(f"{'not ok' if failed else 'ok'} 1 - the clean tree passes" +
          "".join(f"\n# {f}" for f in found))
    for number, plant in enumerate(PLANTS, 2):
        name, path, _, rule, line = plant
        if rule == "format" and not shutil.which("clang-format"):
            print(f"ok {number} - {name} # SKIP there is no clang-format")
            continue
        found, status = lint(plant)
        good = found == [(rule, path, line)] and status == 1
        print(f"{'ok' if good else 'not ok'} {number} - {name}")
        if not good:
            print(f"# wanted {(rule, path, line)}\n# got {found}, exit status {status}")
            failed = True
    sys.exit(bool(failed))


if __name__ == "__main__":
    main()
