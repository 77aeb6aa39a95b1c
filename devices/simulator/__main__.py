"""`python -m devices.simulator live`: the living demo as a program. Exit codes: 0 asked to end, 1 could not
go on, 2 usage. Secrets come by the environment or by the first line of standard input, where no list of
processes shows them.
"""

import argparse
import os
import sys
from collections.abc import Sequence

from devices.simulator import clock
from devices.simulator.api import Api, ApiRefused, ApiUnreachable
from devices.simulator.ending import asked_to_stop
from devices.simulator.live import LiveDemo, NobodyLivesHere, stop_at_end_of
from devices.simulator.mqtt import BrokerUnreachable, Wire
from devices.simulator.telephones import Telephones

CLIENT_ID = "anxin-simulator-live"


def main(arguments: Sequence[str] | None = None) -> int:
    parser = _parser()
    given = parser.parse_args(arguments)
    token = sys.stdin.readline().strip() if given.token_stdin else os.environ.get(given.token_env, "")
    password = given.password if given.password is not None else os.environ.get(given.password_env or "", "")
    if not token:
        parser.error("a token is needed: --token-stdin with it as the first line, or --token-env NAME")
    stop = asked_to_stop()
    stop_at_end_of(sys.stdin, stop)
    api = Api(given.http, token)
    wire = Wire(given.mqtt, given.username, password, CLIENT_ID)
    telephones = Telephones()
    telephones.open()
    try:
        demo = LiveDemo(api, wire, telephones, given.seed, clock.now())
        wire.open()
        try:
            demo.play(stop)
        finally:
            wire.close()
    except (ApiRefused, ApiUnreachable, BrokerUnreachable, NobodyLivesHere) as error:
        sys.stderr.write(f"the living demo cannot go on: {error}\n")
        return 1
    finally:
        telephones.close()
        api.close()
    return 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="python -m devices.simulator", description="Invented people who live."
    )
    verbs = parser.add_subparsers(required=True, metavar="live")
    live = verbs.add_parser("live", help="play a living community against a running service, in real time")
    live.add_argument("--http", required=True, metavar="URL", help="address of the service")
    live.add_argument("--mqtt", required=True, metavar="URL", help="address of the broker")
    live.add_argument("--username", required=True, help="a user of the broker who may speak for all devices")
    secret = live.add_mutually_exclusive_group(required=True)
    secret.add_argument("--password", help="the user's password")
    secret.add_argument("--password-env", metavar="NAME", help="the variable that holds the user's password")
    token = live.add_mutually_exclusive_group(required=True)
    token.add_argument(
        "--token-stdin", action="store_true", help="the first line of standard input is the token"
    )
    token.add_argument("--token-env", metavar="NAME", default="", help="the variable that holds the token")
    live.add_argument("--seed", type=int, default=1, help="dice with the same seed fall the same way")
    return parser


if __name__ == "__main__":
    raise SystemExit(main())
