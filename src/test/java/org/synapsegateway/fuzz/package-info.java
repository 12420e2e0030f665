/**
 * Hostile input for tests: properties tried on many inputs, made by mutation of what people wrote
 * down as interesting, and made as small as possible where one breaks a property.
 *
 * <p>Knows nothing but the JDK and the cases of the conformance suite.
 */
package org.synapsegateway.fuzz;
