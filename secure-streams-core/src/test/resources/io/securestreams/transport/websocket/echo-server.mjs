// Sends every message back (Node.js, package "ws")
import { WebSocketServer } from "ws";

const server = new WebSocketServer({
	host: "127.0.0.1",
	port: 0,
	path: "/echo",
	maxPayload: 64 * 1024 * 1024,
	perMessageDeflate: JSON.parse(process.argv[2]),
	handleProtocols: (offered) => (offered.has("lws-minimal") ? "lws-minimal" : false),
});
server.on("connection", (socket) => socket.on("message", (data, isBinary) => socket.send(data, { binary: isBinary })));
server.on("listening", () => console.log("PORT " + server.address().port));
