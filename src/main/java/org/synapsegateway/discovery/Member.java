// SPDX-License-Identifier: Apache-2.0
package org.synapsegateway.discovery;

/**
 * A worker that a list names. Immutable.
 *
 * @param ring the text that its points on the ring are made from, which identifies it
 * @param server where it is, as {@code tcp:host:port} or {@code unix:/path.sock}
 * @param weight its share; 0 if the list does not say
 * @param drained whether the list wants it drained
 */
public record Member(String ring, String server, int weight, boolean drained) {}
