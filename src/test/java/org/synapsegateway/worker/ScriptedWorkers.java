// SPDX-License-Identifier: Apache-2.0
package org.synapsegateway.worker;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.function.Function;
import org.apache.camel.AsyncCallback;
import org.apache.camel.Endpoint;
import org.apache.camel.Exchange;
import org.apache.camel.Producer;
import org.apache.camel.support.DefaultAsyncProducer;
import org.synapsegateway.settings.Settings;

/**
 * The {@code worker} component without sockets: its workers answer with their name, or fail as the
 * test says.
 */
public final class ScriptedWorkers extends WorkerComponent {
  private final Function<String, Exception> failures;
  private final List<String> asked = Collections.synchronizedList(new ArrayList<>());
  private final List<Integer> depths = Collections.synchronizedList(new ArrayList<>());

  private final Queue<Runnable> held = new ConcurrentLinkedQueue<>();
  private volatile boolean holding;

  /**
   * @param failures the failure of the worker with this name, or null if it answers
   */
  public ScriptedWorkers(Function<String, Exception> failures) {
    this.failures = failures;
  }

  /** The workers that were asked, in order. */
  public List<String> asked() {
    return asked;
  }

  /** How deep the stack was when each of them was asked. */
  public List<Integer> depths() {
    return depths;
  }

  /** From now on keeps those who ask waiting. */
  public void hold() {
    holding = true;
  }

  /** Lets those go on who wait, and keeps nobody waiting any more. */
  public void release() {
    holding = false;
    for (Runnable next = held.poll(); next != null; next = held.poll()) {
      next.run();
    }
  }

  @Override
  protected Endpoint createEndpoint(String uri, String remaining, Map<String, Object> parameters)
      throws Exception {
    WorkerEndpoint endpoint =
        new WorkerEndpoint(uri, this, remaining, Settings.defaults()) {
          @Override
          public Producer createProducer() {
            return new ScriptedProducer(this);
          }
        };
    setProperties(endpoint.getConfiguration(), parameters);
    return endpoint;
  }

  private final class ScriptedProducer extends DefaultAsyncProducer {
    private final WorkerEndpoint worker;

    ScriptedProducer(WorkerEndpoint worker) {
      super(worker);
      this.worker = worker;
    }

    @Override
    public boolean process(Exchange exchange, AsyncCallback callback) {
      asked.add(worker.getServer());
      depths.add(Thread.currentThread().getStackTrace().length);
      if (holding) {
        held.add(() -> end(exchange, callback));
      } else {
        end(exchange, callback);
      }
      return false;
    }

    private void end(Exchange exchange, AsyncCallback callback) {
      Exception failure = failures.apply(worker.getServer());
      if (failure == null) {
        exchange.getMessage().setBody(worker.getServer());
      } else {
        exchange.setException(failure);
      }
      // as the real producer does: never "done in time", even if it is
      callback.done(false);
    }
  }
}
