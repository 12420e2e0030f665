// SPDX-License-Identifier: Apache-2.0
package org.synapsegateway.request;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What ends with a request: replies that workers have given to it, copies of it that are at
 * workers, and actions. Confined to one event loop.
 */
final class Companions {
  private final List<Reply> replies = new ArrayList<>(1);
  private final List<Request> copies = new ArrayList<>(1);
  private final List<Runnable> endings = new ArrayList<>(1);

  void add(Reply reply) {
    replies.add(reply);
  }

  void add(Request copy) {
    copies.add(copy);
  }

  void atEnd(Runnable action) {
    endings.add(action);
  }

  void abandon() {
    copies.forEach(Request::abandon);
    copies.clear();
  }

  void end(@Nullable Reply sent) {
    copies.forEach(Request::leave);
    copies.clear();
    replies.forEach(reply -> reply.cancelUnless(sent));
    replies.clear();
    endings.forEach(Runnable::run);
    endings.clear();
  }
}
