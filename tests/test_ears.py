"""How what is published is heard, whatever the connection goes through."""

from __future__ import annotations

import socket
import ssl
from threading import Thread

import pytest

from api.turns import HubEar
from shared.subscription import ThreadEar

PUSHED = b"+PONG\r\n"


def unnamed(protocol: ssl._SSLMethod) -> ssl.SSLContext:
    """TLS between two that need no certificate."""
    made = ssl.SSLContext(protocol)
    if protocol is ssl.PROTOCOL_TLS_CLIENT:
        made.check_hostname = False
        made.verify_mode = ssl.CERT_NONE
    made.maximum_version = ssl.TLSVersion.TLSv1_2
    made.set_ciphers("aNULL:@SECLEVEL=0")
    return made


@pytest.mark.parametrize("ear", [HubEar(), ThreadEar()], ids=["hub", "thread"])
@pytest.mark.parametrize("through_tls", [False, True])
def test_what_arrives_is_heard_as_it_was_sent(ear: ThreadEar, through_tls: bool) -> None:
    """Until the connection has been silent for as long as was said."""
    sends, hears = socket.socketpair()
    if through_tls:
        sends, hears = wrapped(sends, hears)
    with sends, hears:
        hears.setblocking(False)
        sends.sendall(PUSHED)
        space, heard = bytearray(100), bytearray()
        ear.listen(hears, space, lambda size: heard.extend(space[:size]), 0.05)
    assert heard == PUSHED


def wrapped(server: socket.socket, client: socket.socket) -> tuple[ssl.SSLSocket, ssl.SSLSocket]:
    """Both ends, after their handshake."""
    served: list[ssl.SSLSocket] = []
    context = unnamed(ssl.PROTOCOL_TLS_SERVER)
    shaking = Thread(target=lambda: served.append(context.wrap_socket(server, server_side=True)))
    shaking.start()
    connected = unnamed(ssl.PROTOCOL_TLS_CLIENT).wrap_socket(client)
    shaking.join()
    return served[0], connected
