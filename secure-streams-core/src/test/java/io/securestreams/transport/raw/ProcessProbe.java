package io.securestreams.transport.raw;

import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;

import io.securestreams.SecureStreams;
import io.securestreams.Transport;
import io.securestreams.policy.json.PolicyJson;
import io.securestreams.stream.Payload;
import io.securestreams.stream.SecureStream;
import io.securestreams.stream.StreamHandler;
import io.securestreams.stream.StreamState;
import io.securestreams.transport.JdkPeer;

/**
 * What needs a process of its own: its environment, its privileges, its network.
 */
final class ProcessProbe {

	private ProcessProbe() {
	}

	public static void main(String[] arguments) throws Exception {
		switch (arguments[0]) {
			case "echo" -> echo(arguments[1], Integer.parseInt(arguments[2]), arguments[3]);
			case "loss" -> loss(arguments[1], arguments[2].equals("sending"));
			default -> throw new IllegalArgumentException(arguments[0]);
		}
		System.exit(0);
	}

	/** Connects with defaults, and prints what comes back. */
	private static void echo(String host, int port, String keys) throws Exception {
		Recorder recorder = new Recorder();
		try (SecureStreams streams = engine("auto", host, port, keys, "")) {
			SecureStream stream = streams.create("raw", recorder);
			stream.send("hello".getBytes());
			stream.connect();
			System.out.println(recorder.next("rx hello", "UNREACHABLE"));
			System.out.println(stream.lastFailure());
		}
	}

	/** Loses the network of this process, and gets it back. */
	private static void loss(String transport, boolean sending) throws Exception {
		loopback("up");
		Recorder recorder = new Recorder();
		try (JdkPeer peer = JdkPeer.tcp(JdkPeer::echo);
				SecureStreams streams = engine(transport, "127.0.0.1", peer.port(), "\"nailed_up\": true",
						"\"svalidping\": 1, \"svalidhup\": 3")) {
			SecureStream stream = streams.create("raw", recorder);
			recorder.next("CONNECTED");
			stream.send("hello".getBytes());
			recorder.next("rx hello");
			loopback("down");
			if (sending) {
				stream.send("lost".getBytes());
			}
			recorder.next("DISCONNECTED");
			System.out.println(stream.lastFailure());
			recorder.next("CONNECTING");
			loopback("up");
			recorder.next("CONNECTED");
			stream.send("back".getBytes());
			System.out.println(recorder.next("rx back"));
		}
	}

	private static void loopback(String state) throws Exception {
		int code = new ProcessBuilder("ip", "link", "set", "lo", state).inheritIO().start().waitFor();
		if (code != 0) {
			throw new IllegalStateException("ip: " + code);
		}
	}

	private static SecureStreams engine(String transport, String host, int port, String keys, String validity) {
		return SecureStreams.builder()
			.transport(Transport.of(transport))
			.policy(PolicyJson
				.read("""
						{ "release": "1", "product": "test", "schema-version": 1,
						  "retry": [ { "retry": { "backoff": [ 200 ], "conceal": 65535%s } } ],
						  "s": [ { "raw": { "endpoint": "%s", "port": %d, "protocol": "raw", "retry": "retry"%s } } ] }
						""".formatted(validity.isEmpty() ? "" : ", " + validity, host, port,
						keys.isEmpty() ? "" : ", " + keys), "test")
				.policy())
			.build();
	}

	private static final class Recorder implements StreamHandler {

		private final BlockingQueue<String> events = new LinkedBlockingQueue<>();

		@Override
		public void onState(SecureStream stream, StreamState state, long ordinal) {
			this.events.add(state.name());
		}

		@Override
		public void onReceive(SecureStream stream, Payload payload) {
			this.events.add("rx " + payload.text());
		}

		/** Waits for one of some events. */
		String next(String... wanted) throws InterruptedException {
			String event = "";
			while (!List.of(wanted).contains(event)) {
				event = this.events.poll(20, TimeUnit.SECONDS);
				if (event == null) {
					throw new IllegalStateException("none of " + List.of(wanted));
				}
			}
			return event;
		}

	}

}
