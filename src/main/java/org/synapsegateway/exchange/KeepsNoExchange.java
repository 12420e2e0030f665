// SPDX-License-Identifier: Apache-2.0
package org.synapsegateway.exchange;

/**
 * A step, an endpoint or a predicate of the gateway's that keeps no exchange for longer than it
 * takes, nor shows one to code of others unless it {@linkplain UnitsOfWork#lend says so}.
 */
public interface KeepsNoExchange {}
