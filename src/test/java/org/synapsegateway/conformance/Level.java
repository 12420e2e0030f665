// SPDX-License-Identifier: Apache-2.0
package org.synapsegateway.conformance;

/** How binding a case is. */
enum Level {
  /** An RFC says MUST, or breaking it loses, mixes up or invents a message. */
  MUST,
  /** An RFC says SHOULD, or every careful proxy does it. */
  SHOULD,
  /** RFCs leave it open; this gateway promises it. */
  HOUSE
}
