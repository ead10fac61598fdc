# What HTTP streams are tried against: the standard library of Python, threads and HTTP/1.1.
import email, email.mime.application, email.mime.multipart, email.mime.text, hashlib, json, urllib.parse
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer


class Peer(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def pieces(self):
        if self.headers.get("transfer-encoding") == "chunked":
            while size := int(self.rfile.readline().split(b";")[0], 16):
                yield self.rfile.read(size)
                self.rfile.readline()
            while self.rfile.readline().strip():
                pass
            return
        left = int(self.headers.get("content-length") or 0)
        while left > 0:
            piece = self.rfile.read(min(left, 65536))
            left -= len(piece)
            yield piece

    def answer(self, status, body=b"", *headers):
        self.send_response(status)
        for name, value in headers:
            self.send_header(name, value)
        if status not in (204, 304):
            self.send_header("content-length", str(len(body)))
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(body)

    def parts(self, body):
        message = email.message_from_bytes(b"content-type: " + self.headers["content-type"].encode() + b"\r\n\r\n" + body)
        return [{"name": part.get_param("name", header="content-disposition"), "filename": part.get_filename(),
                 "type": part.get_content_type(), "body": part.get_payload(decode=True).decode()}
                for part in message.get_payload()]

    def serve(self):
        url = urllib.parse.urlsplit(self.path)
        query = dict(urllib.parse.parse_qsl(url.query))
        if url.path == "/sha":
            digest, size = hashlib.sha256(), 0
            for piece in self.pieces():
                digest.update(piece)
                size += len(piece)
            return self.answer(200, f"{size} {digest.hexdigest()}".encode())
        body = b"".join(self.pieces())
        if url.path == "/redirect":
            return self.answer(int(query["status"]), b"elsewhere", ("location", "/echo"), ("set-cookie", "seen=redirect; Path=/"))
        if url.path == "/cookies":
            return self.answer(200, b"set", ("set-cookie", "a=1; Path=/"), ("set-cookie", "b=2; Path=/; HttpOnly"))
        if url.path == "/status":
            return self.answer(int(query["status"]), b"status")
        if url.path == "/parts":
            message = email.mime.multipart.MIMEMultipart("related")
            message.attach(email.mime.text.MIMEText("first part"))
            message.attach(email.mime.application.MIMEApplication(b"second part"))
            head, content = message.as_bytes().replace(b"\n", b"\r\n").split(b"\r\n\r\n", 1)
            kind = message["content-type"] + f'; boundary="{message.get_boundary()}"' if "boundary" not in message["content-type"] else message["content-type"]
            return self.answer(200, content, ("content-type", kind.replace("\n", "")))
        if url.path in ("/echo", "/form", "/form-data"):
            seen = {"method": self.command, "headers": {name.lower(): value for name, value in self.headers.items()}}
            if url.path == "/form":
                seen["form"] = dict(urllib.parse.parse_qsl(body.decode()))
            elif url.path == "/form-data":
                seen["parts"] = self.parts(body)
            else:
                seen["body"] = body.decode()
            return self.answer(200, json.dumps(seen).encode(), ("content-type", "application/json"))
        return self.answer(404)

    do_GET = do_HEAD = do_POST = do_PUT = do_DELETE = do_PATCH = serve

    def log_message(self, *arguments):
        pass


server = ThreadingHTTPServer(("127.0.0.1", 0), Peer)
print("PORT", server.server_address[1], flush=True)
server.serve_forever()
