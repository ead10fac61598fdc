package io.securestreams.demo.client;

import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.List;

import org.junit.jupiter.api.Test;

import io.securestreams.stream.ConnectionTimings;
import io.securestreams.stream.StreamFailure;

import static org.assertj.core.api.Assertions.assertThat;

class JsonLinesTests {

	private final ByteArrayOutputStream out = new ByteArrayOutputStream();

	private final JsonLines lines = new JsonLines(new PrintStream(this.out, true, StandardCharsets.UTF_8));

	@Test
	void states() {
		this.lines.state("CONNECTING", 0);
		assertPrinted("{'event':'state','state':'CONNECTING','ordinal':0}");
	}

	@Test
	void partOfAMessage() {
		this.lines.received(new ReceivedPart(3, true, false, "00ff", "a\"\n", null));
		assertPrinted("{'event':'rx','length':3,'start':true,'end':false,'sha256':'00ff','text':'a\\'\\n'}");
	}

	@Test
	void endOfAMessage() {
		this.lines.received(new ReceivedPart(0, false, true, "00ff", "", new ReceivedPart.Message(7, "11")));
		assertPrinted("{'event':'rx','length':0,'start':false,'end':true,'sha256':'00ff','text':'',"
				+ "'messageLength':7,'messageSha256':'11'}");
	}

	@Test
	void metadata() {
		this.lines.metadata("tag", "ü");
		assertPrinted("{'event':'metadata','name':'tag','value':'ü'}");
	}

	@Test
	void perf() {
		this.lines.perf(new ConnectionTimings("127.0.0.1", 1, 1, 2, 3, 4, List.of("127.0.0.1"), "http", 200));
		assertPrinted("{'event':'perf','peer':'127.0.0.1','dns_us':1,'dns_disp':1,'sockconn_us':2,'tls_us':3,"
				+ "'txn_resp_us':4,'dns':['127.0.0.1'],'prot_specific':{'protocol':'http','resp':200}}");
	}

	@Test
	void failure() {
		this.lines.failure(StreamFailure.unsent(StreamFailure.Phase.CONNECT, "refused", "localhost:1", null));
		assertPrinted("{'event':'failure','phase':'CONNECT','endpoint':'localhost:1','message':'refused'}");
	}

	@Test
	void errorAndExit() {
		this.lines.error(List.of("one", "two"));
		this.lines.exit(5);
		assertPrinted("{'event':'error','problems':['one','two']}\n{'event':'exit','code':5}");
	}

	private void assertPrinted(String expected) {
		assertThat(this.out.toString(StandardCharsets.UTF_8)).isEqualTo(expected.replace('\'', '"') + "\n");
	}

}
