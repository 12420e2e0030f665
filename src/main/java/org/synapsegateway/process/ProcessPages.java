// SPDX-License-Identifier: Apache-2.0
package org.synapsegateway.process;

import java.io.IOException;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.RejectedExecutionException;
import java.util.function.Supplier;
import org.synapsegateway.fault.Reason;
import org.synapsegateway.management.Answer;
import org.synapsegateway.management.Lane;
import org.synapsegateway.management.Management;
import org.synapsegateway.metrics.Meters;

/** The pages of the management port that are about the process: metrics, reload and upgrade. */
final class ProcessPages {
  private final ExecutorService keeper;
  private final Supplier<Reloaded> reload;
  private final Upgrade upgrade;

  /**
   * @param keeper the thread of such changes, which come one after the other
   * @param reload reads the files again
   */
  ProcessPages(ExecutorService keeper, Supplier<Reloaded> reload, Upgrade upgrade) {
    this.keeper = keeper;
    this.reload = reload;
    this.upgrade = upgrade;
  }

  /** Puts them on the port. */
  void putOn(Management port, Meters meters) {
    for (String path : List.of("/observe/metrics", "/metrics")) {
      port.get(path, question -> Answer.text(Meters.PROMETHEUS_TEXT, meters.scrape()));
    }
    port.change("/observe/reload", Lane.CHANGE, question -> onKeeper(this::reload));
    port.change("/observe/upgrade", Lane.CHANGE, question -> onKeeper(this::upgrade));
  }

  private Answer onKeeper(Callable<Answer> change) {
    try {
      return keeper.submit(change).get();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return refusal(Reloads.STOPS);
    } catch (RejectedExecutionException e) {
      return refusal(Reloads.STOPS);
    } catch (ExecutionException e) {
      throw new IllegalStateException(e.getCause());
    }
  }

  private Answer reload() {
    Reloaded done = reload.get();
    return done.error() == null ? Answer.json(200, done) : refusal(done.error());
  }

  private Answer upgrade() {
    String obstacle = upgrade.obstacle();
    if (obstacle != null) {
      return Answer.error(501, obstacle);
    }
    try {
      return Answer.json(200, upgrade.run());
    } catch (IOException e) {
      return refusal(Reason.of(e));
    }
  }

  private static Answer refusal(String error) {
    return Answer.error(409, error);
  }
}
