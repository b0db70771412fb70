"""Stands in for vLLM's server where its process is what is tested: real HTTP, a child in a session of its own, no model.

Each start appends a line to the file that STAND_IN_STARTS names: arguments, environment and process ids, as JSON.
STAND_IN says what goes wrong: "ends" at once, "never ready", "ends later", "stays" when it is asked to end. A question
`hang` leaves `/health` without an answer from then on, another is echoed after as many seconds as its `max_tokens` says.
"""

import argparse
import json
import os
import signal
import subprocess
import sys
import threading
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

MODE = os.environ.get("STAND_IN", "")
parser = argparse.ArgumentParser()
parser.add_argument("--host")
parser.add_argument("--port", type=int)
parser.add_argument("--served-model-name")
ARGUMENTS, _ = parser.parse_known_args()
hung = threading.Event()


class Handler(BaseHTTPRequestHandler):
    """The four addresses that are asked."""

    def answer(self, status: int, body: object) -> None:
        content = json.dumps(body).encode()
        self.send_response(status)
        self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        self.wfile.write(content)

    def do_GET(self) -> None:
        if self.path == "/health" and hung.is_set():
            time.sleep(60)
        elif self.path == "/v1/models" and self.headers["Authorization"] != f"Bearer {os.environ['VLLM_API_KEY']}":
            self.answer(401, {"error": "Unauthorized"})
        elif self.path == "/v1/models":
            self.answer(200, {"data": [] if MODE == "never ready" else [{"id": ARGUMENTS.served_model_name}]})
        else:
            self.answer(200, {"version": "0.0.stand-in"})

    def do_POST(self) -> None:
        asked = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        question = asked["messages"][0]["content"]
        if question == "hang":
            hung.set()
        time.sleep(asked.get("max_tokens", 0))
        self.answer(200, {"choices": [{"message": {"content": question}}]})

    def log_message(self, *_: object) -> None:
        """Say nothing."""


class Server(ThreadingHTTPServer):
    """Ends when what is under way is answered."""

    daemon_threads = False
    block_on_close = True


server = Server((ARGUMENTS.host, ARGUMENTS.port), Handler)
child = subprocess.Popen((sys.executable, "-c", "import time; time.sleep(600)"), start_new_session=True)
with Path(os.environ["STAND_IN_STARTS"]).open("a", encoding="utf-8") as starts:
    start = {"argv": sys.argv[1:], "environment": dict(os.environ), "pids": [os.getpid(), child.pid]}
    starts.write(json.dumps(start) + "\n")
if MODE == "ends":
    sys.exit("CUDA out of memory, says the stand-in")
if MODE == "ends later":
    threading.Timer(0.3, os._exit, (3,)).start()
signal.signal(
    signal.SIGTERM,
    signal.SIG_IGN if MODE == "stays" else lambda *_: threading.Thread(target=server.shutdown).start(),
)
sys.stderr.write("the stand-in listens\n")
server.serve_forever()
server.server_close()
