package io.securestreams.system.auth;

/**
 * Is told what peers think of a token.
 */
interface TokenVerdict {

	/**
	 * A peer does not accept it.
	 * @param token the token
	 * @return whether there is another one, or may be
	 */
	boolean refused(byte[] token);

	/**
	 * A peer accepts it.
	 * @param token the token
	 */
	void accepted(byte[] token);

}
