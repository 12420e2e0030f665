// SPDX-License-Identifier: Apache-2.0
package org.synapsegateway.http2;

/** Fields that are written as a field block. */
interface FieldBlock {
  void write(BlockWriter to);
}
