// An upstream that agrees to permessage-deflate, compresses every message and echoes.
import {WebSocketServer} from "ws";

const server = new WebSocketServer({
  host: "127.0.0.1",
  port: 0,
  perMessageDeflate: {threshold: 0},
});
server.on("connection", socket => {
  socket.on("message", (data, isBinary) => socket.send(data, {binary: isBinary}));
});
server.on("listening", () => process.stdout.write(`port ${server.address().port}\n`));
process.stdin.on("end", () => process.exit());
process.stdin.resume();
