"""MQTT by hand, held against what the protocol writes."""

from devices.simulator.fleet import packets


def test_a_sign_in_with_a_name_carries_it_and_one_without_says_so() -> None:
    assert packets.connect("c")[9:] == b"\x02\x00\x00\x00\x01c"
    assert packets.connect("c", "me", "pw")[9:] == b"\xc2\x00\x00\x00\x01c\x00\x02me\x00\x02pw"


def test_what_comes_in_pieces_is_put_together() -> None:
    packet = packets.publish("a/b", b"x" * 200, 9)
    buffer = packets.Buffer()
    assert list(buffer.packets(packet[:50])) == []
    ((kind, flags, body),) = buffer.packets(packet[50:] + packets.acknowledge(3)[:2])
    assert (kind, flags >> 1 & 3) == (packets.PUBLISH, 1)
    assert packets.number_in(body) == 9
    assert packets.payload_in(body, 1) == b"x" * 200
