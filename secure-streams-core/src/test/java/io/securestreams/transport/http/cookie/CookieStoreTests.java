package io.securestreams.transport.http.cookie;

import org.junit.jupiter.api.Test;

import io.securestreams.limits.CookieLimits;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * RFC 6265 sections 5.1.3, 5.1.4, 5.3 and 5.4.
 */
class CookieStoreTests {

	private static final long NOW = 1_700_000_000_000L;

	private final CookieStore store = new CookieStore(CookieLimits.DEFAULTS);

	@Test
	void comesBackToTheSameHostOnly() {
		set("www.example.com", "/a/b", "id=1");
		assertThat(get("WWW.example.com", "/a/c")).isEqualTo("id=1");
		assertThat(get("example.com", "/a/c")).isNull();
		assertThat(get("api.example.com", "/a/c")).isNull();
	}

	@Test
	void domainAttributeNeverWidens() {
		set("www.example.co.uk", "/", "id=1; Domain=example.co.uk");
		set("www.example.co.uk", "/", "all=2; Domain=co.uk");
		assertThat(get("other.co.uk", "/")).isNull();
		assertThat(get("api.example.co.uk", "/")).isNull();
		assertThat(get("www.example.co.uk", "/")).isEqualTo("id=1; all=2");
	}

	@Test
	void foreignDomainIsRefused() {
		set("www.example.com", "/", "id=1; Domain=bank.example");
		assertThat(get("www.example.com", "/")).isNull();
	}

	@Test
	void valuesAreReadAsUserAgentsDo() {
		set("h", "/", "t=a b; Path=/");
		set("h", "/", "q=\"x,y\"");
		set("h", "/", "\u00e4 = \u00f6 ");
		set("h", "/", "e=; Path=/");
		set("h", "/", "no pair");
		set("h", "/", "=nameless");
		set("h", "/", "c=a\u0001b");
		assertThat(get("h", "/")).isEqualTo("t=a b; q=\"x,y\"; \u00e4=\u00f6; e=");
	}

	@Test
	void theLastOfRepeatedAttributesCounts() {
		set("h", "/", "a=1; Path=/x; Path=/y; Max-Age=0; Max-Age=60; Max-Age=soon");
		assertThat(get("h", "/y")).isEqualTo("a=1");
		assertThat(get("h", "/x")).isNull();
	}

	@Test
	void anAnswerWithoutTlsDoesNotReplaceACookieOfOneWithTls() {
		CookieStore store = new CookieStore(CookieLimits.DEFAULTS);
		store.store("h", true, "/", "id=secret; Secure; Path=/a", 0);
		store.store("h", false, "/", "id=forged; Path=/a", 0);
		store.store("h", false, "/", "id=forged; Path=/a/b", 0);
		store.store("h", false, "/", "other=1; Path=/a", 0);
		assertThat(store.header("h", true, "/a/b", 0)).isEqualTo("id=secret; other=1");
		assertThat(store.header("h", false, "/a/b", 0)).isEqualTo("other=1");
		store.store("h", true, "/", "id=new; Path=/a", 0);
		assertThat(store.header("h", false, "/a", 0)).isEqualTo("id=new; other=1");
	}

	@Test
	void pathHasToMatchWholeSegments() {
		set("h", "/", "id=1; Path=/foo");
		assertThat(get("h", "/foo")).isEqualTo("id=1");
		assertThat(get("h", "/foo/bar?x=1")).isEqualTo("id=1");
		assertThat(get("h", "/foobar")).isNull();
		assertThat(get("h", "/")).isNull();
	}

	@Test
	void defaultPathIsTheRequestsDirectory() {
		set("h", "/dir/page?x=/y/", "id=1");
		assertThat(get("h", "/dir/other")).isEqualTo("id=1");
		assertThat(get("h", "/other")).isNull();
	}

	@Test
	void longerPathsGoFirst() {
		set("h", "/", "a=1; Path=/");
		set("h", "/", "b=2; Path=/x");
		set("h", "/", "c=3; Path=/");
		assertThat(get("h", "/x/y")).isEqualTo("b=2; a=1; c=3");
	}

	@Test
	void secureCookiesStayInTls() {
		this.store.store("h", true, "/", "id=1; Secure", NOW);
		assertThat(this.store.header("h", false, "/", NOW)).isNull();
		assertThat(this.store.header("h", true, "/", NOW)).isEqualTo("id=1");
		this.store.store("h", false, "/", "plain=1; Secure", NOW);
		assertThat(this.store.header("h", true, "/", NOW)).isEqualTo("id=1");
	}

	@Test
	void prefixesAreHeldTo() {
		this.store.store("h", true, "/", "__Host-a=1; Secure; Path=/", NOW);
		this.store.store("h", true, "/", "__Host-b=1; Secure; Path=/x", NOW);
		this.store.store("h", true, "/", "__Secure-c=1", NOW);
		assertThat(this.store.header("h", true, "/x", NOW)).isEqualTo("__Host-a=1");
	}

	@Test
	void expires() {
		set("h", "/", "id=1; Max-Age=10");
		assertThat(this.store.header("h", false, "/", NOW + 9_999)).isEqualTo("id=1");
		assertThat(this.store.header("h", false, "/", NOW + 10_000)).isNull();
		set("h", "/", "id=1");
		set("h", "/", "id=1; Max-Age=0");
		assertThat(get("h", "/")).isNull();
	}

	@Test
	void expiresAtADate() {
		// 22:13:20 of that day is now
		set("h", "/", "id=1; Expires=Tue, 14 Nov 2023 22:13:30 GMT");
		assertThat(this.store.header("h", false, "/", NOW + 9_999)).isEqualTo("id=1");
		assertThat(this.store.header("h", false, "/", NOW + 10_000)).isNull();
		set("h", "/", "id=2; Expires=Tue, 14-Nov-23 22:13:30 GMT; Max-Age=60");
		assertThat(this.store.header("h", false, "/", NOW + 59_999)).isEqualTo("id=2");
		set("h", "/", "id=; Expires=Thu, 01 Jan 1970 00:00:00 GMT");
		assertThat(get("h", "/")).isNull();
	}

	@Test
	void aDateThatIsNoneAndLongIsIgnored() {
		set("h", "/", "id=1; Expires=Wed, 21 Oct 2065 07:28:00 GMT" + "x".repeat(100));
		assertThat(get("h", "/")).isEqualTo("id=1");
	}

	@Test
	void newerValueReplaces() {
		set("h", "/", "id=1");
		set("h", "/", "id=2");
		assertThat(get("h", "/")).isEqualTo("id=2");
	}

	@Test
	void isBoundedPerHostAndInAll() {
		for (int i = 0; i < 3 * CookieLimits.DEFAULTS.maxPerHost(); i++) {
			set("h", "/", "c" + i + "=1");
		}
		assertThat(get("h", "/").split("; ")).hasSize(CookieLimits.DEFAULTS.maxPerHost()).contains("c149=1");
		for (int i = 0; i < 2 * CookieLimits.DEFAULTS.maxCookies(); i++) {
			set("h" + i, "/", "c=1");
		}
		assertThat(get("h0", "/")).isNull();
		assertThat(get("h1999", "/")).isEqualTo("c=1");
		set("big", "/", "c=" + "x".repeat(CookieLimits.DEFAULTS.maxLength() + 1));
		assertThat(get("big", "/")).isNull();
	}

	@Test
	void nonsenseIsIgnored() {
		set("h", "/", "");
		set("h", "/", "; ;=");
		set("h", "/", "a=b\u0000c");
		assertThat(get("h", "/")).isNull();
	}

	private void set(String host, String path, String cookie) {
		this.store.store(host, false, path, cookie, NOW);
	}

	private String get(String host, String path) {
		return this.store.header(host, false, path, NOW);
	}

}
