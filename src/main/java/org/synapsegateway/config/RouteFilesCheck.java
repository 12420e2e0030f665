// SPDX-License-Identifier: Apache-2.0
package org.synapsegateway.config;

import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;

/**
 * The check of the route files on a thread of its own, because a start has enough to do meanwhile:
 * it makes Camel's context and reads the settings.
 */
public final class RouteFilesCheck {
  private final String pattern;
  private final FutureTask<String> check;

  private RouteFilesCheck(String pattern) {
    this.pattern = pattern;
    this.check = new FutureTask<>(() -> RouteFiles.of(pattern).check(), pattern);
  }

  /**
   * Begins to read the files.
   *
   * @param pattern as {@link RouteFiles#of} takes it; where it is given with placeholders, other
   *     files may turn out to be meant
   */
  public static RouteFilesCheck begin(String pattern) {
    RouteFilesCheck begun = new RouteFilesCheck(pattern);
    Thread thread = new Thread(begun.check, "route-files");
    thread.setDaemon(true);
    thread.start();
    return begun;
  }

  /**
   * Waits until the files have been read, and throws what {@link RouteFiles#check} throws.
   *
   * @param meant the pattern of the files that are meant
   */
  public void end(String meant) {
    if (!meant.equals(pattern)) {
      RouteFiles.of(meant).check();
      return;
    }
    try {
      check.get();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException("the start is given up", e);
    } catch (ExecutionException e) {
      if (e.getCause() instanceof Error error) {
        throw error;
      }
      if (e.getCause() instanceof RuntimeException fault) {
        throw fault;
      }
      throw new IllegalStateException(e); // it throws no other
    }
  }
}
