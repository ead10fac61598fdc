package io.securestreams.demo.tour;

/**
 * The texts that the tour's policy is made of.
 *
 * @param tour the policy
 * @param office what the office adds to it, an overlay
 */
record TourDocument(String tour, String office) {

	@Override
	public String toString() {
		// There are keys in it
		return "TourDocument[***]";
	}

}
