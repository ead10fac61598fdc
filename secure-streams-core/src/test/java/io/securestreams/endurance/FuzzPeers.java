package io.securestreams.endurance;

import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.util.ArrayList;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

import io.netty.buffer.ByteBufUtil;
import io.securestreams.SecureStreams;
import io.securestreams.policy.json.PolicyJson;
import io.securestreams.stream.Payload;
import io.securestreams.stream.SecureStream;
import io.securestreams.stream.StreamHandler;
import io.securestreams.stream.StreamState;

/**
 * Whole engines whose peers send broken input: clients have to end their streams, servers
 * have to serve the next one.
 */
final class FuzzPeers implements AutoCloseable {

	private static final int STREAMS = 3;

	private static final int SECONDS = 15;

	/** Takes the place of what a server makes of the client's key. */
	private static final String ACCEPT = "====accept of the key=======";

	private static final Pattern KEY = Pattern.compile("(?i)sec-websocket-key: *(\\S+)");

	private static final String SWITCH = "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\n"
			+ "Connection: Upgrade\r\nSec-WebSocket-Accept: " + ACCEPT + "\r\n";

	private static final Map<String, String> KINDS = kinds();

	private final Map<String, List<byte[]>> answers = new LinkedHashMap<>();

	private final Map<String, List<byte[]>> requests = new LinkedHashMap<>();

	private final SplittableRandom random;

	private final Mutation mutation;

	private final EchoSite site = new EchoSite();

	private final ServerSocket server = new ServerSocket(0, 50, InetAddress.getByName("127.0.0.1"));

	private final UnexpectedExceptions exceptions = new UnexpectedExceptions();

	private volatile List<byte[]> answer = List.of();

	FuzzPeers(SplittableRandom random) throws IOException {
		this.random = random;
		this.mutation = new Mutation(random.split());
		this.answers.put("h1", WireSeeds.http1Answers());
		this.answers.put("h2", WireSeeds.http2Answers());
		this.answers.put("ws", webSocketAnswers());
		this.answers.put("ws-h2", WireSeeds.http2Answers());
		this.answers.put("socks", socksAnswers());
		this.answers.put("mqtt", WireSeeds.mqttPackets(false));
		this.answers.put("mqtt5", WireSeeds.mqttPackets(true));
		this.requests.put("h1", WireSeeds.http1Requests());
		this.requests.put("h2", WireSeeds.http2Requests());
		this.requests.put("ws",
				WireSeeds.webSocketFrames(true)
					.stream()
					.map((frames) -> WireSeeds.join(WireSeeds.http1Requests().get(2), frames))
					.toList());
		start(this::accept);
	}

	private static Map<String, String> kinds() {
		Map<String, String> kinds = new LinkedHashMap<>();
		kinds.put("h1",
				"\"protocol\": \"h1\", \"http_method\": \"GET\", \"http_url\": \"echo\", \"http_cookies\": true, "
						+ "\"http_multipart_ss_in\": true");
		kinds.put("h2", "\"protocol\": \"h2\", \"http_method\": \"GET\", \"http_url\": \"echo\", "
				+ "\"h2_prior_knowledge\": true");
		kinds.put("ws", "\"protocol\": \"ws\", \"http_url\": \"chat\"");
		kinds.put("ws-h2", "\"protocol\": \"ws\", \"http_url\": \"chat\", \"ws_over_h2\": true");
		kinds.put("socks",
				"\"protocol\": \"h1\", \"http_method\": \"GET\", \"http_url\": \"\", \"via-socks5\": \"%s\"");
		kinds.put("mqtt", "\"protocol\": \"mqtt\", \"mqtt_topic\": \"a\", \"mqtt_subscribe\": \"a\"");
		kinds.put("mqtt5",
				"\"protocol\": \"mqtt\", \"mqtt_topic\": \"a\", \"mqtt_subscribe\": \"a\", " + "\"mqtt_version\": 5");
		return kinds;
	}

	private static List<byte[]> webSocketAnswers() {
		List<byte[]> seeds = new ArrayList<>();
		for (byte[] frames : WireSeeds.webSocketFrames(false)) {
			seeds.add(WireSeeds.join((SWITCH + "\r\n").getBytes(StandardCharsets.ISO_8859_1), frames));
		}
		seeds.addAll(FuzzTarget.octets(SWITCH + "Sec-WebSocket-Extensions: permessage-deflate\r\n\r\n",
				"HTTP/1.1 401 No\r\nContent-Length: 2\r\n\r\nno"));
		return seeds;
	}

	private static List<byte[]> socksAnswers() {
		byte[] connected = ByteBufUtil.decodeHexDump("050005000001" + "7f0000010050");
		return List.of(WireSeeds.join(connected, WireSeeds.http1Answers().get(0)), connected,
				ByteBufUtil.decodeHexDump("0500" + "050000030161" + "0050"), ByteBufUtil.decodeHexDump("05ff"),
				ByteBufUtil.decodeHexDump("0500" + "05050001" + "000000000000"));
	}

	private SecureStreams clients() {
		int port = this.server.getLocalPort();
		StringBuilder streamTypes = new StringBuilder();
		KINDS.forEach((kind, keys) -> streamTypes.append(streamTypes.isEmpty() ? "" : ",").append("""
				{ "%s": { "endpoint": "127.0.0.1", "port": %d, "retry": "quick", %s } }
				""".formatted(kind, port, keys.replace("%s", "127.0.0.1:" + port))));
		return SecureStreams.builder().policy(PolicyJson.read("""
				{ "retry": [ { "quick": { "backoff": [ 1 ], "conceal": 1, "svalidping": 3, "svalidhup": 6 } } ],
				  "s": [ %s ] }
				""".formatted(streamTypes), "fuzz").policy()).eventLoopThreads(1).build();
	}

	/** One case of each kind and role. */
	void round(List<String> problems, Map<String, Long> cases) throws Exception {
		try (SecureStreams clients = clients()) {
			for (Map.Entry<String, List<byte[]>> answers : this.answers.entrySet()) {
				byte[] input = input(answers.getValue());
				this.answer = this.mutation.cut(input);
				cases.merge("client " + answers.getKey(), 1L, Long::sum);
				client(clients, answers.getKey(), problems, ByteBufUtil.hexDump(input));
			}
		}
		for (Map.Entry<String, List<byte[]>> requests : this.requests.entrySet()) {
			byte[] input = input(requests.getValue());
			cases.merge("server " + requests.getKey(), 1L, Long::sum);
			request(this.mutation.cut(input));
			for (String unexpected : this.exceptions.drain()) {
				problems.add(
						"server " + requests.getKey() + ": " + unexpected + ", input of " + ByteBufUtil.hexDump(input));
			}
		}
		serves(problems);
	}

	private byte[] input(List<byte[]> seeds) {
		return this.mutation.mutate(seeds.get(this.random.nextInt(seeds.size())),
				seeds.get(this.random.nextInt(seeds.size())));
	}

	private void client(SecureStreams clients, String kind, List<String> problems, String input) throws Exception {
		List<Ending> endings = new ArrayList<>();
		List<SecureStream> streams = new ArrayList<>();
		for (int i = 0; i < STREAMS; i++) {
			Ending ending = new Ending();
			endings.add(ending);
			SecureStream stream = clients.create(kind, ending);
			streams.add(stream);
			stream.connect();
		}
		long start = System.nanoTime();
		for (int i = 0; i < STREAMS; i++) {
			while (!endings.get(i).ended && System.nanoTime() - start < SECONDS * 1_000_000_000L) {
				Thread.sleep(1);
			}
			if (!endings.get(i).ended) {
				problems.add("client " + kind + " hangs: " + streams.get(i).snapshot() + " after "
						+ endings.get(i).states + ", input of " + input);
			}
			streams.get(i).close();
		}
		while (!clients.streams().isEmpty() && System.nanoTime() - start < 2 * SECONDS * 1_000_000_000L) {
			Thread.sleep(1);
		}
		if (!clients.streams().isEmpty()) {
			problems.add("client " + kind + " does not close, input of " + input);
		}
		for (String unexpected : this.exceptions.drain()) {
			problems.add("client " + kind + ": " + unexpected + ", input of " + input);
		}
	}

	private void request(List<byte[]> pieces) throws IOException {
		try (Socket socket = new Socket("127.0.0.1", this.site.port)) {
			socket.setTcpNoDelay(true);
			socket.setSoTimeout(20);
			write(socket, pieces);
			drain(socket);
		}
	}

	private void serves(List<String> problems) throws Exception {
		try (Socket socket = new Socket("127.0.0.1", this.site.port)) {
			socket.setSoTimeout(SECONDS * 1000);
			socket.getOutputStream()
				.write("POST /echo HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\n\r\nvalid"
					.getBytes(StandardCharsets.ISO_8859_1));
			byte[] head = socket.getInputStream().readNBytes(12);
			if (!new String(head, StandardCharsets.ISO_8859_1).equals("HTTP/1.1 200")) {
				problems.add("the server does not serve any more");
			}
		}
		long start = System.nanoTime();
		while (!this.site.streams.streams().isEmpty() && System.nanoTime() - start < SECONDS * 1_000_000_000L) {
			Thread.sleep(1);
		}
		this.site.streams.streams()
			.forEach((stream) -> problems.add("a stream whose peer has left: " + stream.snapshot()));
	}

	private static void start(Runnable task) {
		Thread thread = new Thread(task, "fuzz-peer");
		thread.setDaemon(true);
		thread.start();
	}

	private void accept() {
		while (true) {
			try {
				Socket socket = this.server.accept();
				start(() -> answer(socket));
			}
			catch (IOException ex) {
				return;
			}
		}
	}

	private void answer(Socket socket) {
		List<byte[]> pieces = this.answer;
		try (socket) {
			socket.setTcpNoDelay(true);
			socket.setSoTimeout(100);
			byte[] request = new byte[4096];
			int count = Math.max(0, socket.getInputStream().read(request));
			Matcher key = KEY.matcher(new String(request, 0, count, StandardCharsets.ISO_8859_1));
			write(socket, key.find() ? accepted(pieces, key.group(1)) : pieces);
			drain(socket);
		}
		catch (IOException ex) {
			// The client has gone
		}
	}

	private static List<byte[]> accepted(List<byte[]> pieces, String key) {
		try {
			byte[] digest = MessageDigest.getInstance("SHA-1")
				.digest((key + "258EAFA5-E914-47DA-95CA-C5AB0DC85B11").getBytes(StandardCharsets.US_ASCII));
			String text = new String(FuzzTarget.join(pieces), StandardCharsets.ISO_8859_1);
			return FuzzTarget.octets(text.replace(ACCEPT, Base64.getEncoder().encodeToString(digest)));
		}
		catch (GeneralSecurityException ex) {
			throw new IllegalStateException(ex);
		}
	}

	private static void write(Socket socket, List<byte[]> pieces) {
		try {
			for (byte[] piece : pieces) {
				socket.getOutputStream().write(piece);
			}
			socket.shutdownOutput();
		}
		catch (IOException ex) {
			// It had enough
		}
	}

	private static void drain(Socket socket) {
		try {
			InputStream in = socket.getInputStream();
			byte[] read = new byte[8192];
			while (in.read(read) >= 0) {
				continue;
			}
		}
		catch (IOException ex) {
			// It has closed, or waits for more
		}
	}

	@Override
	public void close() throws IOException {
		this.exceptions.close();
		this.server.close();
		this.site.close();
	}

	/** Sees how a stream ends. */
	private static final class Ending implements StreamHandler {

		private final List<StreamState> states = java.util.Collections.synchronizedList(new ArrayList<>());

		private volatile boolean ended;

		@Override
		public void onState(SecureStream stream, StreamState state, long ordinal) {
			this.states.add(state);
			if (state == StreamState.CONNECTED) {
				stream.send(new byte[] { 'x' });
			}
			this.ended |= state == StreamState.DISCONNECTED || state == StreamState.ALL_RETRIES_FAILED;
		}

		@Override
		public void onReceive(SecureStream stream, Payload payload) {
		}

	}

}
