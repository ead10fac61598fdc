package io.securestreams.engine.stream;

import java.util.stream.Stream;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;

import io.securestreams.engine.spi.TransportKind;
import io.securestreams.engine.stream.TransmitState.Body;
import io.securestreams.engine.stream.TransmitState.Demand;
import io.securestreams.engine.stream.TransmitState.Exchange;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * What each event makes of each state.
 */
class TransmitStateTests {

	/** Columns: requested, offered, begun, completed, forgotten; of transactions. */
	private static final String DEMAND_OF_TRANSACTIONS = """
			NONE   | WANTED | NONE   | NONE   | NONE   | NONE
			SERVED | WANTED | SERVED | WANTED | NONE   | NONE
			WANTED | WANTED | SERVED | WANTED | NONE   | NONE
			NEXT   | NEXT   | SERVED | WANTED | WANTED | NONE
			""";

	/** The same of messages and bytes. */
	private static final String DEMAND = """
			NONE   | WANTED | NONE   | NONE   | NONE   | NONE
			SERVED | WANTED | SERVED | SERVED | NONE   | NONE
			WANTED | WANTED | SERVED | WANTED | NONE   | NONE
			NEXT   | NEXT   | SERVED | WANTED | NONE   | NONE
			""";

	static Stream<Arguments> demands() {
		return Stream.of(TransportKind.values())
			.flatMap((kind) -> ((kind == TransportKind.TRANSACTIONS) ? DEMAND_OF_TRANSACTIONS : DEMAND).lines()
				.map((line) -> Arguments.of(kind, line)));
	}

	@ParameterizedTest
	@MethodSource("demands")
	void whatTheHandlerWants(TransportKind kind, String row) {
		String[] cells = row.split("\\|");
		Demand from = Demand.valueOf(cells[0].strip());
		TransmitState requested = wanting(kind, from).requested();
		TransmitState offered = wanting(kind, from).offered();
		TransmitState begun = wanting(kind, from).begun();
		TransmitState completed = wanting(kind, from).completed();
		TransmitState forgotten = wanting(kind, from).forgotten();
		assertThat(Stream.of(requested, offered, begun, completed, forgotten).map(TransmitState::demand))
			.containsExactly(Demand.valueOf(cells[1].strip()), Demand.valueOf(cells[2].strip()),
					Demand.valueOf(cells[3].strip()), Demand.valueOf(cells[4].strip()),
					Demand.valueOf(cells[5].strip()));
	}

	private static TransmitState wanting(TransportKind kind, Demand demand) {
		TransmitState state = TransmitState.NEW.kind(kind);
		if (demand == Demand.NEXT) {
			state = state.bodyless();
		}
		if (demand != Demand.NONE) {
			state = state.requested();
		}
		if (demand == Demand.SERVED) {
			state = state.offered();
		}
		assertThat(state.demand()).isEqualTo(demand);
		return state;
	}

	@ParameterizedTest
	@CsvSource({ "RUNNING,BODYLESS,ANSWERED", "BODYLESS,BODYLESS,ANSWERED", "ANSWERED,ANSWERED,ANSWERED" })
	void whetherTheTransactionTakesWhatIsAskedFor(Exchange from, Exchange bodyless, Exchange answered) {
		TransmitState one = exchanging(from).bodyless();
		assertThat(one.exchange()).isEqualTo(bodyless);
		TransmitState other = exchanging(from).answered();
		assertThat(other.exchange()).isEqualTo(answered);
		other = other.reset();
		assertThat(other.exchange()).isEqualTo(Exchange.RUNNING);
		one = one.begun();
		assertThat(one.exchange()).isEqualTo(Exchange.RUNNING);
		TransmitState done = exchanging(from).completed();
		assertThat(done.exchange()).isEqualTo(Exchange.RUNNING);
	}

	private static TransmitState exchanging(Exchange exchange) {
		TransmitState state = switch (exchange) {
			case BODYLESS -> TransmitState.NEW.bodyless();
			case ANSWERED -> TransmitState.NEW.answered();
			case RUNNING -> TransmitState.NEW;
		};
		assertThat(state.exchange()).isEqualTo(exchange);
		return state;
	}

	@ParameterizedTest
	@CsvSource({ "BYTES,false,EMPTY,EMPTY,QUEUED,EMPTY", "MESSAGES,false,OPEN,EMPTY,QUEUED,EMPTY",
			"TRANSACTIONS,false,MORE,SEALED,QUEUED,SEALED", "TRANSACTIONS,true,MORE,EMPTY,QUEUED,EMPTY" })
	void whereTheMessageStandsThatIsWritten(TransportKind kind, boolean rideshare, Body part, Body end, Body queuedPart,
			Body queuedEnd) {
		assertThat(written(kind, rideshare, false, false).body()).isEqualTo(part);
		assertThat(written(kind, rideshare, false, true).body()).isEqualTo(end);
		assertThat(written(kind, rideshare, true, false).body()).isEqualTo(queuedPart);
		assertThat(written(kind, rideshare, true, true).body()).isEqualTo(queuedEnd);
		TransmitState gone = written(kind, rideshare, false, false).reset();
		assertThat(gone.body()).isEqualTo(Body.EMPTY);
		TransmitState unused = written(kind, rideshare, false, false).offered();
		assertThat(unused.body()).isEqualTo((part == Body.MORE) ? Body.OPEN : part);
	}

	private static TransmitState written(TransportKind kind, boolean rideshare, boolean queued, boolean end) {
		TransmitState state = TransmitState.NEW.kind(kind).rideshare(rideshare).written(queued, end);
		return state;
	}

	@ParameterizedTest
	@EnumSource(Body.class)
	void aMessageOfTheQueueDoesNotCutIntoAnother(Body body) {
		assertThat(body.takesQueued()).isEqualTo(body == Body.EMPTY || body == Body.QUEUED);
	}

	@ParameterizedTest
	@EnumSource(TransportKind.class)
	void nothingFollowsWhatIsCutOff(TransportKind kind) {
		TransmitState state = written(kind, false, true, false).cutOff();
		assertThat(state.body()).isEqualTo(Body.SEALED);
		state = state.begun();
		assertThat(state.body()).isEqualTo(Body.EMPTY);
	}

}
