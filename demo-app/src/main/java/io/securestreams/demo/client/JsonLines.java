package io.securestreams.demo.client;

import java.io.PrintStream;
import java.io.StringWriter;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.function.Consumer;

import org.jspecify.annotations.Nullable;
import tools.jackson.core.JsonGenerator;
import tools.jackson.core.ObjectWriteContext;
import tools.jackson.core.json.JsonFactory;

import io.securestreams.stream.ConnectionTimings;
import io.securestreams.stream.StreamFailure;

/**
 * Prints events, one JSON object per line. May be used from any thread.
 */
final class JsonLines {

	private final JsonFactory factory = new JsonFactory();

	private final PrintStream out;

	JsonLines(PrintStream out) {
		this.out = out;
	}

	void state(String state, long ordinal) {
		print("state", (json) -> {
			json.writeStringProperty("state", state);
			json.writeNumberProperty("ordinal", ordinal);
		});
	}

	void failure(StreamFailure failure) {
		print("failure", (json) -> {
			json.writeStringProperty("phase", failure.phase().name());
			json.writeStringProperty("endpoint", failure.endpoint());
			json.writeStringProperty("message", failure.message());
		});
	}

	void received(ReceivedPart part) {
		print("rx", (json) -> {
			json.writeNumberProperty("length", part.length());
			json.writeBooleanProperty("start", part.start());
			json.writeBooleanProperty("end", part.end());
			json.writeStringProperty("sha256", part.sha256());
			json.writeStringProperty("text", part.text());
			if (part.message() != null) {
				json.writeNumberProperty("messageLength", part.message().length());
				json.writeStringProperty("messageSha256", part.message().sha256());
			}
		});
	}

	void metadata(String name, @Nullable String value) {
		print("metadata", (json) -> {
			json.writeStringProperty("name", name);
			json.writeStringProperty("value", value);
		});
	}

	void perf(ConnectionTimings timings) {
		print("perf", (json) -> {
			json.writeStringProperty("peer", timings.peer());
			json.writeNumberProperty("dns_us", timings.dnsMicros());
			json.writeNumberProperty("dns_disp", timings.dnsDisposition());
			json.writeNumberProperty("sockconn_us", timings.connectMicros());
			json.writeNumberProperty("tls_us", timings.tlsMicros());
			json.writeNumberProperty("txn_resp_us", timings.responseMicros());
			json.writeArrayPropertyStart("dns");
			timings.dns().forEach(json::writeString);
			json.writeEndArray();
			if (timings.protocol() != null) {
				json.writeObjectPropertyStart("prot_specific");
				json.writeStringProperty("protocol", timings.protocol());
				json.writeNumberProperty("resp", timings.status());
				json.writeEndObject();
			}
		});
	}

	/**
	 * Something that keeps the client from even trying.
	 * @param problems what is wrong, each in the words for a person
	 */
	void error(List<String> problems) {
		print("error", (json) -> {
			json.writeArrayPropertyStart("problems");
			problems.forEach(json::writeString);
			json.writeEndArray();
		});
	}

	void exit(int code) {
		print("exit", (json) -> json.writeNumberProperty("code", code));
	}

	private void print(String event, Consumer<JsonGenerator> properties) {
		StringWriter line = new StringWriter();
		try (JsonGenerator json = this.factory.createGenerator(ObjectWriteContext.empty(), line)) {
			json.writeStartObject();
			json.writeStringProperty("event", event);
			properties.accept(json);
			json.writeEndObject();
		}
		line.append('\n');
		synchronized (this.out) {
			byte[] bytes = line.toString().getBytes(StandardCharsets.UTF_8);
			this.out.write(bytes, 0, bytes.length);
			this.out.flush();
		}
	}

}
