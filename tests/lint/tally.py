#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""The last line of a test run: tally.py TESTLOG... counts every test's own TAP lines."""

import json, os, re, sys

passed = failed = skipped = 0
for line in (line for log in sys.argv[1:] if os.path.exists(log) for line in open(log)):
    test = json.loads(line)
    points = re.findall(r"^(ok|not ok)\b([^\n]*)", test.get("stdout") or "", re.M)
    bad = test["result"] not in ("OK", "SKIP", "EXPECTEDFAIL")
    seen_bad = False
    for verdict, rest in points:
        if re.search(r"#\s*(skip|todo)", rest, re.I):
            skipped += 1
        elif verdict == "ok":
            passed += 1
        else:
            failed += 1
            seen_bad = True
    if bad and not seen_bad:        # crashed, timed out, or speaks no TAP
        failed += 1
    elif not points and not bad:
        skipped += test["result"] == "SKIP"
        passed += test["result"] != "SKIP"
print(f"{passed} passed, {failed} failed" + (f", {skipped} skipped" if skipped else ""))
sys.exit(failed > 0 or passed == 0)
