package io.securestreams.transport.http2.client;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIf;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import io.securestreams.stream.StreamFailure;
import io.securestreams.stream.StreamFailure.Phase;
import io.securestreams.transport.http2.RealPeer;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * HTTP/2 to nghttpd (nghttp2's own server) and nginx.
 */
class RealPeersIT {

	private static final int MEGA = 1024 * 1024;

	@TempDir
	Path directory;

	static boolean nghttpd() {
		return RealPeer.isInstalled("nghttpd");
	}

	static boolean nginx() {
		return RealPeer.isInstalled("nginx");
	}

	private static Http2Policies maybe(boolean tls, Http2Policies policy) {
		return tls ? policy.tls() : policy;
	}

	@ParameterizedTest
	@ValueSource(booleans = { false, true })
	@EnabledIf("nghttpd")
	void nghttpdServes(boolean tls) throws Exception {
		Files.write(this.directory.resolve("big"), Slots.pattern(0, 100 * MEGA));
		Files.writeString(this.directory.resolve("small"), "small file");
		try (RealPeer peer = RealPeer.nghttpd(this.directory, tls); Http2TestClient client = new Http2TestClient()) {
			Http2TestLink big = client.stream(maybe(tls, Http2Policies.get("/big")).build(), peer.port).connect();
			List<Http2TestLink> links = new ArrayList<>();
			for (int i = 0; i < 100; i++) {
				links.add(client.stream(maybe(tls, Http2Policies.get("/small")).build(), peer.port).connect());
			}
			for (Http2TestLink link : links) {
				assertThat(link.awaitEnd()).isEqualTo("completed");
				assertThat(link.text()).isEqualTo("small file");
			}
			assertThat(big.awaitEnd()).isEqualTo("completed");
			assertThat(big.sha256()).isEqualTo(Slots.patternSha256(100 * MEGA));
			Http2TestLink upload = client.stream(maybe(tls, Http2Policies.post("/echo")).build(), peer.port)
				.body(100 * MEGA, Slots.pattern(100 * MEGA))
				.connect();
			assertThat(upload.awaitEnd()).isEqualTo("completed");
			assertThat(upload.sha256()).isEqualTo(Slots.patternSha256(100 * MEGA));
			Http2TestLink missing = client.stream(maybe(tls, Http2Policies.get("/missing")).build(), peer.port);
			assertThat(missing.connect().awaitEnd()).isEqualTo("completed");
			assertThat(missing.events).contains("rejected");
			Http2TestLink head = client.stream(maybe(tls, new Http2Policies().method("HEAD", "/small")).build(),
					peer.port);
			assertThat(head.connect().awaitEnd()).isEqualTo("completed");
			assertThat(head.events).containsExactly("connected", "acknowledged", "completed");
		}
	}

	@Test
	@EnabledIf("nginx")
	void nginxServes() throws Exception {
		Files.write(this.directory.resolve("big"), Slots.pattern(0, 100 * MEGA));
		Files.writeString(this.directory.resolve("small"), "small file");
		try (RealPeer peer = RealPeer.nginx(this.directory); Http2TestClient client = new Http2TestClient()) {
			Http2TestLink big = client.stream(Http2Policies.get("/big").tls().build(), peer.port).connect();
			assertThat(big.awaitEnd()).as(() -> big.failure + " " + peer.log()).isEqualTo("completed");
			assertThat(big.sha256()).isEqualTo(Slots.patternSha256(100 * MEGA));
			// The peer says GOAWAY after every 50 requests
			Http2TestLink small = client.stream(Http2Policies.get("/small").tls().build(), peer.port);
			for (int i = 0; i < 300; i++) {
				assertThat(small.connect().awaitEnd()).as("request " + i).isEqualTo("completed");
			}
			Http2TestLink moved = client.stream(Http2Policies.get("/moved").tls().followRedirects().build(), peer.port);
			assertThat(moved.connect().awaitEnd()).isEqualTo("completed");
			assertThat(moved.text()).isEqualTo("small file");
			StreamFailure busy = client.stream(Http2Policies.get("/busy").tls().build(), peer.port)
				.connect()
				.awaitFailure();
			assertThat(busy.phase()).isEqualTo(Phase.BUSY);
			assertThat(busy.retryAfter()).hasSeconds(3);
			Http2TestLink upload = client.stream(Http2Policies.post("/small").tls().build(), peer.port)
				.body(8 * MEGA, Slots.pattern(8 * MEGA))
				.connect();
			// nginx refuses POST for files, before or after it has read the body
			assertThat(upload.awaitEnd()).isEqualTo("completed");
			assertThat(upload.events).contains("rejected");
		}
	}

}
