package org.synapsegateway.http;

import java.util.ArrayList;
import java.util.List;

/**
 * What hangs on a request beside the one reply that it is to have: more replies, copies that wait
 * for a worker, and what is to be done when it ends. Confined to one event loop.
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

  void end(Reply sent) {
    replies.forEach(reply -> reply.cancelUnless(sent));
    replies.clear();
    endings.forEach(Runnable::run);
    endings.clear();
  }
}
