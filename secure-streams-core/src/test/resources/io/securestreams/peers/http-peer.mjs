// What HTTP streams are tried against: Node.js, HTTP/1.1, and HTTP/2 over TLS. Arguments: key, certificate.
import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import http from 'node:http';
import http2 from 'node:http2';

const [key, cert] = process.argv.slice(2).map((file) => readFileSync(file));

function answer(request, response, status, headers, body) {
	response.writeHead(status, headers);
	response.end(request.method === 'HEAD' || status === 204 ? undefined : body);
}

function collect(request, then) {
	const pieces = [];
	request.on('data', (piece) => pieces.push(piece));
	request.on('end', () => then(Buffer.concat(pieces)));
}

function serve(request, response) {
	const url = new URL(request.url, 'http://peer');
	const query = Object.fromEntries(url.searchParams);
	if (url.pathname === '/sha') {
		const digest = createHash('sha256');
		let size = 0;
		request.on('data', (piece) => { digest.update(piece); size += piece.length; });
		request.on('end', () => answer(request, response, 200, {}, `${size} ${digest.digest('hex')}`));
		return;
	}
	collect(request, (body) => {
		switch (url.pathname) {
			case '/redirect':
				return answer(request, response, Number(query.status),
					{ location: '/echo', 'set-cookie': 'seen=redirect; Path=/' }, 'elsewhere');
			case '/cookies':
				return answer(request, response, 200, { 'set-cookie': ['a=1; Path=/', 'b=2; Path=/; HttpOnly'] }, 'set');
			case '/status':
				return answer(request, response, Number(query.status), {}, 'status');
			case '/parts':
				return answer(request, response, 200, { 'content-type': 'multipart/related; boundary="=_ 1"' },
					'--=_ 1\r\ncontent-type: text/plain\r\n\r\nfirst part\r\n--=_ 1\r\n\r\nsecond part\r\n--=_ 1--\r\n');
			case '/echo': {
				const headers = Object.fromEntries(Object.entries(request.headers).filter(([name]) => name[0] !== ':'));
				return answer(request, response, 200, { 'content-type': 'application/json' },
					JSON.stringify({ method: request.method, headers, body: body.toString() }));
			}
			case '/form':
				return answer(request, response, 200, {}, JSON.stringify({ method: request.method,
					headers: { 'content-type': request.headers['content-type'] },
					form: Object.fromEntries(new URLSearchParams(body.toString())) }));
			default:
				return answer(request, response, 404, {}, '');
		}
	});
}

const plain = http.createServer(serve).listen(0, '127.0.0.1', () => console.log('PORT', plain.address().port));
plain.on('listening', () => {
	const secure = http2.createSecureServer({ key, cert, allowHTTP1: true }, serve)
		.listen(0, '127.0.0.1', () => console.log('PORT', secure.address().port));
});
