// SPDX-License-Identifier: Apache-2.0
package org.synapsegateway.http;

/**
 * How large a head may be, in bytes.
 *
 * @param startLine the start line, its CRLF not counted
 * @param fields all field lines together
 */
public record HeadLimits(int startLine, int fields) {
  /** The start line and all fields, with the line ends that belong to no line's limit. */
  int max() {
    return (int) Math.min((long) startLine + fields + 4, Integer.MAX_VALUE - 1);
  }
}
