// SPDX-License-Identifier: Apache-2.0
package org.synapsegateway.discovery;

import io.netty.util.concurrent.DefaultThreadFactory;
import io.netty.util.concurrent.EventExecutorGroup;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * Makes the daemon thread of an executor that has one, and waits for its end: Netty says that an
 * executor has ended a little before its thread has. Safe for any thread.
 */
public final class ExecutorThread implements ThreadFactory {
  private final ThreadFactory factory;
  private volatile @Nullable Thread thread;

  /**
   * @param name what the thread's name begins with
   */
  public ExecutorThread(String name) {
    factory = new DefaultThreadFactory(name, true);
  }

  @Override
  public Thread newThread(Runnable work) {
    Thread made = factory.newThread(work);
    thread = made;
    return made;
  }

  /** Ends the executor, and waits for its thread, for this many milliseconds at most. */
  public void end(EventExecutorGroup executor, long millis) {
    executor.shutdownGracefully(0, millis, TimeUnit.MILLISECONDS);
    Thread ends = thread;
    try {
      if (ends != null) {
        ends.join(millis);
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
