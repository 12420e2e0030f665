/**
 * The conformance suite: what a faithful and unbreakable proxy does with exact bytes, as data.
 *
 * <p>The cases are text files in {@code src/test/resources/conformance}; their format is described
 * in the README beside them. They run against any proxy that stands between a TCP port and the six
 * UNIX sockets of {@link org.synapsegateway.conformance.Stage}. Knows nothing but the JDK and
 * {@code wire}.
 */
package org.synapsegateway.conformance;
