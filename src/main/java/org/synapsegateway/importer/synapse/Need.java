// SPDX-License-Identifier: Apache-2.0
package org.synapsegateway.importer.synapse;

/** The part of Synapse's API that a request is of, which a worker's listener must name. */
public enum Need {
  CLIENT,
  FEDERATION,
  MEDIA
}
