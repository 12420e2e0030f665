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

  /** Whether a reply is under way: then the client has to take that, and need not send. */
  private boolean replies;

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

  /** A request begins: nothing is awaited yet. */
  final void beginRequest() {
    replies = false;
    never();
  }

  /** A reply begins, maybe before the request is whole. */
  final void beginReply() {
    replies = true;
    never();
  }

  /** Waits for the next part of a request's body. */
  final void awaitBody() {
    if (!replies) {
      in(timeouts.body());
    }
  }

  /** Waits for no part of a request's body, for now or any more. */
  final void awaitNoBody() {
    if (!replies) {
      never();
    }
  }

  /** Waits until the client has taken what is sent. */
  final void awaitTaking() {
    in(timeouts.send());
  }
}
