// Sends messages to an echo server and checks what comes back (Node.js, package "ws"):
// URL, options of permessage-deflate as JSON, subprotocol or nothing
import WebSocket from "ws";

const [url, deflate, subprotocol] = process.argv.slice(2);
const socket = new WebSocket(url, subprotocol ? [subprotocol] : [], { perMessageDeflate: JSON.parse(deflate) });
const messages = [];
for (let size = 0; size <= 256 * 1024; size = Math.max(16, size * 2)) {
	messages.push("κόσμε ".repeat(size / 6));
}
let pongs = 0;

function fail(why) {
	console.log("FAILED " + why);
	process.exit(1);
}

socket.on("open", () => {
	socket.ping("are you there");
	messages.forEach((message) => socket.send(message));
});
socket.on("pong", (data) => (data.toString() === "are you there" ? pongs++ : fail("pong " + data)));
let received = 0;
socket.on("message", (data, isBinary) => {
	if (isBinary || data.toString() !== messages[received++]) {
		fail("message " + received);
	}
	if (received === messages.length) {
		socket.close(1000, "bye");
	}
});
socket.on("error", (error) => fail(error.message));
socket.on("close", (code) => {
	if (code !== 1000 || pongs !== 1 || received !== messages.length) {
		fail("close " + code + " pongs " + pongs + " received " + received);
	}
	console.log("OK " + (socket.extensions || "plain") + " " + (socket.protocol || "none"));
});
