#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""unkind_registry.py UPSTREAM-PORT MODE-FILE: passes requests on to a registry on loopback and mistreats the layers on their way back, as the
mode file says at each request: "kind"; "slow BYTES-A-SECOND"; "stall BYTES" (sends so many, then nothing); "cut BYTES" (then closes); "cut-once
BYTES" (closes, and is kind from then on); "flip" (one byte is another). Prints the port it listens on. Ends when standard input does."""
import http.client
import http.server
import os
import re
import sys
import threading
import time

UPSTREAM, MODE_FILE = int(sys.argv[1]), sys.argv[2]
PIECE = 65536


def mode():
    try:
        with open(MODE_FILE, encoding="ascii") as file:
            words = file.read().split()
    except OSError:
        words = []
    return (words[0] if words else "kind"), int(words[1]) if len(words) > 1 else 0


class Handler(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def log_message(self, *_):
        pass

    def do_GET(self):
        connection = http.client.HTTPConnection("127.0.0.1", UPSTREAM)
        connection.putrequest(self.command, self.path, skip_host=True, skip_accept_encoding=True)
        for key, value in self.headers.items():  # some come several times
            if key.lower() not in ("accept-encoding", "connection"):
                connection.putheader(key, value)
        connection.endheaders()
        answer = connection.getresponse()
        body = answer.read()
        self.send_response(answer.status)
        for key, value in answer.getheaders():
            if key.lower() not in ("transfer-encoding", "connection", "content-length"):
                self.send_header(key, value)
        length = answer.getheader("Content-Length") if self.command == "HEAD" else str(len(body))
        self.send_header("Content-Length", length or "0")
        self.end_headers()
        if self.command == "GET":
            self.send_body(body)

    do_HEAD = do_GET

    def send_body(self, body):
        what, number = mode()
        if not re.search(r"/blobs/", self.path) or len(body) < 100_000:
            what = "kind"
        if what == "flip":
            body = body[:50_000] + bytes([body[50_000] ^ 1]) + body[50_001:]
        sent = 0
        while sent < len(body):
            piece = body[sent:sent + PIECE]
            if what in ("stall", "cut", "cut-once") and sent >= number:
                if what == "cut-once":
                    with open(MODE_FILE, "w", encoding="ascii") as file:
                        file.write("kind")
                if what == "stall":
                    threading.Event().wait(600)
                self.close_connection = True
                self.connection.close()
                return
            try:
                self.wfile.write(piece)
            except OSError:
                return
            sent += len(piece)
            if what == "slow":
                time.sleep(len(piece) / number)


server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
server.daemon_threads = True
print(server.server_address[1], flush=True)
threading.Thread(target=server.serve_forever, daemon=True).start()
sys.stdin.read()
os._exit(0)
