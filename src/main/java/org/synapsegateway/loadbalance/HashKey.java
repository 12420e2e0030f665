package org.synapsegateway.loadbalance;

import org.synapsegateway.http.Request;
import org.synapsegateway.http.Span;
import org.synapsegateway.identity.UserKey;

/** What the requests of a group are balanced by. Safe for any thread. */
enum HashKey {
  /** The user, as {@link UserKey} finds it. */
  USER {
    @Override
    long find(Request request) {
      return UserKey.find(request.head());
    }
  },
  /** The path without the query. */
  PATH {
    @Override
    long find(Request request) {
      return Span.of(request.head().pathStart(), request.head().pathEnd());
    }
  };

  /** Where the key stands in the request's head; {@link Span#EMPTY} if it has none. */
  abstract long find(Request request);
}
