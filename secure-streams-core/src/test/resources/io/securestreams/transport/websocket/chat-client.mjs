// Joins a chat, counts what is said until "end" (Node.js, package "ws"): URL
import WebSocket from "ws";

const socket = new WebSocket(process.argv[2]);
let count = 0;
socket.on("open", () => console.log("PORT 0"));
socket.on("message", (data) => {
	if (data.toString().startsWith("end")) {
		socket.close(1000);
	}
	else {
		count++;
	}
});
socket.on("close", (code) => console.log("COUNT " + count + " " + code));
