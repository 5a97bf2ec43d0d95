"""Mail that benchkit signed, as Postfix stored it: dkimpy believes it."""

from __future__ import annotations

from base64 import b64encode
from dataclasses import replace
from typing import Any

import dkim
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat, PublicFormat

from benchkit.protocol.dkim_signature import DkimSigner
from tests.peers.session import arm_for, converse, message_to
from tests.peers.stored_bytes import without_trace


def test_dkimpy_believes_what_a_real_server_stored(start_peer: Any) -> None:
    key = rsa.generate_private_key(public_exponent=65537, key_size=2048)
    secret = key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()).decode()
    public = b64encode(key.public_key().public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo))
    signer = DkimSigner("shop.example", "s1", secret)
    sent = tuple(
        replace(message, mime=signer.field(message.mime, 1_700_000_000) + message.mime)
        for message in (message_to("one"), message_to("two", subject="Zwölf"), message_to("three", "four"))
    )
    peer = start_peer("postfix")
    session = converse(peer, arm_for(peer, "wire"), sent)
    stored = peer.messages(session.token, wanted=len(sent))
    for copies in stored.values():
        for copy in copies:
            octets = without_trace(copy)
            assert dkim.DKIM(octets).verify(dnsfunc=lambda name, timeout=5: b"v=DKIM1; k=rsa; p=" + public)
    assert len(stored) == len(sent)
