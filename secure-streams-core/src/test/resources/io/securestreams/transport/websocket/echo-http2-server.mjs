// Sends every message back over HTTP/2 (RFC 8441): Node.js speaks HTTP/2, package "ws" the frames
import { readFileSync } from "node:fs";
import { createSecureServer } from "node:http2";
import { createRequire } from "node:module";
import { resolve } from "node:path";
import WebSocket from "ws";

const library = createRequire(import.meta.url);
const extension = library(resolve("node_modules/ws/lib/extension.js"));
const PerMessageDeflate = library(resolve("node_modules/ws/lib/permessage-deflate.js"));
const maxPayload = 64 * 1024 * 1024;

function open(stream, headers) {
	const answer = { ":status": 200 };
	const socket = new WebSocket(null, undefined, { autoPong: true });
	if ((headers["sec-websocket-protocol"] ?? "").split(/,\s*/).includes("lws-minimal")) {
		answer["sec-websocket-protocol"] = "lws-minimal";
	}
	const offered = headers["sec-websocket-extensions"];
	if (offered) {
		const deflate = new PerMessageDeflate({ isServer: true, maxPayload }, true, maxPayload);
		deflate.accept(extension.parse(offered)["permessage-deflate"]);
		socket._extensions["permessage-deflate"] = deflate;
		answer["sec-websocket-extensions"] = extension.format({ "permessage-deflate": [deflate.params] });
	}
	stream.respond(answer);
	socket.setSocket(stream, Buffer.alloc(0), { allowSynchronousEvents: true, maxPayload, skipUTF8Validation: false });
	socket.on("message", (data, isBinary) => socket.send(data, { binary: isBinary }));
}

const server = createSecureServer({
	cert: readFileSync("certificate.pem"),
	key: readFileSync("key.pem"),
	settings: { enableConnectProtocol: true },
});
server.on("stream", (stream, headers) => {
	stream.on("error", () => {});
	if (headers[":method"] === "CONNECT" && headers[":protocol"] === "websocket" && headers[":path"] === "/echo") {
		open(stream, headers);
	} else {
		stream.respond({ ":status": 404 }, { endStream: true });
	}
});
server.listen(0, "localhost", () => console.log("PORT " + server.address().port));
