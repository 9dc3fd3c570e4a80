"""A small web service: greeter serves it on port 8000, greeter --check asks it once in-process."""

import platform
import sys

from flask import Flask, jsonify

app = Flask(__name__)


@app.get("/")
def about():
    return jsonify(service="greeter", python=platform.python_version())


def check() -> int:
    answer = app.test_client().get("/")
    print(answer.status_code, answer.get_json())
    return 0 if answer.status_code == 200 else 1


def main() -> None:
    if "--check" in sys.argv[1:]:
        sys.exit(check())
    app.run(host="0.0.0.0", port=8000)


if __name__ == "__main__":
    main()
