// SPDX-License-Identifier: Apache-2.0
/**
 * Sites of a million users in virtual time: what many gateways do with the real rings, beside the
 * closed forms of what they should do.
 */
package org.synapsegateway.simulation;
