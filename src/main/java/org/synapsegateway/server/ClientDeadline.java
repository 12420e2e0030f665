// SPDX-License-Identifier: Apache-2.0
package org.synapsegateway.server;

import org.synapsegateway.net.Deadline;
import org.synapsegateway.net.Deadlines;

/**
 * The deadline of what the gateway awaits from a client, by the time-outs of the routes it has come
 * to. Confined to one event loop.
 */
abstract class ClientDeadline extends Deadline {
  @SuppressWarnings("NullAway.Init") // use() sets them, before the first wait
  private ClientTimeouts timeouts;

  ClientDeadline(Deadlines deadlines) {
    super(deadlines);
  }

  /** Goes by other time-outs from the next wait on. */
  final void use(ClientTimeouts next) {
    timeouts = next;
  }

  /** Waits for the whole head of a request. */
  final void awaitHead() {
    in(timeouts.head());
  }

  /** Waits for a request that need not come. */
  final void awaitRequest() {
    in(timeouts.idle());
  }

  /** Waits for the next part of a request's body. */
  final void awaitBody() {
    in(timeouts.body());
  }

  /** Waits until the client has taken what is sent. */
  final void awaitTaking() {
    in(timeouts.send());
  }
}
