"""Runs the verifier as its command line does, for one list of arguments after another (JSON lines): starting Python takes most of the time of a check."""

import contextlib
import importlib.util
import io
import json
import sys

spec = importlib.util.spec_from_file_location("verify", sys.argv[1])
verify = importlib.util.module_from_spec(spec)
spec.loader.exec_module(verify)
for line in sys.stdin:
    sys.argv = ["verify.py"] + json.loads(line)
    output = io.StringIO()
    with contextlib.redirect_stdout(output):
        code = verify.main()
    print(json.dumps({"code": code, "output": output.getvalue()}), flush=True)
