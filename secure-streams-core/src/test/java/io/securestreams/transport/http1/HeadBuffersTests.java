package io.securestreams.transport.http1;

import java.util.ArrayList;
import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Set;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import io.netty.util.concurrent.FastThreadLocal;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

class HeadBuffersTests {

	@AfterEach
	void forget() {
		FastThreadLocal.removeAll();
	}

	private static ByteBuf take(int size) {
		return HeadBuffers.take(ByteBufAllocator.DEFAULT, size);
	}

	@Test
	void whatTheSocketHasTakenIsUsedAgainAndEmpty() {
		ByteBuf first = take(100).writeLong(1);
		first.release();
		ByteBuf second = take(100);
		assertThat(second).isSameAs(first);
		assertThat(second.readableBytes()).isZero();
		second.release();
	}

	@Test
	void whatIsStillBeingWrittenIsLeftAlone() {
		ByteBuf first = take(100).writeLong(1);
		ByteBuf view = first.retainedSlice();
		first.release();
		ByteBuf second = take(100).writeLong(2);
		assertThat(view.getLong(0)).isEqualTo(1);
		view.release();
		second.release();
	}

	@Test
	void peersThatDoNotReadKeepNobodyWaiting() {
		Set<ByteBuf> all = Collections.newSetFromMap(new IdentityHashMap<>());
		List<ByteBuf> stuck = new ArrayList<>();
		for (int i = 0; i < 100; i++) {
			ByteBuf next = take(100).writeInt(i);
			stuck.add(next);
			all.add(next);
		}
		assertThat(all).hasSize(100);
		for (int i = 0; i < 100; i++) {
			assertThat(stuck.get(i).readInt()).isEqualTo(i);
			stuck.get(i).release();
		}
	}

	@Test
	void oneThatHasGrownIsNotKept() {
		ByteBuf first = take(100).writeZero(100_000);
		first.release();
		ByteBuf next = take(100);
		assertThat(next.capacity()).isLessThan(100_000);
		next.release();
	}

}
