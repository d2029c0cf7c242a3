"""Somebody else's TAK client at a node: pytak connects and receives, takproto reads.

Usage: tak.py PORT KEYS cot|tak. Prints each event as one line of JSON, with the names that TAK's own protocol
files give its fields, and "ended" when the connection has ended; exit code 77 where a package is not installed.
KEYS is a folder with certificate.pem, key.pem and authority.pem.
"""

import asyncio
import json
import sys

try:
    import pytak
    import takproto.functions
    from google.protobuf.json_format import MessageToDict
except ImportError as missing:
    print(missing, file=sys.stderr)
    sys.exit(77)

port, keys, form = sys.argv[1:4]
config = {
    "COT_URL": f"tls://localhost:{port}",
    "PYTAK_TLS_CLIENT_CERT": f"{keys}/certificate.pem",
    "PYTAK_TLS_CLIENT_KEY": f"{keys}/key.pem",
    "PYTAK_TLS_CLIENT_CAFILE": f"{keys}/authority.pem",
    "PYTAK_TLS_SERVER_EXPECTED_HOSTNAME": "localhost",
}


async def xml_event(worker):
    """One event of pytak's own reader of streams; None at the end."""
    await worker.run_once()
    return None if worker.queue.empty() else takproto.functions.xml2message(worker.queue.get_nowait())


async def protobuf_event(reader):
    """One message of a TAK stream: the octet bf, a length, and what takproto reads; pytak leaves these to it."""
    message = await reader.readexactly(2)
    while message[-1] & 0x80:
        message += await reader.readexactly(1)
    length = sum((octet & 0x7F) << 7 * place for place, octet in enumerate(message[1:]))
    return takproto.parse_proto(message + await reader.readexactly(length))


async def main():
    try:
        reader, _ = await pytak.protocol_factory(config)
        worker = pytak.RXWorker(asyncio.Queue(), config, reader)
        while message := await (xml_event(worker) if form == "cot" else protobuf_event(reader)):
            print(json.dumps(MessageToDict(message.cotEvent)), flush=True)
    except (OSError, asyncio.IncompleteReadError):
        pass
    print("ended", flush=True)


asyncio.run(main())
