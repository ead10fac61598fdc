// Opens a WebSocket with extended CONNECT and sends "hello" (Node.js, module http2): URL,
// path
import http2 from "node:http2";

const session = http2.connect(process.argv[2]);
session.on("error", (error) => console.log("FAILED " + error.message));
session.on("remoteSettings", (settings) => {
	if (!settings.enableConnectProtocol) {
		console.log("FAILED not offered");
		session.close();
		return;
	}
	const stream = session.request({
		":method": "CONNECT",
		":protocol": "websocket",
		":scheme": "http",
		":path": process.argv[3],
		"sec-websocket-version": "13",
	});
	let received = Buffer.alloc(0);
	stream.on("response", (headers) => {
		console.log("STATUS " + headers[":status"]);
		if (headers[":status"] === 200) {
			stream.write(Buffer.concat([Buffer.from([0x81, 0x85, 0, 0, 0, 0]), Buffer.from("hello")]));
		}
	});
	stream.on("data", (data) => {
		received = Buffer.concat([received, data]);
		if (received.length === 7) {
			console.log("GOT " + received.toString("hex"));
			stream.write(Buffer.from([0x88, 0x82, 0, 0, 0, 0, 0x03, 0xe8]));
		}
	});
	stream.on("end", () => console.log("END " + received.subarray(7).toString("hex")));
	stream.on("error", (error) => console.log("FAILED " + error.message));
	stream.on("close", () => session.close());
});
