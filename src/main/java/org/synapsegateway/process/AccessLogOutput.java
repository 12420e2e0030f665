// SPDX-License-Identifier: Apache-2.0
package org.synapsegateway.process;

import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.synapsegateway.accesslog.AccessLog;
import org.synapsegateway.request.Destinations;
import org.synapsegateway.request.Trace;
import org.synapsegateway.settings.Setting;
import org.synapsegateway.settings.Settings;

/** The access log of the process, and the target that its lines go to. Safe for any thread. */
final class AccessLogOutput implements AutoCloseable {
  private final AccessLogTarget target;
  private final AccessLog log;

  private AccessLogOutput(AccessLogTarget target, AccessLog log) {
    this.target = target;
    this.log = log;
  }

  /**
   * Opens the access log that the settings ask for; null if it is off.
   *
   * @param leads whether this process may begin new files; another one does, otherwise
   */
  static @Nullable AccessLogOutput of(Settings settings, Destinations destinations, boolean leads) {
    if (settings.text(Setting.ACCESS_LOG).equals("off")) {
      return null;
    }
    AccessLogTarget target = new AccessLogTarget(settings, leads);
    return new AccessLogOutput(target, AccessLog.of(settings, destinations, target));
  }

  /** What logs a request at its end. */
  Trace.Observer observer() {
    return log;
  }

  /** How many lines were lost. */
  long dropped() {
    return log.dropped();
  }

  /** Opens the file again, after it was renamed. */
  void reopen() {
    betweenWrites(AccessLogTarget::reopen);
  }

  /** Begins new files from now on, in place of the previous process. */
  void lead() {
    betweenWrites(AccessLogTarget::lead);
  }

  /** Follows the process that takes this one's place, which begins new files. */
  void follow() {
    target.follow();
  }

  private void betweenWrites(Consumer<AccessLogTarget> action) {
    log.betweenWrites(() -> action.accept(target));
  }

  @Override
  public void close() {
    log.close();
    target.close();
  }
}
