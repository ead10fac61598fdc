// A crowd in a chat: all of them have to hear every line of Python's, in order (Node.js, package "ws"): URL, MEMBERS, LINES
import WebSocket from "ws";

const [url, members, lines] = [process.argv[2], Number(process.argv[3]), Number(process.argv[4])];
let welcome = 0;
let content = 0;

const join = (number) => new Promise((joined, failed) => {
	const socket = new WebSocket(url + "?name=n" + number);
	let heard = 0;
	socket.on("error", failed);
	socket.on("close", (code) => failed(new Error("closed with " + code)));
	socket.on("message", (data) => {
		const text = data.toString();
		if (text === "Welcome, n" + number + ".") {
			welcome++;
			joined();
		}
		else if (text !== "Python: line " + heard++) {
			failed(new Error("heard " + text));
			process.exit(1);
		}
		else if (heard === lines) {
			content++;
			if (content === members) {
				console.log(welcome + " members heard " + lines + " lines in order");
				process.exit(0);
			}
		}
	});
});

for (let number = 0; number < members; number += 50) {
	await Promise.all(Array.from({ length: Math.min(50, members - number) }, (_, i) => join(number + i)));
}
console.log("READY");
