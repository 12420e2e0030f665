// SPDX-License-Identifier: Apache-2.0
package org.synapsegateway.request;

import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
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
    drain(copies, Request::abandon);
  }

  void end(@Nullable Reply sent) {
    drain(copies, Request::leave);
    drain(replies, reply -> reply.cancelUnless(sent));
    drain(endings, Runnable::run);
  }

  /** A route goes on with what is told to it, and may add to these, or end them, meanwhile. */
  private static <T> void drain(List<T> companions, Consumer<T> action) {
    while (!companions.isEmpty()) {
      action.accept(companions.remove(0));
    }
  }
}
