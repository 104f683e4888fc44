// A client that does what it is told, a line at a time; the answers are lines, too.
import {createInterface} from "node:readline";
import WebSocket from "ws";

const FRAGMENTS = 4;
let socket;

function say(line) {
  process.stdout.write(line + "\n");
}

function payload(kind, length) {
  const bytes = Buffer.alloc(length);
  for (let i = 0; i < length; i++) bytes[i] = 97 + ((i * 31 + (i >> 10)) % 26);
  return kind === "binary" ? bytes : bytes.toString("latin1");
}

function send(kind, data) {
  if (kind !== "fragments") {
    socket.send(data);
    return;
  }
  const size = Math.ceil(data.length / FRAGMENTS);
  for (let at = 0; at < data.length; at += size) {
    socket.send(data.slice(at, at + size), {fin: at + size >= data.length});
  }
}

function echo(kind, length) {
  const sent = payload(kind, length);
  socket.once("message", (received, isBinary) => {
    const same = isBinary ? received.equals(sent) : received.toString("latin1") === sent;
    const right = same && isBinary === (kind === "binary");
    say(right ? `echoed ${kind} ${length}` : `wrong echo of ${kind}: ${received.length} bytes`);
  });
  send(kind, sent);
}

function open(url) {
  socket = new WebSocket(url);
  socket.on("open", () => say(`opened ${socket.extensions}`.trim()));
  socket.on("close", (code, reason) => say(`closed ${code} ${reason}`.trim()));
  socket.on("error", error => say(`error ${error.message}`));
}

for await (const line of createInterface({input: process.stdin})) {
  const [command, argument] = line.split(" ");
  if (command === "open") open(argument);
  else if (command === "close") socket.close(Number(argument));
  else echo(command, Number(argument));
}
process.exit();
