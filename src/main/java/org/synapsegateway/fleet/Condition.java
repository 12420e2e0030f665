// SPDX-License-Identifier: Apache-2.0
package org.synapsegateway.fleet;

import java.util.Locale;
import org.jspecify.annotations.Nullable;
import org.synapsegateway.worker.WorkerHealth;
import org.synapsegateway.worker.WorkerSocket;

/**
 * The condition of a worker, as seen from outside.
 *
 * @param detail what was found, for people
 * @param advice what is wrong and what to do; null if nothing is
 */
public record Condition(State state, String detail, @Nullable Advice advice) {
  public enum State {
    /** It accepts connections. */
    UP,
    /** It listens, but its backlog is full at this moment. */
    BUSY,
    /** It accepts connections and does not answer {@code /health} well. */
    FAILING,
    /** Nobody listens. */
    DOWN;

    @Override
    public String toString() {
      return name().toLowerCase(Locale.ROOT);
    }
  }

  /**
   * @param health the last answer to {@code /health}; null if it was not asked
   */
  static Condition of(WorkerSocket socket, @Nullable WorkerHealth health) {
    if (!socket.isListening()) {
      return new Condition(State.DOWN, socket.detail(), Advice.of(socket));
    }
    if (socket.state() == WorkerSocket.State.BUSY) {
      return new Condition(State.BUSY, socket.detail(), Advice.of(socket));
    }
    return health == null || health.well()
        ? new Condition(State.UP, socket.detail(), null)
        : new Condition(State.FAILING, health.detail(), Advice.ofHealth(health.detail()));
  }

  @Override
  public String toString() {
    return state == State.UP ? "up" : state + ": " + detail;
  }

  /** Whether the worker is well. */
  public boolean accepts() {
    return state == State.UP || state == State.BUSY;
  }

  /** Whether the worker is sent requests, as one is that fails. */
  public boolean isListening() {
    return state != State.DOWN;
  }
}
