"""A client that does what it is told, a line at a time; the answers are lines, too."""

import asyncio
import sys

import websockets

FRAGMENTS = 4


def say(line):
    print(line.strip(), flush=True)


def payload(kind, length):
    data = bytes(97 + (i * 31 + (i >> 10)) % 26 for i in range(length))
    return data if kind == "binary" else data.decode("latin1")


def message(kind, data):
    """What the library is given: a list is sent as fragments."""
    if kind != "fragments":
        return data
    size = -(-len(data) // FRAGMENTS)
    return [data[at : at + size] for at in range(0, len(data), size)]


async def echo(socket, kind, length):
    sent = payload(kind, length)
    await socket.send(message(kind, sent))
    received = await socket.recv()
    if received == sent:
        say(f"echoed {kind} {length}")
    else:
        say(f"wrong echo of {kind}: {len(received)} long")


async def tell_of_close(socket):
    await socket.wait_closed()
    say(f"closed {socket.close_code} {socket.close_reason}")


async def main():
    loop = asyncio.get_running_loop()
    socket = None
    while line := await loop.run_in_executor(None, sys.stdin.readline):
        command, argument = line.split()
        if command == "open":
            socket = await websockets.connect(argument, max_size=None)
            watch = asyncio.create_task(tell_of_close(socket))
            say("opened " + ",".join(extension.name for extension in socket.extensions))
        elif command == "close":
            await socket.close(int(argument))
        else:
            await echo(socket, command, int(argument))
    watch.cancel()


asyncio.run(main())
